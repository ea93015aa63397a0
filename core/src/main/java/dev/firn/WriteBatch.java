package dev.firn;

import java.lang.foreign.MemorySegment;

/// Writes to one or several keyspaces that take effect together or not at all, in memory and after
/// a crash. Later writes of a batch win over earlier ones to the same key.
///
/// A plain object: nothing needs closing, and it may be cleared and used again. The arguments are
/// copied in. Not thread-safe.
public sealed interface WriteBatch permits dev.firn.engine.Batch {
    /// A new, empty batch.
    static WriteBatch create() {
        return new dev.firn.engine.Batch();
    }

    /// Adds: set the value of a key.
    WriteBatch put(Keyspace keyspace, byte[] key, byte[] value);

    /// Adds: set the value of a key, both from heap or native memory.
    WriteBatch put(Keyspace keyspace, MemorySegment key, MemorySegment value);

    /// Adds: delete a key.
    WriteBatch delete(Keyspace keyspace, byte[] key);

    /// Adds: delete a key given in heap or native memory.
    WriteBatch delete(Keyspace keyspace, MemorySegment key);

    /// How many writes it holds.
    int size();

    /// How many bytes it takes in the log.
    long bytes();

    /// Removes all writes.
    void clear();
}
