package dev.firn;

import dev.firn.VerifyReport.Damage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What [Firn#repair] found, saved and lost; of a dry run, what it would do.
///
/// @param dryRun whether nothing was changed
/// @param healthy whether nothing was wrong; then nothing was changed either
/// @param state where the list of keyspaces and tables comes from, in words
/// @param damages everything that is wrong
/// @param keyspaces the keyspaces of the repaired store
/// @param tables the tables that could not stay as they are, and what became of them
/// @param log what became of the log
/// @param quarantine the folder in the store's directory to which files were moved, or null
/// @param setAside the files that were moved there
/// @param warnings what else somebody who relies on the store has to know
public record RepairReport(boolean dryRun, boolean healthy, String state, List<Damage> damages,
        List<RepairedKeyspace> keyspaces, List<RepairedTable> tables, RepairedLog log,
        @Nullable String quarantine, List<String> setAside, List<String> warnings) {

    /// Copies the lists.
    public RepairReport {
        damages = List.copyOf(damages);
        keyspaces = List.copyOf(keyspaces);
        tables = List.copyOf(tables);
        setAside = List.copyOf(setAside);
        warnings = List.copyOf(warnings);
    }

    /// What a keyspace has.
    ///
    /// @param name its name
    /// @param tablesKept tables that are as they were
    /// @param entriesKept the entries in them, tombstones included
    /// @param entriesSaved entries of damaged tables that were written to new ones
    /// @param entriesFromLog entries of the log that were written to new tables
    /// @param entriesLost entries of damaged and missing tables that are gone, as far as known;
    ///     what is lost of the log is in [RepairedLog]
    /// @param isLossKnown whether that are all
    public record RepairedKeyspace(String name, int tablesKept, long entriesKept,
            long entriesSaved, long entriesFromLog, long entriesLost, boolean isLossKnown) {}

    /// What became of a table that was damaged, missing or under another name.
    ///
    /// @param file its file
    /// @param keyspace its keyspace
    /// @param newFile the new table that holds what was saved, or null when nothing was, or when
    ///     it was merged with other tables, as is all that is left when the manifest is lost
    /// @param entriesSaved the entries that were saved
    /// @param entriesLost the entries that are gone, or -1 when the table does not tell how many
    ///     it had
    /// @param bytes the size of the file, 0 when it is missing
    /// @param sequenceMin the smallest sequence number it had, or -1 when that is not known
    /// @param sequenceMax the largest one
    /// @param losses where something is lost in it
    public record RepairedTable(String file, String keyspace, @Nullable String newFile,
            long entriesSaved, long entriesLost, long bytes, long sequenceMin, long sequenceMax,
            List<Loss> losses) {
        /// Copies the list.
        public RepairedTable {
            losses = List.copyOf(losses);
        }
    }

    /// A place in a table at which entries are lost.
    ///
    /// @param offset where, in bytes
    /// @param what what is wrong there
    /// @param keys between which keys, if that was wanted
    public record Loss(long offset, String what, @Nullable String keys) {}

    /// What became of the log.
    ///
    /// @param isKept whether it was whole, and stays as it is
    /// @param records records that were read before the first damage, or with
    ///     [RepairOptions#beyondDamage] all whole ones
    /// @param sequence the sequence number of the last write in them, 0 for none
    /// @param recordsLeft whole records that stand behind damage and were left out
    /// @param entriesLeft the writes in them that are in no table
    /// @param sequenceLeftFirst the sequence number of the first of those
    /// @param sequenceLeftLast the sequence number of the last of those
    /// @param bytesLost bytes between whole records that cannot be read
    /// @param writesLost at most so many writes are lost in damaged and missing places, as the
    ///     sequence numbers around them tell; writes with [Durability#NONE], which were never in
    ///     the log, count too, and those of keyspaces that were flushed later than others
    /// @param isLossKnown whether that is all; not where nothing whole stands behind the damage
    public record RepairedLog(boolean isKept, long records, long sequence, long recordsLeft,
            long entriesLeft, long sequenceLeftFirst, long sequenceLeftLast, long bytesLost,
            long writesLost, boolean isLossKnown) {}

    /// Entries of tables that are gone, as far as known.
    public long entriesLost() {
        return keyspaces.stream().mapToLong(RepairedKeyspace::entriesLost).sum();
    }

    /// Whether nothing that was in the store is known or suspected to be lost.
    public boolean isLossless() {
        return tables.stream().allMatch(table -> table.entriesLost() == 0)
                && keyspaces.stream().allMatch(RepairedKeyspace::isLossKnown)
                && damages.stream().noneMatch(damage -> damage.file().endsWith(".log"))
                && warnings.isEmpty();
    }

    /// The report in lines for a person.
    public List<String> lines() {
        return RepairWords.lines(this);
    }

    /// The report as JSON, with the names of the components.
    public String toJson() {
        return RepairWords.json(this);
    }
}
