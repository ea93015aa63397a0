package dev.firn;

/// The figures of a store for JMX: memory outside the heap, which no bean of the JVM counts, and
/// what an operator watches. Registering it is up to the application, which names its stores:
///
/// ```
/// ManagementFactory.getPlatformMBeanServer()
///         .registerMBean(store.mxBean(), new ObjectName("dev.firn:type=Firn,name=users"));
/// ```
///
/// Thread-safe. When the store is closed every attribute throws, as the store does; unregister the
/// bean before. It keeps the store reachable.
public interface FirnMXBean {
    /// The bound for all memory, in bytes.
    long getMemoryLimit();

    /// Bytes reserved of it now.
    long getMemoryUsed();

    /// The most that were ever reserved.
    long getMemoryPeak();

    /// Bytes of memtables, active and frozen.
    long getMemtableBytes();

    /// Bytes of the block cache.
    long getCacheBytes();

    /// Hits among all look-ups in the block cache, 0 to 1.
    double getCacheHitRate();

    /// Keyspaces.
    int getKeyspaces();

    /// Tables of all keyspaces.
    long getTables();

    /// Bytes of all tables.
    long getTableBytes();

    /// Bytes of the write-ahead log that are not flushed.
    long getLogBytes();

    /// Bytes of keys and values written since the opening.
    long getBytesPut();

    /// Bytes of tables that flushes wrote since the opening.
    long getBytesFlushed();

    /// Bytes of tables that merges wrote since the opening.
    long getBytesCompacted();

    /// How often writers were held up since the opening.
    long getStalls();

    /// Nanoseconds that writers were held up since the opening, all of them together.
    long getStallNanos();

    /// Open cursors.
    int getOpenCursors();

    /// Open snapshots.
    int getOpenSnapshots();

    /// How long the oldest open snapshot is open, in nanoseconds; 0 when there is none.
    long getOldestSnapshotNanos();

    /// Why the store refuses writes; empty when it does not.
    String getFailure();

    /// All figures, as [Statistics#toJson] writes them.
    String statisticsJson();
}
