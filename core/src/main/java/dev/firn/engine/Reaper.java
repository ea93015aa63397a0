package dev.firn.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Frees what was replaced, once no read is under way that could still look at it, on a background
/// thread: closing a mapping waits for a handshake with every thread, which no caller shall pay.
final class Reaper {
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private record Retired(ReadContexts.Grace grace, Runnable free) {}

    private final ReadContexts contexts;
    private final Tasks tasks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final BackgroundTask step;
    private boolean scheduled;

    Reaper(ReadContexts contexts, Tasks tasks) {
        this.contexts = contexts;
        this.tasks = tasks;
        this.step = tasks.task(Scheduler.Priority.UPKEEP, this::step);
    }

    /// Runs `free` after all reads that are under way have ended. Whatever is freed was made
    /// unreachable for new reads before this call.
    void retire(Runnable free) {
        Retired last = new Retired(contexts.grace(), free);
        lock.lock();
        try {
            retired.add(last);
            pending.incrementAndGet();
            if (scheduled) {
                return;
            }
            scheduled = true;
        } finally {
            lock.unlock();
        }
        tasks.submit(step);
    }

    private boolean step() {
        try {
            freeWhatIsDue();
        } catch (Throwable t) {
            tasks.failed(t);
        }
        lock.lock();
        try {
            scheduled = !retired.isEmpty();
            if (!scheduled) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        tasks.submitAfter(LOOK_AGAIN_NANOS, step);
        return true;
    }

    /// One by one: what is off the queue is freed whatever happens to the next.
    private void freeWhatIsDue() {
        while (true) {
            Retired next;
            lock.lock();
            try {
                next = retired.peek();
                if (next == null || !next.grace.isOver()) {
                    return;
                }
                retired.remove();
            } finally {
                lock.unlock();
            }
            free(next.free);
            freed();
        }
    }

    /// Whether something waits to be freed.
    boolean isPending() {
        return pending.get() > 0;
    }

    private void freed() {
        pending.decrementAndGet();
    }

    /// Frees one thing. A failure costs its memory, not that of the others.
    private void free(Runnable free) {
        try {
            free.run();
        } catch (Throwable t) {
            tasks.failed(t);
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.WARNING, "freeing what is not needed any more", t);
        }
    }

    /// Frees everything; the caller knows that no read is under way and none begins.
    void drain() {
        while (true) {
            Retired next;
            lock.lock();
            try {
                next = retired.poll();
            } finally {
                lock.unlock();
            }
            if (next == null) {
                return;
            }
            free(next.free);
            freed();
        }
    }
}
