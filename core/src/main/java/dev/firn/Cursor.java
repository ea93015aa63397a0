package dev.firn;

import java.lang.foreign.MemorySegment;

/// Moves over the entries of a range, both ways, as of the moment it was opened: later writes are
/// not seen, nor do they disturb it.
///
/// A cursor owns a sequence number, not memory or files: it may stay open for long without holding
/// memtables or deleted tables, only the versions it may still read. It goes on when its keyspace
/// is dropped, until it is closed. It is at an entry or nowhere; a new one is nowhere, from where
/// [#next] goes to the first and [#previous] to the last entry.
///
/// Not thread-safe: one thread at a time. Every method but `close` throws [FirnException] of kind
/// `CLOSED` once the cursor or its store is closed. `close` is idempotent.
public sealed interface Cursor extends AutoCloseable permits dev.firn.engine.StoreCursor {
    /// Moves to the next entry.
    ///
    /// @return whether there is one; else the cursor is behind the last (whence [#previous]
    ///     returns)
    boolean next();

    /// Moves to the previous entry.
    ///
    /// @return whether there is one; else the cursor is before the first (whence [#next] returns)
    boolean previous();

    /// Moves to the first entry whose key is at or after `key` (within the range).
    ///
    /// @return whether there is one
    boolean seek(byte[] key);

    /// Moves to the last entry whose key is at or before `key` (within the range).
    ///
    /// @return whether there is one
    boolean seekAtOrBefore(byte[] key);

    /// Whether it is at an entry.
    boolean isValid();

    /// The key in a new array.
    ///
    /// @throws IllegalStateException when the cursor is not at an entry
    byte[] key();

    /// The value in a new array.
    ///
    /// @throws IllegalStateException when the cursor is not at an entry
    byte[] value();

    /// The key's length in bytes.
    int keyLength();

    /// The value's length in bytes.
    int valueLength();

    /// Copies the key to the start of `target`, if it fits.
    ///
    /// @return the key's length; when it is greater than the target's size nothing was copied
    int copyKey(MemorySegment target);

    /// Copies the value to the start of `target`, if it fits.
    ///
    /// @return the value's length; when it is greater than the target's size nothing was copied
    int copyValue(MemorySegment target);

    /// Gives the sequence number back. Idempotent.
    @Override
    void close();
}
