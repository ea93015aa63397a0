package dev.firn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
    private final Queue<Retired> retired = new ArrayDeque<>();
    private final AtomicInteger pending = new AtomicInteger();
    private boolean scheduled;

    Reaper(ReadContexts contexts, Tasks tasks) {
        this.contexts = contexts;
        this.tasks = tasks;
    }

    /// Runs `free` after all reads that are under way have ended. Whatever is freed was made
    /// unreachable for new reads before this call.
    void retire(Runnable free) {
        ReadContexts.Grace grace = contexts.grace();
        pending.incrementAndGet();
        lock.lock();
        try {
            retired.add(new Retired(grace, free));
            if (scheduled) {
                return;
            }
            scheduled = true;
        } finally {
            lock.unlock();
        }
        tasks.submit(Scheduler.Priority.UPKEEP, this::step);
    }

    private boolean step() {
        try {
            return stepOrThrow();
        } catch (Throwable t) {
            tasks.failed(t);
            tasks.submitAfter(LOOK_AGAIN_NANOS, Scheduler.Priority.UPKEEP, this::step);
            return true;
        }
    }

    private boolean stepOrThrow() {
        List<Runnable> due = new ArrayList<>();
        boolean more;
        lock.lock();
        try {
            while (true) {
                Retired next = retired.peek();
                if (next == null || !next.grace.isOver()) {
                    break;
                }
                due.add(next.free);
                retired.remove();
            }
            more = !retired.isEmpty();
            scheduled = more;
        } finally {
            lock.unlock();
        }
        due.forEach(this::free);
        freed(due.size());
        if (more) {
            tasks.submitAfter(LOOK_AGAIN_NANOS, Scheduler.Priority.UPKEEP, this::step);
        }
        return true;
    }

    /// Whether something waits to be freed.
    boolean isPending() {
        return pending.get() > 0;
    }

    private void freed(int count) {
        pending.addAndGet(-count);
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
            freed(1);
        }
    }
}
