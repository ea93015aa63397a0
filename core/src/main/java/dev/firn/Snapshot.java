package dev.firn;

/// The state of a whole store at one moment: reads through it are repeatable, whatever is written,
/// flushed or compacted meanwhile.
///
/// It costs nothing but the older versions that compaction must keep for it, so close it. Any
/// number of threads may read through it.
public sealed interface Snapshot extends AutoCloseable permits dev.firn.engine.StoreSnapshot {
    /// The sequence number of the last write it sees.
    long sequence();

    /// The reads of a keyspace as of this snapshot. A keyspace created later is empty here.
    KeyspaceReader in(Keyspace keyspace);

    /// Whether it was closed.
    boolean isClosed();

    /// Lets compaction drop what only this snapshot needed. Idempotent.
    @Override
    void close();
}
