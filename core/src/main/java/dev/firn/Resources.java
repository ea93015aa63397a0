package dev.firn;

/// What several stores of a process share: one memory budget, the block cache inside it, the
/// background threads and a limit for the rate at which compaction writes.
///
/// Give it to each store with [Options#withResources]. Close it after the stores; closing it
/// earlier is refused with an [IllegalStateException]. Thread-safe.
public sealed interface Resources extends AutoCloseable permits dev.firn.engine.SharedResources {
    /// Resources with a memory budget in bytes (at least 8 MiB) and two background threads.
    static Resources ofMemory(long memoryBytes) {
        return create(memoryBytes, 2, 0);
    }

    /// Resources with a memory budget in bytes (at least 8 MiB), a number of background threads (at
    /// least 1) and a bound for the bytes compaction writes per second (0: none).
    static Resources create(long memoryBytes, int threads, long compactionBytesPerSecond) {
        return dev.firn.engine.SharedResources.create(memoryBytes, threads,
                compactionBytesPerSecond);
    }

    /// The budget in bytes.
    long memoryLimit();

    /// What is accounted for now, in bytes; never more than the limit.
    long memoryUsed();

    /// The most that was accounted for at one time, in bytes.
    long memoryPeak();

    /// Frees the memory and ends the threads. Idempotent.
    @Override
    void close();
}
