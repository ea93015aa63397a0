package dev.firn.bench.work;

import org.jspecify.annotations.Nullable;

/// What a process measured. Sizes are bytes, times are as told.
///
/// @param operations how many operations the measured threads did
/// @param seconds how long that took
/// @param settleSeconds how long background work took after that, or null where it does not matter
/// @param latency of the measured operations
/// @param latencyOf how many entries one latency is for
/// @param cpuMicros processor time of the whole process for each operation, with the background
///     work until settled
/// @param threadMicros processor time of the measuring threads alone for each operation: what is
///     left to compare on a machine that does other things too
/// @param allocated bytes allocated by the measuring threads for each operation
/// @param anonymousPeak the most anonymous memory that was resident
/// @param residentPeak the most memory that was resident, with the pages of mapped files
/// @param accountedPeak the most memory that the store says it had, or -1
/// @param written bytes that reached the storage layer until settled
/// @param userBytes bytes of keys and values given to puts and deletes
/// @param diskBytes bytes that the store's files take, when settled
/// @param liveBytes bytes of the keys and values that are in the store, when settled
/// @param syncsPerWrite forces for each write, or null where they were not counted
/// @param beside what the other thread did
public record Measured(
        long operations,
        double seconds,
        @Nullable Double settleSeconds,
        Latency latency,
        int latencyOf,
        double cpuMicros,
        double threadMicros,
        double allocated,
        long anonymousPeak,
        long residentPeak,
        long accountedPeak,
        long written,
        long userBytes,
        long diskBytes,
        long liveBytes,
        @Nullable Double syncsPerWrite,
        @Nullable Beside beside) {

    /// Operations per second.
    public double rate() {
        return operations / seconds;
    }

    /// Operations per second, with the time until background work was done.
    public @Nullable Double settledRate() {
        return settleSeconds == null ? null : operations / (seconds + settleSeconds);
    }

    /// Percentiles in nanoseconds.
    public record Latency(long p50, long p99, long p999, long p9999, long max) {}

    /// What a thread did beside those that are measured.
    public record Beside(double rate, Latency latency) {}
}
