package dev.firn.cursor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A position in a sorted source of entries: every version of every key, tombstones included, in
/// the order user key ascending, then sequence descending.
///
/// A cursor is at an entry or nowhere. The moving methods return whether it is at an entry now.
/// Moving off either end leaves it nowhere; then only the seeking methods help. The accessors may
/// be called only at an entry; the memory they point to is native and good until the cursor moves
/// or is closed.
///
/// Whoever uses it has pinned what it reads. One thread at a time.
public interface EntryCursor extends AutoCloseable {
    /// Moves to the first entry.
    boolean seekToFirst() throws IOException;

    /// Moves to the last entry.
    boolean seekToLast() throws IOException;

    /// Moves to the first entry at or after (key, trailer) in entry order: with
    /// [dev.firn.key.Trailer#seek] of a sequence that is the newest version of the key at or below
    /// the sequence, else the next key.
    boolean seek(MemorySegment key, long at, int length, long trailer) throws IOException;

    /// Moves to the last entry before (key, trailer) in entry order.
    boolean seekBefore(MemorySegment key, long at, int length, long trailer) throws IOException;

    /// Moves to the next entry.
    boolean next() throws IOException;

    /// Moves to the previous entry.
    boolean previous() throws IOException;

    /// Whether it is at an entry.
    boolean isValid();

    /// The memory that holds the key, whole, from [#keyOffset] on.
    MemorySegment keyMemory();

    /// Where the key begins in [#keyMemory].
    long keyOffset();

    /// The key's length in bytes.
    int keyLength();

    /// Sequence and kind, see [dev.firn.key.Trailer].
    long trailer();

    /// The value's length in bytes (0 for a tombstone).
    int valueLength();

    /// Copies a part of the value into heap or native memory. Values may lie in pieces, so there is
    /// no pointer to one.
    void copyValue(int from, MemorySegment target, long to, int length) throws IOException;

    /// Gives buffers back. The source is not closed.
    @Override
    void close();
}
