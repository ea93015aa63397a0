package dev.firn.bench.work;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.store.Setup;
import dev.firn.bench.store.StoreKind;
import java.nio.file.Path;

/// One measurement, or what has to be done before it, as told to the process that does it.
///
/// @param phase what part of the work
/// @param workload the workload
/// @param directory where the store is, or will be
/// @param scratch an empty directory for stores to warm up with
/// @param entries how many entries the store has (or gets)
/// @param valueBytes the length of each value
/// @param budgetBytes the memory for caches
/// @param warmupSeconds how long to warm up
/// @param seconds how long to measure, where the workload does not end by itself
/// @param writerRate the rate of a paced writer, in puts per second
/// @param seed of all random choices
public record Task(
        Phase phase,
        Workload workload,
        StoreKind store,
        String directory,
        String scratch,
        long entries,
        KeyShape keys,
        int valueBytes,
        long budgetBytes,
        double warmupSeconds,
        double seconds,
        double writerRate,
        long seed) {
    /// A part of the work, for which there is a process.
    public enum Phase {
        /// Fill a store, settle and close it.
        FILL,
        /// Write to a store and end without closing it.
        CRASH,
        /// Measure.
        MEASURE
    }

    private static final long MEMTABLE_BYTES_MAX = 64L << 20;

    Setup setup(String where) {
        boolean isSynced = phase == Phase.MEASURE && workload.isSynced();
        return new Setup(Path.of(where), budgetBytes,
                Math.min(MEMTABLE_BYTES_MAX, budgetBytes / 4), isSynced);
    }
}
