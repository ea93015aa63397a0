package dev.firn.manifest;

/// What a set of tables holds: counts and sizes, of the files as they are (what a trim hides
/// counts).
///
/// @param tables how many tables
/// @param fileBytes the size of the files
/// @param rawBytes the size of keys and values before compression
/// @param entries how many entries, tombstones included
/// @param tombstones how many tombstones
public record Totals(
        int tables, long fileBytes, long rawBytes, long entries, long tombstones) {
    /// Of no table.
    public static final Totals NONE = new Totals(0, 0, 0, 0, 0);

    /// With one table more.
    Totals plus(TableMeta table) {
        return new Totals(
                tables + 1,
                fileBytes + table.fileBytes(),
                rawBytes + table.rawBytes(),
                entries + table.entries(),
                tombstones + table.tombstones());
    }

    /// With one table less.
    Totals minus(TableMeta table) {
        return new Totals(
                tables - 1,
                fileBytes - table.fileBytes(),
                rawBytes - table.rawBytes(),
                entries - table.entries(),
                tombstones - table.tombstones());
    }

    /// Of both sets.
    Totals plus(Totals other) {
        return new Totals(
                tables + other.tables,
                fileBytes + other.fileBytes,
                rawBytes + other.rawBytes,
                entries + other.entries,
                tombstones + other.tombstones);
    }
}
