package dev.firn.cli.demo;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Snapshot;
import dev.firn.Statistics.Level;
import dev.firn.StoreEvent.Compacted;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.TextTable;
import dev.firn.cli.draw.TraceReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The scenes in which what is stored changes: updates shadow, deletes leave tombstones, a snapshot
/// keeps the old, compaction clears up.
final class ChangeScenes {
    private static final String UPDATED = ReadScenes.PREFIX;
    private static final String DELETED = "java/util/stream/";

    private final Firn store;
    private final Keyspace keyspace;
    private final EventLog events;
    private final Narrator narrator;

    ChangeScenes(Firn store, Keyspace keyspace, EventLog events, Narrator narrator) {
        this.store = store;
        this.keyspace = keyspace;
        this.events = events;
        this.narrator = narrator;
    }

    void play() {
        narrator.scene("Updates shadow, deletes leave tombstones, a snapshot still sees the old");
        List<byte[]> updated = keys(UPDATED);
        List<byte[]> deleted = keys(DELETED);
        byte[] one = updated.getFirst();
        byte[] gone = deleted.getFirst();
        byte[] oldOne = Checks.present(keyspace.get(one), "that a key has a value");
        byte[] oldGone = Checks.present(keyspace.get(gone), "that a key has a value");
        try (Snapshot snapshot = store.snapshot()) {
            change(updated, deleted);
            narrator.say(
                    "We took a snapshot at sequence"
                            + " " + Figures.count(snapshot.sequence())
                            + ", wrote new values to the "
                            + Figures.count(updated.size()) + " keys of " + UPDATED
                            + " and deleted the "
                            + Figures.count(deleted.size()) + " of " + DELETED + ". Nothing was"
                            + " changed in place: the new versions"
                            + " were added above the old ones and hide them, and a"
                            + " delete is an entry"
                            + " too, a tombstone. After a"
                            + " flush they are a table of their own:");
            narrator.gap();
            Trees.show(store, keyspace, narrator);
            trace("A read of " + text(one) + " now ends at the new version:", one);
            trace("and one of " + text(gone) + " at the tombstone:", gone);
            narrator.gap();
            Checks.require(keyspace.get(gone) == null, "that a deleted key is gone");
            byte[] newOne = Checks.present(keyspace.get(one), "that an updated key has a value");
            Checks.require("updated".equals(text(newOne)), "that it is the new value");
            checkSnapshot(snapshot, one, oldOne, gone, oldGone, "before compaction");
            compactUnderSnapshot();
            checkSnapshot(snapshot, one, oldOne, gone, oldGone, "after it");
        }
        clearUp(deleted.size());
    }

    private void change(List<byte[]> updated, List<byte[]> deleted) {
        store.pauseCompaction();
        updated.forEach(key -> keyspace.put(key, "updated".getBytes(StandardCharsets.UTF_8)));
        deleted.forEach(keyspace::delete);
        keyspace.flush();
        store.resumeCompaction();
        events.take();
    }

    private void trace(String introduction, byte[] key) {
        narrator.gap();
        narrator.say(introduction);
        narrator.show(TraceReport.of(keyspace.explain(key), narrator.paint()));
    }

    private void checkSnapshot(
            Snapshot snapshot, byte[] one, byte[] oldOne, byte[] gone, byte[] oldGone,
            String when) {
        Checks.require(
                Arrays.equals(oldOne, snapshot.in(keyspace).get(one)), "that the snapshot has"
                        + " the old value " + when);
        Checks.require(
                Arrays.equals(oldGone, snapshot.in(keyspace).get(gone)),
                "that the snapshot has the deleted key " + when);
        narrator.checked(
                "through the snapshot, " + when + ", both are as they were: "
                        + Figures.count(oldOne.length) + " and "
                        + Figures.count(oldGone.length) + " bytes");
    }

    private void compactUnderSnapshot() {
        narrator.scene("Compaction clears up, as far as the snapshot lets it");
        compact("With the snapshot open, a full compaction");
    }

    private void clearUp(int deleted) {
        narrator.gap();
        compact("Now the snapshot is closed; another full compaction");
        Level total = Trees.statistics(store, keyspace).total();
        Checks.require(total.tombstones() == 0, "that no tombstone is left");
        narrator.gap();
        narrator.checked(
                "no tombstone is left: of " + Figures.count(deleted, "deleted key")
                        + " nothing remains on disk");
        narrator.gap();
        Trees.show(store, keyspace, narrator);
    }

    private void compact(String what) {
        events.take();
        Level before = Trees.statistics(store, keyspace).total();
        long start = System.nanoTime();
        keyspace.compact(KeyRange.all());
        long nanos = System.nanoTime() - start;
        List<Compacted> merges = events.take(Compacted.class);
        Level after = Trees.statistics(store, keyspace).total();
        narrator.say(
                what + " took " + Figures.time(nanos) + ": " + Figures.count(merges.size(), "step")
                        + ", which read "
                        + Figures.bytes(merges.stream().mapToLong(Compacted::bytesRead).sum())
                        + " and dropped "
                        + Figures.count(merges.stream().mapToLong(Compacted::shadowed).sum(),
                                "shadowed version")
                        + " and "
                        + Figures.count(merges.stream().mapToLong(Compacted::tombstones).sum(),
                                "tombstone")
                        + ".");
        var table = new TextTable("", ">entries", ">of them tombstones", ">size");
        table.row("before", Figures.count(before.entries()), Figures.count(before.tombstones()),
                Figures.bytes(before.bytes()));
        table.row("after", Figures.count(after.entries()), Figures.count(after.tombstones()),
                Figures.bytes(after.bytes()));
        narrator.show(table);
    }

    private List<byte[]> keys(String prefix) {
        var keys = new ArrayList<byte[]>();
        try (Cursor cursor =
                keyspace.scan(KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8)))) {
            while (cursor.next()) {
                keys.add(cursor.key());
            }
        }
        return keys;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
