package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Whether the store takes writes, and if not, why not. Once a log or manifest write or force has
/// failed the content of the file is unknown, so writes are refused until the store is opened anew
/// (P6); nothing is ever tried again.
///
/// A failure of other background work is in the statistics while it lasts, each kind of work for
/// itself. If it is none that work under pressure meets and gets over (no space, no memory in the
/// budget) and none that reads tell better (damage), the next write reports it as well, once, and
/// is not made.
final class Health {
    /// Background work that can fail and be tried again.
    enum Work {
        FLUSH, COMPACTION, LOG, UPKEEP
    }

    private final String location;
    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    private final AtomicReferenceArray<@Nullable Throwable> passing =
            new AtomicReferenceArray<>(Work.values().length);
    private final AtomicReference<@Nullable Throwable> untold = new AtomicReference<>();
    private volatile boolean closed;

    /// Whether somebody was told that writes are refused.
    private volatile boolean refused;

    Health(String location) {
        this.location = location;
    }

    /// Refuses writes from now on.
    void poison(Throwable cause) {
        fatal.compareAndSet(null, cause);
    }

    /// The failure that nobody was told of, as an exception for who closes the store, or null.
    @Nullable
    FirnException unrefused() {
        Throwable cause = fatal.get();
        return cause == null || refused ? null : refusal(cause);
    }

    /// A write was told that it may not be durable.
    void refused() {
        refused = true;
    }

    boolean isPoisoned() {
        return fatal.get() != null;
    }

    /// Background work failed and will be tried again.
    void failed(Work work, Throwable cause) {
        passing.set(work.ordinal(), cause);
        if (!isExpected(cause)) {
            untold.set(cause);
        }
    }

    /// Background work succeeded.
    void recovered(Work work) {
        if (passing.get(work.ordinal()) != null) {
            passing.set(work.ordinal(), null);
        }
    }

    /// Whether it comes and goes with the load, or concerns only those who read the damaged block.
    private static boolean isExpected(Throwable cause) {
        return cause instanceof DiskFullException || cause instanceof CorruptException
                || cause instanceof FirnException;
    }

    /// The failure of some work that lasts, or null.
    @Nullable
    Throwable passing(Work work) {
        return passing.get(work.ordinal());
    }

    /// Why a write that waits for a flush should not wait on, or null. Memory in the budget comes
    /// back by itself.
    @Nullable
    FirnException whyFlushesFail() {
        Throwable cause = passing(Work.FLUSH);
        if (cause == null) {
            cause = passing(Work.COMPACTION);
            if (!(cause instanceof DiskFullException)) {
                return null;
            }
        }
        return cause instanceof FirnException e && e.kind() == Kind.OUT_OF_MEMORY
                ? null
                : Errors.inBackground(location, cause);
    }

    /// Reports a failure of background work, once, to the next write.
    void tell() {
        if (untold.get() != null) {
            Throwable cause = untold.getAndSet(null);
            if (cause != null) {
                // What is done once has no success that would clear it.
                recovered(Work.UPKEEP);
                throw Errors.inBackground(location, cause);
            }
        }
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw Errors.closed("the store " + location);
        }
    }

    void checkWritable() {
        checkOpen();
        Throwable cause = fatal.get();
        if (cause != null) {
            throw refusal(cause);
        }
    }

    FirnException refusal(Throwable cause) {
        refused = true;
        return new FirnException(
                Kind.FAILED,
                location
                        + ": writes are refused since log or manifest failed ("
                        + Errors.describe(cause)
                        + "); reads go on; reopen the store to write again",
                cause);
    }

    /// Why writes are refused or background work fails, or null.
    @Nullable
    String describe() {
        Throwable cause = fatal.get();
        if (cause != null) {
            return "writes are refused: " + Errors.describe(cause);
        }
        for (int i = 0; i < passing.length(); i++) {
            cause = passing.get(i);
            if (cause instanceof CorruptException) {
                return "a merge has met damage and is not tried again: "
                        + Errors.describe(cause);
            }
            if (cause != null) {
                return "background work fails and is tried again: " + Errors.describe(cause);
            }
        }
        return null;
    }
}
