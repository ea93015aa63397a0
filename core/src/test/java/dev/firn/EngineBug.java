package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong where the parts are put together: commits, flushes, recovery.
enum EngineBug implements Bug {
    /// A write with `SYNC` does not wait until it is durable.
    SYNC_NOT_AWAITED(
            Proof.CRASHES,
            "lost: commit",
            Change.of(
                    "engine/CommitPipeline.java",
                    "if (durability == Durability.SYNC) { sync(position); }",
                    "")),

    /// A write with `BUFFERED` is in memory only.
    BUFFERED_NOT_LOGGED(
            Proof.CRASHES,
            "not a prefix:",
            Change.of(
                    "engine/CommitPipeline.java",
                    "if (durability != Durability.NONE) { parts[0] = memory",
                    "if (durability == Durability.SYNC) { parts[0] = memory")),

    /// The name of a flushed table is not made durable.
    FLUSHED_NAME_NOT_SYNCED(
            Proof.CRASHES,
            "not opened:",
            Change.of("engine/Flusher.java", "builder.syncNames();", "builder.hashCode();")),

    /// The name of a flushed table is made durable after the edit that names it.
    NAME_SYNCED_AFTER_EDIT(
            Proof.CRASHES,
            "not opened:",
            Change.of("engine/Flusher.java", "builder.syncNames();", "builder.hashCode();"),
            Change.of(
                    "engine/Flusher.java",
                    "versions.commit(new VersionEdit(changes), state -> show(now, state));",
                    """
                            versions.commit(new VersionEdit(changes), state -> show(now, state));
                            builder.syncNames();
                            """)),

    /// A table is forced after the edit that names it.
    TABLE_FORCED_AFTER_EDIT(
            Proof.CRASHES,
            "not opened:",
            Change.of(
                    "sstable/BlockSink.java",
                    "flush(); file.force(); file.close();",
                    "flush(); file.close();"),
            Change.of(
                    "engine/TableBuilder.java",
                    "/// A number for a new table.",
                    """
                            void forceLate(TableMeta table) throws IOException {
                                try (WriteFile file = storage.openLog(table.fileName())) {
                                    file.force();
                                }
                            }

                            /// A number for a new table.
                            """),
            Change.of(
                    "engine/Flusher.java",
                    "versions.commit(new VersionEdit(changes), state -> show(now, state));",
                    """
                            versions.commit(new VersionEdit(changes), state -> show(now, state));
                            for (TableAdded late : now.added) {
                                builder.forceLate(late.table());
                            }
                            """),
            Change.of(
                    "engine/CompactionTask.java",
                    "tools.builder().syncNames();",
                    """
                            for (TableMeta output : done.outputs()) {
                                tools.builder().forceLate(output);
                            }
                            tools.builder().syncNames();
                            """)),

    /// A table becomes durable before the log of other keyspaces up to its writes.
    TABLE_AHEAD_OF_THE_LOG(
            Proof.CRASHES,
            "not a prefix:",
            Change.of(
                    "engine/Flusher.java",
                    "to.sync(end); Recordings.syncEnded(recording, end);",
                    "Recordings.syncEnded(recording, end);")),

    /// After an unclean end the log is taken over as it is, although its end may be in the page cache
    /// only.
    DIRTY_LOG_TAKEN_OVER(
            Proof.POWER_LOSS,
            "tells that everything was synced up to LSN",
            Change.of(
                    "record/LogReplay.java",
                    "return new RecoveredLog(closed, last.number(),",
                    "closed |= records > 0; return new RecoveredLog(closed, last.number(),")),

    /// What was recovered becomes tables whose names are not durable when the log goes.
    RECOVERED_NAME_NOT_SYNCED(
            Proof.CRASHES,
            "not opened:",
            Change.of("engine/Recovery.java", "storage.syncDirectory();", "storage.location();")),

    /// Replay leaves out a batch as a whole when one of its keyspaces has been flushed.
    BATCH_REPLAYED_IN_PART(
            Proof.CRASHES,
            "not a prefix:",
            Change.of(
                    "engine/Recovery.java",
                    "long last = BatchFormat.decode(payload, file, at, this::insert);",
                    """
                            long any = flushed.values().stream().mapToLong(f -> f).max().orElse(0);
                            if (payload.get(Bytes.LONG, 0) <= any) {
                                return;
                            }
                            long last = BatchFormat.decode(payload, file, at, this::insert);
                            """)),

    /// A flush of one keyspace takes its part of a batch that is in no log, and leaves the rest.
    UNLOGGED_BATCH_TORN(
            Proof.PARTIAL_FLUSH,
            "half a batch",
            Change.of(
                    "engine/WriteBuffer.java",
                    "if (spaces.stream().anyMatch(s -> written.contains(s) && active(s).hasUnlogged())) {",
                    "if (spaces.isEmpty()) {")),

    /// Writes are taken after the manifest has failed.
    POISON_NOT_CHECKED(
            Proof.FAULT_SWEEP_OF_LOGS,
            "acknowledged although log or manifest had failed",
            Change.of("engine/CommitPipeline.java", "health.beforeWrite();",
                    "health.checkOpen();")),

    /// A directory that could not be synced is synced again, and the name of a table is gone.
    FAILED_DIRECTORY_SYNC_RETRIED(
            Proof.FAULT_SWEEP_OF_LOGS,
            "forced again after a failure: []",
            Change.of("engine/TableBuilder.java", "health.poison(t); throw t;", "throw t;")),

    /// A merge that failed and was put off counts as done when the store is idle.
    MERGE_PUT_OFF_COUNTS_AS_DONE(
            Proof.BACKGROUND,
            "[refused writes]",
            Change.of(
                    "engine/KeyspaceWork.java",
                    "isResting = true; retryNanos = RETRY_NANOS_MIN; health.rested();",
                    "recovered();")),

    /// An error in a merge is forgotten when its keyspace is dropped before somebody was told.
    ERROR_FORGOTTEN_WITH_ITS_KEYSPACE(
            Proof.HEALTH,
            "Expecting actual not to be null",
            Change.of("engine/Health.java", "upkeep.inherit(compaction);", "")),

    /// A merge that is durable counts as failed because of an error after that.
    DONE_MERGE_COUNTS_AS_FAILED(
            Proof.BACKGROUND,
            "Expected size: 2 but was: 1",
            Change.of(
                    "engine/CompactionTask.java",
                    "private void tell() { try { report(); } catch (Throwable t) { tools.health().upkeep().failed(t); } }",
                    "private void tell() { report(); }")),

    /// An open that fails has deleted what seemed left over.
    ORPHANS_DELETED_BY_A_FAILED_OPEN(
            Proof.FAILURES,
            "\"000099.sst\"",
            Change.of(
                    "engine/StoreOpening.java",
                    "TableFiles tables = tables(state);",
                    """
                            if (manifest != null) {
                                for (String orphan : manifest.orphans(
                                        files.stream().map(Storage.FileInfo::name).toList())) {
                                    storage.delete(orphan);
                                }
                            }
                            TableFiles tables = tables(state);
                            """)),

    /// Nobody takes the lock of the directory.
    LOCK_NOT_TAKEN(
            Proof.SECOND_OPEN,
            "Expecting actual not to be null",
            Change.of(
                    "engine/StoreFiles.java",
                    "return storage.lock(StoreFile.LOCK);",
                    "storage.exists(StoreFile.LOCK); if (!storage.exists()) throw new FileSystemException(\"\"); return () -> {};")),

    /// A flush leaves the other keyspaces with writes in no log behind, and with them parts of
    /// batches.
    UNLOGGED_KEYSPACES_LEFT_BEHIND(
            Proof.POWER_LOSS,
            "not a prefix:",
            Change.of(
                    "engine/WriteBuffer.java",
                    "if (active(keyspace).hasUnlogged()) { group.add(keyspace); }",
                    "")),

    /// An open that fails leaves open what it had opened.
    FAILED_OPEN_LEAKS(
            Proof.FAULT_SWEEP_OF_OPENING,
            "left open: [",
            Change.of("engine/StoreOpening.java", "undo.get(i).close();",
                    "undo.get(i).hashCode();")),

    /// Writes to a keyspace that the manifest has lost are read as if it knew it.
    LOST_EDITS_OVERLOOKED(
            Proof.MISPLACED_FILES,
            "MANIFEST_STALE",
            Change.of(
                    "engine/Recovery.java",
                    "if (keyspace >= state.nextKeyspace()) {",
                    "if (keyspace < 0) {"));

    private final Plan plan;

    EngineBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
