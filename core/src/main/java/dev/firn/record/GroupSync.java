package dev.firn.record;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Lets one thread force the log for all that wait, and remembers how far it is durable.
///
/// Whoever finds nobody leading leads: it runs the force on its own thread, outside the monitor,
/// announces what was reached, releases those who are served and hands the lead to the first who is
/// not. So no thread is needed for syncing, and where there is one thread nobody ever waits. The
/// first failure ends it for good: every waiter and every later caller gets the same exception.
///
/// Invariant: when somebody waits, somebody leads. The monitor guards `leading`, `waiters` and the
/// setting of `failure`; it is held for a few instructions. `synced` is published by release.
/// Waiting is not interruptible; the interrupt flag is restored.
final class GroupSync {
    /// Makes everything appended so far durable.
    @FunctionalInterface
    interface Force {
        /// Returns the LSN before which everything is durable. Called by one thread at a time.
        long run() throws IOException;
    }

    private enum State {
        WAITING, SERVED, LEADING, FAILED
    }

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final long lsn;
        private volatile State state = State.WAITING;
        private @Nullable Waiter next;

        Waiter(long lsn) {
            this.lsn = lsn;
        }

        State await() {
            boolean interrupted = false;
            State now = state;
            while (now == State.WAITING) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
                now = state;
            }
            if (interrupted) {
                thread.interrupt();
            }
            return now;
        }

        void release(State next) {
            state = next;
            LockSupport.unpark(thread);
        }
    }

    /// As the LSN of a waiter: wants the lead, whatever has failed.
    private static final long EXCLUSIVE = Long.MAX_VALUE;

    private final Force force;
    private final AtomicLong synced;
    private @Nullable Waiter waiters;
    private boolean leading;
    private volatile boolean closed;
    private volatile @Nullable LogFailedException failure;

    /// Nothing is appended yet behind `syncedLsn`.
    GroupSync(long syncedLsn, Force force) {
        this.synced = new AtomicLong(syncedLsn);
        this.force = force;
    }

    /// Everything before this LSN is durable.
    long synced() {
        return synced.getAcquire();
    }

    /// Why the log takes nothing more, or null.
    @Nullable
    LogFailedException failure() {
        return failure;
    }

    boolean closed() {
        return closed;
    }

    /// @throws IllegalStateException when it was closed
    void requireUsable() throws LogFailedException {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        LogFailedException f = failure;
        if (f != null) {
            throw f;
        }
    }

    /// Returns when everything before an LSN, which has been appended, is durable.
    void await(long lsn) throws LogFailedException {
        while (synced.getAcquire() < lsn) {
            if (enter(lsn)) {
                lead();
            }
        }
    }

    /// Waits until no force runs, ends everything for all who come later, and runs a last action.
    void close(Closing action) throws IOException {
        if (!enter(EXCLUSIVE)) {
            return;
        }
        try {
            if (!closed) {
                closed = true;
                action.run();
            }
        } finally {
            failWaiters();
            handOver(synced.getAcquire());
        }
    }

    /// Waits to be served or to lead; true to lead.
    private boolean enter(long lsn) throws LogFailedException {
        Waiter me;
        synchronized (this) {
            if (lsn == EXCLUSIVE) {
                if (closed) {
                    return false;
                }
            } else {
                requireUsable();
            }
            if (synced.getAcquire() >= lsn) {
                return false;
            }
            if (!leading) {
                leading = true;
                return true;
            }
            me = new Waiter(lsn);
            me.next = waiters;
            waiters = me;
        }
        State state = me.await();
        if (state == State.FAILED) {
            requireUsable();
        }
        return state == State.LEADING;
    }

    private void lead() throws LogFailedException {
        long reached = synced.getAcquire();
        try {
            requireUsable();
            reached = force.run();
        } catch (Throwable t) {
            throw fail(t);
        } finally {
            handOver(reached);
        }
    }

    /// Announces what was reached, releases those who are served, and lets the one who waits for
    /// the least lead. Allocates nothing: that must not fail.
    private void handOver(long reached) {
        Waiter served;
        Waiter next = null;
        synchronized (this) {
            synced.setRelease(Math.max(reached, synced.getPlain()));
            served = take(false, reached);
            for (Waiter w = waiters; w != null; w = w.next) {
                next = next == null || w.lsn < next.lsn ? w : next;
            }
            if (next != null) {
                remove(next);
            }
            leading = next != null;
        }
        if (next != null) {
            next.release(State.LEADING);
        }
        releaseAll(served, State.SERVED);
    }

    private void remove(Waiter waiter) {
        Waiter before = null;
        for (Waiter w = waiters; w != waiter && w != null; w = w.next) {
            before = w;
        }
        if (before == null) {
            waiters = waiter.next;
        } else {
            before.next = waiter.next;
        }
    }

    /// Takes the waiters for at most an LSN out of the list, or all but the exclusive ones.
    private @Nullable Waiter take(boolean all, long lsn) {
        Waiter taken = null;
        Waiter left = null;
        for (Waiter w = waiters; w != null;) {
            Waiter next = w.next;
            if (all ? w.lsn != EXCLUSIVE : w.lsn <= lsn) {
                w.next = taken;
                taken = w;
            } else {
                w.next = left;
                left = w;
            }
            w = next;
        }
        waiters = left;
        return taken;
    }

    private static void releaseAll(@Nullable Waiter first, State state) {
        for (Waiter w = first; w != null;) {
            Waiter next = w.next;
            w.release(state);
            w = next;
        }
    }

    /// Ends everything, once, releases all waiters with the failure and returns it. A later failure
    /// is the same as the first. Who leads, leads on until its force returns.
    LogFailedException fail(Throwable cause) {
        LogFailedException first;
        synchronized (this) {
            first = failure;
            if (first == null) {
                first = new LogFailedException("The log failed and takes no more writes until the"
                        + " store is opened anew: " + cause, cause);
                failure = first;
            }
        }
        failWaiters();
        return first;
    }

    private void failWaiters() {
        Waiter failed;
        synchronized (this) {
            failed = take(true, 0);
        }
        releaseAll(failed, State.FAILED);
    }

    /// What closes the log.
    @FunctionalInterface
    interface Closing {
        /// Runs while nothing else does.
        void run() throws IOException;
    }
}
