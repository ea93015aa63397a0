package dev.firn;

import org.jspecify.annotations.Nullable;

/// Every failure that Firn reports, except a programming error in the arguments
/// ([NullPointerException], [IllegalArgumentException]).
///
/// The [#kind] says what the caller can do about it. The message says what was wrong, where (file,
/// offset) and what to do next; it never contains keys or values.
public final class FirnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What sort of failure it is, and so what to do next.
    public enum Kind {
        /// The store, keyspace, snapshot or cursor has been closed, or its keyspace dropped.
        CLOSED,
        /// Another store object, in this process or another one, has the directory open.
        LOCKED,
        /// There is no store at the path, or no keyspace of the name.
        NOT_FOUND,
        /// The store was written by a newer version of Firn, or the directory is not a store.
        INCOMPATIBLE,
        /// The store was opened read-only, or its files cannot be written.
        READ_ONLY,
        /// No space is left on the device. Writes resume when there is some.
        DISK_FULL,
        /// Bytes on disk are not what was written. The message names file and offset.
        CORRUPT,
        /// A log or manifest write failed, and the store refuses writes until it is opened anew.
        FAILED,
        /// A read or write failed and may be tried again.
        IO,
        /// Memory within the budget could not be had.
        OUT_OF_MEMORY
    }

    private final Kind kind;

    /// Makes an exception of a kind, with a message for a person.
    public FirnException(Kind kind, String message) {
        this(kind, message, null);
    }

    /// Makes an exception of a kind, with a message for a person and what caused it.
    public FirnException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// What sort of failure it is.
    public Kind kind() {
        return kind;
    }
}
