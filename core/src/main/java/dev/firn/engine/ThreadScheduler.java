package dev.firn.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Runs tasks on a few daemon threads of its own. After each step a task goes back into its queue,
/// so an urgent one waits for no more than one step of a patient one, even with a single thread.
///
/// One lock guards the queues; tasks run outside it.
final class ThreadScheduler implements Scheduler {
    private static final long RETRY_NANOS = 1_000_000;

    private record Timer(long due, long order, Priority priority, Task task) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /// Linked: an array that cannot grow for want of memory might lose what is in it.
    private final Map<Priority, Queue<Task>> queues = new EnumMap<>(Priority.class);
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    (a, b) -> {
                        int byTime = Long.compare(a.due - b.due, 0);
                        return byTime != 0 ? byTime : Long.compare(a.order, b.order);
                    });
    private final List<Thread> threads = new ArrayList<>();
    private long orders;
    private boolean closed;

    ThreadScheduler(int count) {
        for (Priority priority : Priority.values()) {
            queues.put(priority, new ConcurrentLinkedQueue<>());
        }
        for (int i = 1; i <= count; i++) {
            threads.add(
                    Thread.ofPlatform().name("firn-background-" + i).daemon().unstarted(this::run));
        }
        threads.forEach(Thread::start);
    }

    private void run() {
        Task task = null;
        Priority priority = Priority.SYNC;
        while (true) {
            lock.lock();
            try {
                if (task != null && requeued(priority, task)) {
                    task = null;
                }
                while (task == null) {
                    if (closed) {
                        return;
                    }
                    long wait = startTimers();
                    for (Priority p : Priority.values()) {
                        task = queue(p).poll();
                        if (task != null) {
                            priority = p;
                            break;
                        }
                    }
                    if (task == null) {
                        sleep(wait);
                    }
                }
            } finally {
                lock.unlock();
            }
            if (stepOf(task)) {
                task = null;
            }
        }
    }

    /// Puts a task back into its queue; without memory for that the thread goes on with it.
    private boolean requeued(Priority priority, Task task) {
        try {
            return queue(priority).add(task);
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /// A task that throws is over; the thread goes on.
    private static boolean stepOf(Task task) {
        try {
            return task.step();
        } catch (Throwable t) {
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.ERROR, "a background task failed", t);
            return true;
        }
    }

    private Queue<Task> queue(Priority priority) {
        Queue<Task> queue = queues.get(priority);
        if (queue == null) {
            throw new IllegalStateException("no queue for " + priority);
        }
        return queue;
    }

    private long startTimers() {
        long now = System.nanoTime();
        while (true) {
            Timer next = timers.peek();
            if (next == null) {
                return Long.MAX_VALUE;
            }
            if (next.due - now > 0) {
                return next.due - now;
            }
            if (!requeued(next.priority, next.task)) {
                return RETRY_NANOS;
            }
            timers.poll();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void sleep(long nanos) {
        try {
            if (nanos == Long.MAX_VALUE) {
                work.await();
            } else {
                long left = work.awaitNanos(nanos);
                assert left <= nanos;
            }
        } catch (InterruptedException e) {
            // These threads are ours: nobody has a reason to interrupt them, and none is given
            // effect.
            assert !Thread.currentThread().isInterrupted();
        }
    }

    @Override
    public void submit(Priority priority, Task task) {
        lock.lock();
        try {
            queue(priority).add(task);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void submitAfter(long nanos, Priority priority, Task task) {
        lock.lock();
        try {
            timers.add(new Timer(System.nanoTime() + nanos, orders++, priority, task));
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos) {
        return gate.block(condition, timeoutNanos);
    }

    @Override
    public void pause(long nanos) {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread != Thread.currentThread() && thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
