package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong in merges.
enum CompactionBug implements Bug {
    /// A tombstone is dropped while there are older versions below.
    TOMBSTONE_DROPPED_TOO_EARLY(
            Proof.MERGES,
            "but was: [\"below\"]",
            Change.of(
                    "compaction/VersionFilter.java",
                    "return mayBeOlder ? Verdict.KEEP : Verdict.SPENT;",
                    "return Verdict.SPENT;")),

    /// A merge drops versions that snapshots see.
    MERGE_WITHOUT_SNAPSHOTS(
            Proof.MODEL,
            "a cursor is at another key",
            Change.of(
                    "engine/CompactionTask.java",
                    "tools.snapshots().capture(),",
                    "new long[0],")),

    /// A flush drops versions that snapshots see.
    FLUSH_WITHOUT_SNAPSHOTS(
            Proof.MODEL,
            "a cursor is at another key",
            Change.of("engine/Flusher.java", "snapshots.capture()", "new long[0]")),

    /// A version that a snapshot does not see gets sequence zero, and the snapshot sees it.
    SEQUENCE_CLEARED_TOO_EARLY(
            Proof.MERGES,
            "but was: [\"v1\", \"v1\"]",
            Change.of(
                    "compaction/VersionFilter.java",
                    "return isBottom && now == 0 ?",
                    "return isBottom ?")),

    /// The names of merged tables are not made durable.
    MERGED_NAME_NOT_SYNCED(
            Proof.CRASHES,
            "not opened:",
            Change.of(
                    "engine/CompactionTask.java",
                    "tools.builder().syncNames();",
                    "tools.builder().hashCode();")),

    /// The inputs of a merge are deleted before the edit that replaces them is durable.
    INPUTS_DELETED_BEFORE_EDIT(
            Proof.CRASHES,
            "not opened:",
            Change.of(
                    "engine/CompactionTask.java",
                    "StoreKeyspace keyspace = job.work().keyspace; installing = true;",
                    """
                            StoreKeyspace keyspace = job.work().keyspace;
                            if (job.choice() instanceof Merge) {
                                for (Input input : job.choice().inputs()) {
                                    for (TableMeta table : input.tables()) {
                                        tools.storage().delete(table.fileName());
                                    }
                                }
                            }
                            installing = true;
                            """));

    private final Plan plan;

    CompactionBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
