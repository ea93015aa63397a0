package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong when a damaged store is repaired.
enum RepairBug implements Bug {
    /// What is damaged is deleted, and not set aside.
    DAMAGED_FILES_DELETED(
            Proof.REPAIR,
            "to exist (symbolic links were followed)",
            Change.of("engine/Repair.java",
                    "storage.setAside(info.name(), folder, info.name());",
                    "storage.delete(info.name());")),

    /// What stands behind damage in the log is taken without being asked for.
    BEYOND_DAMAGE_UNASKED(
            Proof.REPAIR,
            "aHoleInTheLogKeepsThePrefixOnly",
            Change.of("engine/RepairLog.java", "if (beyond) {", "if (true) {")),

    /// No copy is kept of `CURRENT`, which is overwritten.
    CURRENT_NOT_COPIED(
            Proof.REPAIR,
            "aDamagedCurrentLosesNothing",
            Change.of("engine/Repair.java",
                    "quarantine.copy(StoreFile.CURRENT);",
                    "storage.exists(StoreFile.CURRENT);")),

    /// Without a manifest all of the log counts, also what tables have replaced.
    LOG_COUNTS_AGAIN(
            Proof.REPLACED_TABLES,
            "the store was repaired",
            Change.of("engine/LostManifest.java",
                    "return (sequence > target.flushed || incomplete.contains(target))"
                            + " && !target.covers.hasLogged(key, sequence);",
                    "return sequence > 0;")),

    /// A table is believed about newer ones, which were made of it.
    OLDER_TABLES_REPLACE_NEWER_ONES(
            Proof.REPLACED_TABLES,
            "the store was repaired",
            Change.of("engine/RepairCovers.java", "if (number < cover.number) {",
                    "if (number != cover.number) {")),

    /// Newer tables that are not merged do not bound what a merge says that it has.
    NEWER_TABLES_FORGOTTEN(
            Proof.COMPLETENESS,
            "last=100",
            Change.of("compaction/Completeness.java",
                    "last = Math.min(last, table.smallestSequence() - 1);",
                    "last = Math.max(last, 0);")),

    /// Nor do older ones.
    OLDER_TABLES_FORGOTTEN(
            Proof.REPLACED_TABLES,
            "the store was repaired",
            Change.of("compaction/Completeness.java",
                    "first = Math.max(first, Math.max(smallest, table.largestSequence() + 1));",
                    "first = Math.max(first, 0);"));

    private final Plan plan;

    RepairBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
