package dev.firn.cli.demo;

import dev.firn.Compression;
import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.Statistics;
import dev.firn.StoreEvent.Compacted;
import dev.firn.StoreEvent.Flushed;
import dev.firn.StoreEvent.MemtableFrozen;
import dev.firn.TableInfo;
import dev.firn.cli.Progress;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.TextTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// The scenes in which the store is filled: memtables, flushes, compaction.
final class FillScenes {
    private static final int FLUSHES_SHOWN = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Firn store;
    private final Keyspace keyspace;
    private final EventLog events;
    private final Narrator narrator;
    private int loaded;
    private long bytes;

    FillScenes(Firn store, Keyspace keyspace, EventLog events, Narrator narrator) {
        this.store = store;
        this.keyspace = keyspace;
        this.events = events;
        this.narrator = narrator;
    }

    void play(List<ClassLibrary.Item> items) throws IOException {
        fill(items);
        load(items);
        settle();
    }

    private void fill(List<ClassLibrary.Item> items) throws IOException {
        narrator.scene("Memtables fill, freeze, and become tables");
        narrator.say(
                "A write goes to the log and into the memtable, a sorted tree in memory. When"
                        + " that is full it is"
                        + " frozen, a new one takes over at once, and a background"
                        + " thread writes the"
                        + " frozen one to a table"
                        + " on level 0. The files come in shuffled order, as keys do in life, so"
                        + " each table spans nearly all"
                        + " of the key range. Compaction waits for now. The first ones:");
        narrator.gap();
        store.pauseCompaction();
        events.take();
        int flushed = 0;
        while (flushed < FLUSHES_SHOWN && loaded < items.size()) {
            put(items.get(loaded));
            flushed += tell();
        }
        narrator.gap();
        tree();
    }

    /// Tells of what happened since it was last asked, and how many flushes that were.
    private int tell() {
        int flushed = 0;
        for (var event : events.take()) {
            switch (event) {
                case MemtableFrozen frozen ->
                        narrator.show(
                                List.of(
                                        "    memtable full and frozen: "
                                                + Figures.bytes(frozen.bytes()) + ", "
                                                + Figures.count(frozen.entries(), "entry")));
                case Flushed done -> {
                    flushed++;
                    done.tables().forEach(table -> narrator.show(List.of(
                            "    flushed in " + Figures.time(done.nanos()) + ": " + table(table))));
                }
                default -> {
                }
            }
        }
        return flushed;
    }

    private static String table(TableInfo table) {
        return "L" + table.level() + " table " + table.number() + ", "
                + Figures.bytes(table.bytes())
                + " " + packing(table.compression()) + ", "
                + Figures.count(table.entries(), "entry");
    }

    /// Tables on level 0 are soon merged again, and so are not compressed.
    private static String packing(Compression compression) {
        return compression == Compression.NONE
                ? "uncompressed"
                : "compressed (" + compression + ")";
    }

    private void load(List<ClassLibrary.Item> items) throws IOException {
        narrator.scene("The rest is loaded while compaction works");
        store.resumeCompaction();
        long start = System.nanoTime();
        long bytesBefore = bytes;
        int before = loaded;
        try (var progress = Progress.of(narrator.stdio(), "load", items.size(), " files", 1)) {
            while (loaded < items.size()) {
                put(items.get(loaded));
                progress.at(loaded);
            }
        }
        long nanos = System.nanoTime() - start;
        narrator.say(
                Figures.count((long) loaded - before) + " more files, "
                        + Figures.bytes(bytes - bytesBefore)
                        + ", in " + Figures.time(nanos)
                        + " (most of that is reading them out of the"
                        + " JDK). Meanwhile "
                        + summary() + " At the moment of the last write the tree looks like this:");
        narrator.gap();
        tree();
    }

    private void settle() {
        narrator.scene("Compaction moves the data down");
        long start = System.nanoTime();
        boolean idle = store.awaitIdle(PATIENCE);
        narrator.say(
                (idle ? "Idle after " : "Not yet idle after ")
                        + Figures.time(System.nanoTime() - start)
                        + "; in that time " + summary() + " Now:");
        narrator.gap();
        tree();
        narrator.gap();
        Statistics.Work work = store.statistics().work();
        var table = new TextTable("", "");
        table.row("put by us", Figures.bytes(work.bytesPut()));
        table.row("flushed", Figures.bytes(work.bytesFlushed()) + " of tables from "
                + Figures.count(work.flushes(), "memtable"));
        table.row("merged",
                Figures.bytes(work.bytesCompactedIn()) + " read, "
                        + Figures.bytes(work.bytesCompacted()) + " written, in "
                        + Figures.count(work.compactions(), "merge"));
        table.row("moved",
                Figures.count(work.moves(), "table") + " went down without being rewritten");
        narrator.show(table);
    }

    /// What flushes and compactions did since the last question.
    private String summary() {
        long flushes = 0;
        long merges = 0;
        long moves = 0;
        long read = 0;
        long written = 0;
        for (var event : events.take()) {
            switch (event) {
                case Flushed flushed -> flushes++;
                case Compacted c when c.moved() -> moves += c.inputs().size();
                case Compacted c -> {
                    merges++;
                    read += c.bytesRead();
                    written += c.bytesWritten();
                }
                default -> {
                }
            }
        }
        return Figures.count(flushes, "memtable") + (flushes == 1 ? " was" : " were") + " flushed, "
                + Figures.count(merges, "merge")
                + " read "
                + Figures.bytes(read) + " and wrote " + Figures.bytes(written) + ", and "
                + Figures.count(moves, "table") + " moved down without being rewritten.";
    }

    private void put(ClassLibrary.Item item) throws IOException {
        byte[] value = item.bytes();
        byte[] key = item.key().getBytes(StandardCharsets.UTF_8);
        keyspace.put(key, value);
        loaded++;
        bytes += key.length + value.length;
    }

    private void tree() {
        Trees.show(store, keyspace, narrator);
    }
}
