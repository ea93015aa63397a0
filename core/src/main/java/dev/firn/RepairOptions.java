package dev.firn;

/// How [Firn#repair] goes about it.
///
/// @param dryRun whether everything is looked at and nothing is changed
/// @param beyondDamage whether whole records of the log behind a damaged place are taken too. What
///     comes of it is no prefix of the commits any more (P3): writes that were made on top of lost
///     ones are there without them, and batches stay whole
/// @param keys whether the report tells between which keys entries are lost; keys stand escaped,
///     their first 40 bytes
/// @param memoryBytes how much memory is used, about; where the manifest is lost, all tables of a
///     keyspace are open at once, some hundred KiB each
public record RepairOptions(boolean dryRun, boolean beyondDamage, boolean keys,
        long memoryBytes) {
    private static final long MEMORY_DEFAULT = 128L << 20;

    /// A repair that keeps to the prefix of the log and tells no keys.
    public static RepairOptions defaults() {
        return new RepairOptions(false, false, false, MEMORY_DEFAULT);
    }

    /// These options, looking only or not.
    public RepairOptions withDryRun(boolean only) {
        return new RepairOptions(only, beyondDamage, keys, memoryBytes);
    }

    /// These options with or without what stands behind damage in the log.
    public RepairOptions withBeyondDamage(boolean taken) {
        return new RepairOptions(dryRun, taken, keys, memoryBytes);
    }

    /// These options with or without keys in the report.
    public RepairOptions withKeys(boolean told) {
        return new RepairOptions(dryRun, beyondDamage, told, memoryBytes);
    }

    /// These options with so much memory.
    public RepairOptions withMemoryBytes(long bytes) {
        return new RepairOptions(dryRun, beyondDamage, keys, bytes);
    }
}
