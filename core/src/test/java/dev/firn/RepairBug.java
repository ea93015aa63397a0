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
                    "storage.exists(StoreFile.CURRENT);"));

    private final Plan plan;

    RepairBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
