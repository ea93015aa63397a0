package dev.firn.engine;

import dev.firn.engine.Scheduler.Priority;
import dev.firn.engine.Scheduler.Task;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The background tasks of one store on a scheduler that others may share: counts them, so that a
/// closing store can wait for its own, and keeps a failure in one from ending a thread.
///
/// Submitting never fails. What the scheduler does not take (the heap is exhausted) is remembered
/// and given to it again: before anything else is submitted, after each step, by each write, and
/// by those who wait for background work. So whoever notes that a task is under way is right.
final class Tasks {
    private static final long RETRY_NANOS = 1_000_000;

    private final Scheduler scheduler;
    private final Consumer<Throwable> failed;
    private final Gate gate;
    private final AtomicInteger running = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();

    /// The first of those that the scheduler has not taken.
    private volatile @Nullable BackgroundTask left;

    private volatile boolean closing;

    /// Constructs it of its parts.
    ///
    /// @param failed is told what a task throws; the task is over then
    /// @param gate opened when a task ends
    Tasks(Scheduler scheduler, Gate gate, Consumer<Throwable> failed) {
        this.scheduler = scheduler;
        this.gate = gate;
        this.failed = failed;
    }

    /// Makes a task to be submitted later.
    BackgroundTask task(Priority priority, Task task) {
        return new BackgroundTask(this, priority, task);
    }

    /// Runs a task. When the store closes, a running one is stepped with [#isClosing] true and ends
    /// then; a new one is not begun.
    void submit(BackgroundTask task) {
        recall();
        if (!give(task, BackgroundTask.AT_ONCE)) {
            keep(task, BackgroundTask.AT_ONCE);
        }
    }

    /// Runs a task after a time, unless the store is closing by then. A timer that waits does not
    /// hold up the closing of the store. May be called under any lock.
    void submitAfter(long nanos, BackgroundTask task) {
        if (!give(task, nanos)) {
            keep(task, nanos);
        }
    }

    /// Gives a task to the scheduler.
    ///
    /// @return whether it has taken it, or the store is closing
    private boolean give(BackgroundTask task, long waitNanos) {
        if (waitNanos == BackgroundTask.AT_ONCE) {
            running.incrementAndGet();
        }
        try {
            if (closing) {
                end(waitNanos);
            } else if (waitNanos == BackgroundTask.AT_ONCE) {
                scheduler.submit(task.priority, task.step);
            } else {
                scheduler.submitAfter(waitNanos, task.priority, task.timer);
            }
            return true;
        } catch (Throwable t) {
            end(waitNanos);
            failed.accept(t);
            return false;
        }
    }

    private void end(long waitNanos) {
        if (waitNanos == BackgroundTask.AT_ONCE) {
            end();
        }
    }

    private void end() {
        running.decrementAndGet();
        gate.open();
    }

    private void keep(BackgroundTask task, long waitNanos) {
        lock.lock();
        try {
            task.waitNanos = waitNanos;
            task.next = left;
            left = task;
        } finally {
            lock.unlock();
        }
    }

    /// Gives the scheduler again what it has not taken.
    ///
    /// @return whether nothing is left
    boolean recall() {
        while (left != null) {
            BackgroundTask task;
            lock.lock();
            try {
                task = left;
                if (task == null) {
                    return true;
                }
                left = task.next;
                task.next = null;
            } finally {
                lock.unlock();
            }
            if (!give(task, task.waitNanos)) {
                keep(task, task.waitNanos);
                return false;
            }
        }
        return true;
    }

    /// Waits until a condition holds, or the time is over.
    boolean await(BooleanSupplier condition, long timeoutNanos) {
        long begun = scheduler.nanoTime();
        long waited = 0;
        while (true) {
            long rest = timeoutNanos - waited;
            boolean all = recall();
            if (scheduler.await(gate, condition, all ? rest : Math.min(rest, RETRY_NANOS))) {
                return true;
            }
            waited = scheduler.nanoTime() - begun;
            if (waited >= timeoutNanos) {
                return false;
            }
        }
    }

    boolean step(BackgroundTask task) {
        boolean done = true;
        try {
            done = task.task.step();
        } catch (Throwable t) {
            failed.accept(t);
        } finally {
            if (done) {
                // Perhaps no other thread looks for a long time.
                while (!recall() && !closing) {
                    scheduler.pause(RETRY_NANOS);
                }
                end();
            }
        }
        return done;
    }

    /// Tells of a failure in a task that goes on.
    void failed(Throwable cause) {
        failed.accept(cause);
    }

    boolean isClosing() {
        return closing;
    }

    /// Asks all tasks to end and waits for them.
    void close() {
        closing = true;
        boolean over = scheduler.await(gate, () -> running.get() == 0, Long.MAX_VALUE);
        assert over;
    }
}
