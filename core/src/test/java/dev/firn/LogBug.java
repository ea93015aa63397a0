package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong in the write-ahead log.
enum LogBug implements Bug {
    /// The log says it is durable and was never forced.
    LOG_NOT_FORCED(
            Proof.POWER_LOSS,
            "lost: a crash after recovery has changed what was recovered",
            Change.of(
                    "record/LogSegment.java",
                    "file.force(); forced = size;",
                    "forced = size;")),

    /// The link from a log that was closed to its next segment is not forced.
    LINK_NOT_FORCED(
            Proof.POWER_LOSS,
            "tells that everything was synced up to LSN",
            Change.of(
                    "record/WriteAheadLog.java",
                    "link(next), 1); file.force(); return end;",
                    "link(next), 1); return end;")),

    /// The name of a new segment is not made durable before records go to it.
    SEGMENT_NAME_NOT_SYNCED(
            Proof.LOG_CRASHES,
            "a segment header of 64 bytes expected",
            Change.of(
                    "record/SegmentSupply.java",
                    "file.force(); storage.syncDirectory();",
                    "file.force();")),

    /// The header of a new segment is not made durable before records go to it.
    SEGMENT_HEADER_NOT_FORCED(
            Proof.LOG_CRASHES,
            "a segment header of 64 bytes expected",
            Change.of(
                    "record/SegmentSupply.java",
                    "file.force(); storage.syncDirectory();",
                    "storage.syncDirectory();")),

    /// Only the newest segment is forced, although an older one has records that are not durable.
    OLDER_SEGMENT_NOT_FORCED(
            Proof.LOG_CRASHES,
            "acknowledged",
            Change.of(
                    "record/WriteAheadLog.java",
                    "for (LogSegment segment : live) { if (!segment.synced()) { return segment;",
                    "for (LogSegment segment : live.reversed()) { if (!segment.synced()) { return segment;")),

    /// The final size of a segment is told to the manifest before the segment is forced.
    SIZE_RECORDED_BEFORE_FORCE(
            Proof.LOG_CRASHES,
            "no fragment, but",
            Change.of(
                    "record/WriteAheadLog.java",
                    "old.seal();",
                    "old.seal(); listener.rotated(old.number(), old.finalSize());")),

    /// A segment is given up before what makes it unnecessary is durable.
    LOG_RETIRED_BEFORE_EDIT(
            Proof.POWER_LOSS,
            "this segment of the log is missing",
            Change.of(
                    "engine/Flusher.java",
                    "try { versions.commit(new VersionEdit(changes), state -> show(now, state));",
                    """
                            logUse.retire(from);
                            try {
                                versions.commit(new VersionEdit(changes), state -> show(now, state));
                            """)),

    /// The checksum of a log record is not looked at.
    LOG_CHECKSUM_IGNORED(
            Proof.LOG_DAMAGE,
            "wrong record",
            Change.of(
                    "record/FragmentReader.java",
                    "if (storedCrc != expected) {",
                    "if (storedCrc != expected && header.kind() == RecordFormat.MANIFEST) {")),

    /// A record of an older log passes in the recycled file of a newer one.
    STALE_RECORD_PASSES(
            Proof.STALE_BYTES,
            "Expected size: 3 but was",
            Change.of(
                    "record/RecordFormat.java",
                    "return mix(storeId + mix(number));",
                    "return mix(storeId);")),

    /// A record of another store passes.
    FOREIGN_RECORD_PASSES(
            Proof.STALE_BYTES,
            "Expected size: 3 but was",
            Change.of(
                    "record/RecordFormat.java",
                    "return mix(storeId + mix(number));",
                    "return mix(mix(number));")),

    /// A record passes in another place of its segment.
    MOVED_RECORD_PASSES(
            Proof.STALE_BYTES,
            "Expected size: 3 but was",
            Change.of(
                    "record/RecordFormat.java",
                    "return mix(segmentSalt + offset);",
                    "return mix(segmentSalt);")),

    /// Replay goes on behind a hole.
    REPLAY_BEHIND_A_HOLE(
            Proof.LOG_CRASHES,
            "and they differ",
            Change.of(
                    "record/RecordReader.java",
                    "long hole = load(position);",
                    """
                            long hole = load(position);
                            long next = hole < 0 ? -1 : fragment.findStart(hole + 8);
                            if (next >= 0) {
                                hole = load(next);
                            }
                            """)),

    /// Damage in records that were synced is taken for a torn end, although a later record tells.
    SYNCED_DAMAGE_TAKEN_FOR_TORN(
            Proof.STALE_BYTES,
            "Expecting code to raise a throwable",
            Change.of("record/RecordReader.java", "if (claim < 0) {", "if (claim != -2) {")),

    /// A force that failed is tried again, and the second one succeeds without the data.
    FORCE_RETRIED(
            Proof.FAULT_SWEEP_OF_LOGS,
            "forced again after a failure: [0",
            Change.of(
                    "record/GroupSync.java",
                    "reached = force.run();",
                    """
                            try {
                                reached = force.run();
                            } catch (IOException e) {
                                reached = force.run();
                            }
                            """)),

    /// A failed write leaves the log open for more.
    FAILED_WRITE_FORGOTTEN(
            Proof.FAILURES,
            "Expecting actual not to be null",
            Change.of(
                    "record/WriteAheadLog.java",
                    """
                            } catch (DiskFullException e) {
                                throw e;
                            } catch (IOException | RuntimeException | Error e) {
                                throw sync.fail(e);
                            """,
                    """
                            } catch (DiskFullException e) {
                                throw e;
                            } catch (IOException | RuntimeException | Error e) {
                                throw e;
                            """)),

    /// A failed force is an error once, and forgotten then.
    FAILED_FORCE_FORGOTTEN(
            Proof.LOG_FAULTS,
            "[FORCE 1]",
            Change.of("record/GroupSync.java", "failure = first; } }", "} }")),

    /// What a full disk left of a record stays before the next one, which is lost with all behind.
    HALF_A_RECORD_STAYS(
            Proof.FULL_DISK,
            "the record does not go on",
            Change.of(
                    "record/RecordWriter.java",
                    "at = write(at, kind, left == 0 ? LAST : type, prefix, length, crcBefore);",
                    """
                            at = write(at, kind, left == 0 ? LAST : type, prefix, length, crcBefore);
                            offset = at;
                            """)),

    /// The file is cut behind a close record that is not durable.
    CLOSE_RECORD_NOT_FORCED(
            Proof.LOG_CRASHES,
            "the file was cut",
            Change.of(
                    "record/WriteAheadLog.java",
                    "write(current, RecordFormat.CLOSE, NOTHING, 0, 0); sync.await(end());",
                    "write(current, RecordFormat.CLOSE, NOTHING, 0, 0);")),

    /// A close record of which only the page cache may know is taken for a clean close.
    UNFORCED_CLOSE_RECORD_TRUSTED(
            Proof.CLOSE_FAULT,
            "Expecting value to be false",
            Change.of(
                    "record/LogReplay.java",
                    "closed &= !linkedBehindClose && (link != 0 || file.bytes() == end.offset());",
                    "closed &= !linkedBehindClose;")),

    /// A record of an older segment passes in the recycled file of a newer one: random lives have to
    /// come upon one, and the first is a link back.
    OLD_RECORD_REPLAYED(
            Proof.POWER_LOSS,
            ": link to segment ",
            Change.of(
                    "record/RecordFormat.java",
                    "return mix(storeId + mix(number));",
                    "return mix(storeId);")),

    /// A segment is given up when one of those who have writes in it needs it no more.
    LOG_OF_OTHERS_RETIRED(
            Proof.POWER_LOSS,
            "not a prefix:",
            Change.of(
                    "engine/LogUse.java",
                    "Math.min( active.firstSegment(), frozen.queue().firstSegment(flushed))",
                    "Math.max(active.firstSegment(), frozen.queue().firstSegment(flushed))")),

    /// The checksum of a log record is not looked at, in the log of a whole store.
    FLIPPED_RECORD_REPLAYED(
            Proof.HOSTILE_BITS_OF_LOGS,
            "verification finds []",
            Change.of(
                    "record/FragmentReader.java",
                    "if (storedCrc != expected) {",
                    "if (storedCrc != expected && header.kind() == RecordFormat.MANIFEST) {"));

    private final Plan plan;

    LogBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
