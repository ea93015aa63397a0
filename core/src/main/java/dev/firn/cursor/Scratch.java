package dev.firn.cursor;

import java.lang.foreign.MemorySegment;

/// Where a cursor gets native memory for copies of keys and small values.
///
/// Who lends it owns it and takes all of it back when the cursor is closed; until then every piece
/// stays where it is. A cursor asks seldom (when it is made, and when a key is longer than any
/// before) and for little: at most twice the longest key, and
/// [VisibleCursor#SAVED_VALUE_BYTES_MAX].
@FunctionalInterface
public interface Scratch {
    /// Native memory of at least `bytes`, content undefined.
    MemorySegment take(long bytes);
}
