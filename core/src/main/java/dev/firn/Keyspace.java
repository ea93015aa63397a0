package dev.firn;

import java.lang.foreign.MemorySegment;

/// A named, ordered map inside a store, with a tree of its own. All keyspaces of a store share one
/// log and one sequence, so a [WriteBatch] may span them.
///
/// Any number of threads may use it. Keys have up to [#KEY_BYTES_MAX] bytes, values up to
/// [#VALUE_BYTES_MAX]; both may be empty. Arguments are read during the call only.
///
/// Writes return their sequence number. They throw [FirnException] of kind `CLOSED`, `READ_ONLY`,
/// `DISK_FULL` (nothing was written, try again when there is space), `OUT_OF_MEMORY` (the value
/// does not fit the memory budget) or `FAILED` (the log could not be written or forced: reads go
/// on, the store must be reopened to write).
public sealed interface Keyspace extends KeyspaceReader permits dev.firn.engine.StoreKeyspace {
    /// The most bytes a key may have: 64 KiB.
    int KEY_BYTES_MAX = 64 << 10;

    /// The most bytes a value may have: 256 MiB.
    int VALUE_BYTES_MAX = 256 << 20;

    /// Its name.
    String name();

    /// The options it was created with.
    KeyspaceOptions options();

    /// Sets the value of a key with the store's durability.
    long put(byte[] key, byte[] value);

    /// Sets the value of a key.
    long put(byte[] key, byte[] value, Durability durability);

    /// Sets the value of a key, both from heap or native memory, with the store's durability.
    long put(MemorySegment key, MemorySegment value);

    /// Sets the value of a key, both from heap or native memory.
    long put(MemorySegment key, MemorySegment value, Durability durability);

    /// Deletes a key, whether or not it has a value, with the store's durability.
    long delete(byte[] key);

    /// Deletes a key, whether or not it has a value.
    long delete(byte[] key, Durability durability);

    /// Deletes a key given in heap or native memory, with the store's durability.
    long delete(MemorySegment key);

    /// Writes the memtable of this keyspace to tables and returns when they are durable.
    void flush();

    /// Merges every table that holds keys of the range, down to one run at the last level, dropping
    /// shadowed versions and tombstones that no snapshot needs. Returns when it is done.
    void compact(KeyRange range);

    /// Tells every place that a read of the key consults, and what each answered.
    ReadTrace explain(byte[] key);

    /// Whether it was dropped (or its store closed); every other method but [#name] then throws.
    boolean isClosed();
}
