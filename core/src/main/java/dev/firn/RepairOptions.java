package dev.firn;

/// How [Firn#repair] goes about it.
///
/// @param dryRun whether everything is looked at and nothing is changed
/// @param beyondDamage whether whole records of the log behind a damaged place are taken too. What
///     comes of it is no prefix of the commits any more (P3): writes that were made on top of lost
///     ones are there without them, and batches stay whole
/// @param keys whether the report tells between which keys entries are lost; keys stand escaped,
///     their first 40 bytes
public record RepairOptions(boolean dryRun, boolean beyondDamage, boolean keys) {
    /// A repair that keeps to the prefix of the log and tells no keys.
    public static RepairOptions defaults() {
        return new RepairOptions(false, false, false);
    }

    /// These options, looking only or not.
    public RepairOptions withDryRun(boolean only) {
        return new RepairOptions(only, beyondDamage, keys);
    }

    /// These options with or without what stands behind damage in the log.
    public RepairOptions withBeyondDamage(boolean taken) {
        return new RepairOptions(dryRun, taken, keys);
    }

    /// These options with or without keys in the report.
    public RepairOptions withKeys(boolean told) {
        return new RepairOptions(dryRun, beyondDamage, told);
    }
}
