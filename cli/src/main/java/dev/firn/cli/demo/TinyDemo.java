package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.StoreEvent.Compacted;
import dev.firn.TableInfo;
import dev.firn.cli.Stdio;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.TextTable;
import dev.firn.cli.draw.TraceReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The textbook, on the real engine: twelve keys, a flush after every five writes, every step told.
public final class TinyDemo {
    private static final int WRITES_PER_FLUSH = 5;
    private static final List<String> KEYS =
            List.of(
                    "fig", "banana", "kiwi", "date", "lemon", "cherry", "iris", "apple", "grape",
                    "jasmine",
                    "elder", "hazel");

    private final Narrator narrator;
    private final String keyspaceName;
    private final EventLog events = new EventLog();

    /// What was written since the last flush, as the textbook draws a memtable: sorted, newest
    /// value only.
    private final TreeMap<String, String> memtable = new TreeMap<>();

    private int writes;

    /// A demonstration that tells to a terminal or a pipe, in a keyspace of a name.
    public TinyDemo(Stdio stdio, String keyspaceName) {
        narrator = new Narrator(stdio);
        this.keyspaceName = keyspaceName;
    }

    /// Runs it in a directory, or in a temporary one.
    public void run(@Nullable Path named) throws IOException {
        Options options = Options.defaults().withMemoryBytes(16 << 20).withListener(events);
        try (var directory = DemoDirectory.of(named);
                Firn store = Firn.open(directory.path(), options)) {
            store.keyspace(DemoDirectory.MARK);
            play(store, store.keyspace(keyspaceName));
        }
    }

    private void play(Firn store, Keyspace keyspace) {
        narrator.say(
                "A log-structured merge tree in small: writes go to a memtable (and a log);"
                        + " after every five of them we"
                        + " flush it, which makes it a table that never changes again. Compaction"
                        + " waits until we call it.");
        store.pauseCompaction();
        narrator.scene("Twelve keys");
        for (int i = 0; i < KEYS.size(); i++) {
            put(store, keyspace, KEYS.get(i), "v" + (i + 1));
        }
        narrator.scene("Updates and deletes are writes too");
        narrator.say(
                "Tables never change. A new value is written above the old one and shadows it; a"
                        + " delete writes a"
                        + " tombstone.");
        put(store, keyspace, "date", "v13");
        delete(store, keyspace, "kiwi");
        put(store, keyspace, "apple", "v15");
        put(store, keyspace, "banana", "v16");
        delete(store, keyspace, "grape");
        reads(keyspace, "Who answers a read?",
                "A read asks the memtable, then the runs (tables that make up one sorted sequence;"
                        + " on L0 each table is one) from the newest to the oldest, and stops at"
                        + " the first answer.");
        compact(store, keyspace);
        reads(keyspace, "The same reads again",
                "There is one run now, so no read looks into more than one table.");
        narrator.scene("All entries, in order");
        var table = new TextTable("", "");
        try (var entries = keyspace.stream(KeyRange.all())) {
            entries.forEach(e -> table.row(text(e.key()), text(e.value())));
        }
        narrator.show(table);
    }

    private void put(Firn store, Keyspace keyspace, String key, String value) {
        long sequence = keyspace.put(bytes(key), bytes(value));
        memtable.put(key, value + "#" + sequence);
        wrote(store, keyspace, "put " + key + " = " + value, sequence);
    }

    private void delete(Firn store, Keyspace keyspace, String key) {
        long sequence = keyspace.delete(bytes(key));
        memtable.put(key, "tombstone#" + sequence);
        wrote(store, keyspace, "delete " + key, sequence);
    }

    private void wrote(Firn store, Keyspace keyspace, String what, long sequence) {
        writes++;
        var holds = new StringBuilder();
        memtable.forEach((key, value) -> holds.append(' ').append(key).append('=').append(value));
        narrator.show(
                List.of(
                        String.format("%2d  %-20s sequence %-4d memtable:%s", writes, what,
                                sequence, holds)));
        if (writes % WRITES_PER_FLUSH == 0) {
            flush(store, keyspace);
        }
    }

    private void flush(Firn store, Keyspace keyspace) {
        keyspace.flush();
        memtable.clear();
        narrator.gap();
        narrator.show(List.of("    " + WRITES_PER_FLUSH + " writes: flush. The memtable is"
                + " empty, the tables are:"));
        tables(store, keyspace);
        narrator.gap();
    }

    private void tables(Firn store, Keyspace keyspace) {
        var table = new TextTable("", "", ">entries", ">tombstones", "keys", "sequences");
        for (TableInfo t : Trees.of(store, keyspace).tables()) {
            table.row(
                    "L" + t.level(),
                    "table " + t.number(),
                    Figures.count(t.entries()),
                    Figures.count(t.tombstones()),
                    t.smallest() + " … " + t.largest(),
                    sequences(t));
        }
        narrator.show(table);
    }

    private static String sequences(TableInfo t) {
        return t.lastSequence() == 0
                ? "not kept"
                : t.firstSequence() + " … " + t.lastSequence();
    }

    private void reads(Keyspace keyspace, String title, String introduction) {
        narrator.scene(title);
        narrator.say(introduction);
        for (String key : List.of("hazel", "banana", "date", "lemon", "kiwi", "coconut",
                "zucchini")) {
            byte[] value = keyspace.get(bytes(key));
            narrator.show(
                    List.of("get " + key + ": " + (value == null ? "no value" : text(value))));
            narrator.show(TraceReport.of(keyspace.explain(bytes(key)), narrator.paint()));
        }
    }

    private void compact(Firn store, Keyspace keyspace) {
        narrator.scene("Compaction");
        narrator.say(
                "What is in the memtable is flushed first. The tables leave level 0, which"
                        + " is a note in the manifest and moves no byte. Then all are read side by"
                        + " side, in the order of their"
                        + " keys; of each key only the newest version is kept, and a tombstone goes"
                        + " too, as nothing older is"
                        + " left for it to hide. Nothing is older than these versions and no"
                        + " snapshot is open, so their sequence numbers are not kept either.");
        keyspace.flush();
        memtable.clear();
        narrator.gap();
        narrator.show(List.of("    before:"));
        tables(store, keyspace);
        events.take();
        store.resumeCompaction();
        keyspace.compact(KeyRange.all());
        narrator.gap();
        for (Compacted c : events.take(Compacted.class)) {
            narrator.show(told(c));
        }
        narrator.gap();
        narrator.show(List.of("    after:"));
        tables(store, keyspace);
    }

    private static List<String> told(Compacted c) {
        if (c.moved()) {
            return List.of("    moved down, without being rewritten: " + numbers(c.inputs())
                    + " to L" + c.outputLevel());
        }
        return List.of(
                "    merged: " + numbers(c.inputs()) + " into " + numbers(c.outputs()) + " on L"
                        + c.outputLevel(),
                "    " + Figures.count(c.entriesRead(), "entry") + " read, "
                        + Figures.count(c.shadowed(), "shadowed version") + " dropped, "
                        + Figures.count(c.tombstones(), "tombstone") + " dropped");
    }

    private static String numbers(List<TableInfo> tables) {
        return tables.isEmpty()
                ? "nothing"
                : (tables.size() == 1 ? "table " : "tables ")
                        + String.join(", ",
                                tables.stream().map(t -> Long.toString(t.number())).toList());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
