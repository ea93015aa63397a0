package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Keyspace;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// One opening of the store under [ReadersAttack]: what its threads share.
final class Session {
    static final int TEMPORARY = 2;

    final Firn store;
    final Keyspace left;
    final Keyspace right;
    final Workers workers = new Workers();
    final AtomicLong operations = new AtomicLong();

    /// Whether somebody may have begun to close the store.
    volatile boolean closing;

    /// The sum of all accounts at every moment.
    final long sum;

    private final long enough;
    private final CountDownLatch time = new CountDownLatch(1);

    /// What an action of a thread does to the store.
    interface Action {
        void run() throws Exception;
    }

    /// Begins with an open store.
    ///
    /// @param sum of all accounts
    /// @param enough operations until the store is closed
    Session(Firn store, long sum, long enough) {
        this.store = store;
        this.left = store.keyspace("left");
        this.right = store.keyspace("right");
        this.sum = sum;
        this.enough = enough;
    }

    static String temporary(int number) {
        return "temporary-" + number;
    }

    /// A thread that repeats an action until the store is closed; only that may end it.
    void start(String name, Action action) {
        workers.start(name, () -> {
            try {
                while (!workers.haveFailed()) {
                    action.run();
                    if (operations.incrementAndGet() == enough) {
                        time.countDown();
                    }
                }
            } catch (FirnException e) {
                if (e.kind() != FirnException.Kind.CLOSED || !closing) {
                    throw new Violation(Kind.UNEXPECTED_ERROR, name + ": " + e, e);
                }
            } finally {
                time.countDown();
            }
        });
    }

    /// Closes the store after enough operations, or when one has failed.
    void closeInTime() throws InterruptedException {
        time.await();
        closing = true;
        store.close();
    }

    /// Does what may meet a keyspace that is dropped just then.
    ///
    /// @return whether it was done
    boolean unlessDropped(Keyspace space, Action action) throws Exception {
        try {
            action.run();
            return true;
        } catch (FirnException e) {
            if (e.kind() == FirnException.Kind.CLOSED && !closing && space.isClosed()) {
                return false;
            }
            throw e;
        }
    }
}
