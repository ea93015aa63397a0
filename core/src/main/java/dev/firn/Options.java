package dev.firn;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a store is opened. Immutable; each `with` method returns a changed copy. Nothing needs to be
/// set.
///
/// These options are not persisted: they may differ at every open. What belongs to the data is in
/// [KeyspaceOptions].
public final class Options {
    /// The smallest memory budget: 8 MiB.
    public static final long MEMORY_BYTES_MIN = 8L << 20;

    /// The largest memory budget: 64 TiB.
    public static final long MEMORY_BYTES_MAX = 1L << 46;

    private static final Options DEFAULTS = new Options();

    private boolean createIfMissing = true;
    private boolean readOnly;
    private Durability durability = Durability.BUFFERED;
    private Duration syncInterval = Duration.ofSeconds(1);
    private long memoryBytes = 256L << 20;
    private @Nullable Resources resources;
    private long memtableBytes;
    private long logBytesMax;
    private int backgroundThreads = 2;
    private long compactionBytesPerSecond;
    private KeyspaceOptions keyspaceDefaults = KeyspaceOptions.defaults();
    private boolean mappedReads = true;
    private Consumer<StoreEvent> listener = event -> {};

    private Options() {}

    private Options(Options from) {
        createIfMissing = from.createIfMissing;
        readOnly = from.readOnly;
        durability = from.durability;
        syncInterval = from.syncInterval;
        memoryBytes = from.memoryBytes;
        resources = from.resources;
        memtableBytes = from.memtableBytes;
        logBytesMax = from.logBytesMax;
        backgroundThreads = from.backgroundThreads;
        compactionBytesPerSecond = from.compactionBytesPerSecond;
        keyspaceDefaults = from.keyspaceDefaults;
        mappedReads = from.mappedReads;
        listener = from.listener;
    }

    /// The values used when nothing is said.
    public static Options defaults() {
        return DEFAULTS;
    }

    /// Whether a store is created where there is none (default: yes); else opening throws
    /// `NOT_FOUND`.
    public Options withCreateIfMissing(boolean createIfMissing) {
        Options o = new Options(this);
        o.createIfMissing = createIfMissing;
        return o;
    }

    /// Whether the store is only read (default: no): nothing on disk is changed, the log is
    /// replayed into memory, writes throw `READ_ONLY`.
    public Options withReadOnly(boolean readOnly) {
        Options o = new Options(this);
        o.readOnly = readOnly;
        return o;
    }

    /// The durability of writes that do not choose one (default: [Durability#BUFFERED]).
    public Options withDurability(Durability durability) {
        Options o = new Options(this);
        o.durability = Objects.requireNonNull(durability, "durability");
        return o;
    }

    /// How long a [Durability#BUFFERED] write may wait until the log is forced in the background, 1
    /// ms to 1 h (default: 1 s).
    public Options withSyncInterval(Duration syncInterval) {
        Objects.requireNonNull(syncInterval, "syncInterval");
        KeyspaceOptions.checkRange("syncInterval (ms)", syncInterval.toMillis(), 1, 3_600_000);
        Options o = new Options(this);
        o.syncInterval = syncInterval;
        return o;
    }

    /// The memory budget in bytes (default: 256 MiB; at least 8 MiB) for memtables, cache, indexes,
    /// filters, compaction and cursors, outside the Java heap. Not used with [#withResources].
    ///
    /// A write whose entry does not fit is refused with `OUT_OF_MEMORY`; the message names the
    /// entry's size and the budget. As a rule of thumb, have once and a half the largest value.
    ///
    /// @throws IllegalArgumentException when it is less than [#MEMORY_BYTES_MIN] (8 MiB) or more
    ///     than [#MEMORY_BYTES_MAX] (64 TiB); the message names the bounds
    public Options withMemoryBytes(long memoryBytes) {
        checkMemory(memoryBytes);
        Options o = new Options(this);
        o.memoryBytes = memoryBytes;
        return o;
    }

    private static void checkMemory(long bytes) {
        if (bytes < MEMORY_BYTES_MIN || bytes > MEMORY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "memoryBytes must be between " + MEMORY_BYTES_MIN + " (8 MiB) and "
                            + MEMORY_BYTES_MAX + " (64 TiB), not " + bytes);
        }
    }

    /// Resources shared with other stores (default: none, the store has its own).
    public Options withResources(Resources resources) {
        Options o = new Options(this);
        o.resources = Objects.requireNonNull(resources, "resources");
        return o;
    }

    /// The bytes of all active memtables together at which the largest is flushed, 64 KiB to half
    /// the memory (default: a quarter of it, at most 64 MiB).
    public Options withMemtableBytes(long memtableBytes) {
        KeyspaceOptions.checkRange("memtableBytes", memtableBytes, 64L << 10, 1L << 40);
        Options o = new Options(this);
        o.memtableBytes = memtableBytes;
        return o;
    }

    /// The bytes of log at which the memtables that hold the oldest part are flushed (default: four
    /// times the memtable bytes).
    public Options withLogBytesMax(long logBytesMax) {
        KeyspaceOptions.checkRange("logBytesMax", logBytesMax, 64L << 10, 1L << 46);
        Options o = new Options(this);
        o.logBytesMax = logBytesMax;
        return o;
    }

    /// The number of background threads, 1 to 64 (default: 2). Not used with [#withResources].
    public Options withBackgroundThreads(int backgroundThreads) {
        KeyspaceOptions.checkRange("backgroundThreads", backgroundThreads, 1, 64);
        Options o = new Options(this);
        o.backgroundThreads = backgroundThreads;
        return o;
    }

    /// A bound for the bytes that compaction writes per second (default: 0, none). Not used with
    /// [#withResources].
    public Options withCompactionBytesPerSecond(long compactionBytesPerSecond) {
        KeyspaceOptions.checkRange(
                "compactionBytesPerSecond", compactionBytesPerSecond, 0, Long.MAX_VALUE);
        Options o = new Options(this);
        o.compactionBytesPerSecond = compactionBytesPerSecond;
        return o;
    }

    /// The options of keyspaces that are created without any, the default keyspace among them.
    public Options withKeyspaceDefaults(KeyspaceOptions keyspaceDefaults) {
        Options o = new Options(this);
        o.keyspaceDefaults = Objects.requireNonNull(keyspaceDefaults, "keyspaceDefaults");
        return o;
    }

    /// Whether tables are read through a mapping (default: yes) or with positioned reads.
    public Options withMappedReads(boolean mappedReads) {
        Options o = new Options(this);
        o.mappedReads = mappedReads;
        return o;
    }

    /// Who is told of freezes, flushes, compactions and stalls. Called on background and writing
    /// threads, one event at a time for each; it must be quick and must not call the store.
    public Options withListener(Consumer<StoreEvent> listener) {
        Options o = new Options(this);
        o.listener = Objects.requireNonNull(listener, "listener");
        return o;
    }

    /// See [#withCreateIfMissing].
    public boolean createIfMissing() {
        return createIfMissing;
    }

    /// See [#withReadOnly].
    public boolean readOnly() {
        return readOnly;
    }

    /// See [#withDurability].
    public Durability durability() {
        return durability;
    }

    /// See [#withSyncInterval].
    public Duration syncInterval() {
        return syncInterval;
    }

    /// See [#withMemoryBytes].
    public long memoryBytes() {
        return memoryBytes;
    }

    /// See [#withResources].
    public @Nullable Resources resources() {
        return resources;
    }

    /// See [#withMemtableBytes]; 0 when it was not set.
    public long memtableBytes() {
        return memtableBytes;
    }

    /// See [#withLogBytesMax]; 0 when it was not set.
    public long logBytesMax() {
        return logBytesMax;
    }

    /// See [#withBackgroundThreads].
    public int backgroundThreads() {
        return backgroundThreads;
    }

    /// See [#withCompactionBytesPerSecond].
    public long compactionBytesPerSecond() {
        return compactionBytesPerSecond;
    }

    /// See [#withKeyspaceDefaults].
    public KeyspaceOptions keyspaceDefaults() {
        return keyspaceDefaults;
    }

    /// See [#withMappedReads].
    public boolean mappedReads() {
        return mappedReads;
    }

    /// See [#withListener].
    public Consumer<StoreEvent> listener() {
        return listener;
    }
}
