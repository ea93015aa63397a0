package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.storage.DiskFullException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Whether the store takes writes, and if not, why not. Once a log or manifest write or force has
/// failed the content of the file is unknown, so writes are refused until the store is opened anew
/// (P6); nothing is ever tried again. A failure of other background work is reported by the next
/// write and in the statistics while it lasts.
final class Health {
    private final String location;
    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    private volatile @Nullable Throwable passing;
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean closed;

    Health(String location) {
        this.location = location;
    }

    /// Refuses writes from now on.
    void poison(Throwable cause) {
        fatal.compareAndSet(null, cause);
    }

    boolean isPoisoned() {
        return fatal.get() != null;
    }

    /// Background work failed and will be tried again.
    void failed(Throwable cause) {
        passing = cause;
        failures.incrementAndGet();
    }

    /// How often background work has failed.
    long failures() {
        return failures.get();
    }

    /// Background work succeeded.
    void recovered() {
        if (passing != null) {
            passing = null;
        }
    }

    @Nullable
    Throwable passing() {
        return passing;
    }

    /// What to tell a writer when it is a full disk that background work fails of, or null.
    @Nullable
    FirnException diskFull() {
        Throwable cause = passing;
        if (cause instanceof DiskFullException e) {
            return Errors.of(location, e);
        }
        return cause instanceof FirnException e && e.kind() == Kind.DISK_FULL
                ? new FirnException(Kind.DISK_FULL, Errors.describe(e), e)
                : null;
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
        cause = passing;
        return cause == null
                ? null
                : "background work fails and is tried again: " + Errors.describe(cause);
    }
}
