package dev.firn;

/// How much [Firn#dumpFile] tells.
///
/// @param entries whether every entry of a table is told, not only its blocks
/// @param values whether the first bytes of values are told, not only their lengths
public record DumpOptions(boolean entries, boolean values) {
    /// Blocks without their entries, lengths without values.
    public static DumpOptions defaults() {
        return new DumpOptions(false, false);
    }

    /// These options with or without the entries of tables.
    public DumpOptions withEntries(boolean told) {
        return new DumpOptions(told, values);
    }

    /// These options with or without values.
    public DumpOptions withValues(boolean told) {
        return new DumpOptions(entries, told);
    }
}
