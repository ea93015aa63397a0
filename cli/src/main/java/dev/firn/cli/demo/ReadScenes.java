package dev.firn.cli.demo;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Statistics;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.TextTable;
import dev.firn.cli.draw.TraceReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The scenes in which the store is read: a key that is there, keys that are not, a prefix.
final class ReadScenes {
    static final String PREFIX = "java/util/concurrent/";
    private static final String PRESENT = PREFIX + "ConcurrentHashMap.class";
    private static final int MISSES = 10_000;

    private final Firn store;
    private final Keyspace keyspace;
    private final Narrator narrator;

    ReadScenes(Firn store, Keyspace keyspace, Narrator narrator) {
        this.store = store;
        this.keyspace = keyspace;
        this.narrator = narrator;
    }

    void play(List<ClassLibrary.Item> items) throws IOException {
        present(items);
        missing();
        prefix();
    }

    private void present(List<ClassLibrary.Item> items) throws IOException {
        narrator.scene("A point read");
        narrator.say(
                "A read asks the memtables, then the tables from the newest to the oldest, and"
                        + " stops at the first"
                        + " answer. This is the way to " + PRESENT + ":");
        narrator.gap();
        narrator.show(TraceReport.of(keyspace.explain(bytes(PRESENT)), narrator.paint()));
        long start = System.nanoTime();
        byte[] value =
                Checks.present(keyspace.get(bytes(PRESENT)), "that " + PRESENT + " is there");
        long nanos = System.nanoTime() - start;
        for (ClassLibrary.Item item : items) {
            if (item.key().equals(PRESENT)) {
                Checks.require(Arrays.equals(value, item.bytes()), "the value of " + PRESENT);
                narrator.gap();
                narrator.checked(
                        Figures.count(value.length) + " bytes, read in " + Figures.time(nanos)
                                + ": the same as in the JDK");
            }
        }
    }

    private void missing() {
        narrator.scene("Reads of missing keys, stopped by filters");
        String key = PREFIX + "ConcurrentHashMop.class";
        narrator.say(
                "Each table has a bloom filter, which knows with few errors what is not in it."
                        + " So a key that is"
                        + " nowhere costs hardly a block. The way to " + key + ":");
        narrator.gap();
        narrator.show(TraceReport.of(keyspace.explain(bytes(key)), narrator.paint()));
        narrator.gap();
        Statistics.Filters before = store.statistics().filters();
        long start = System.nanoTime();
        int found = 0;
        for (int i = 0; i < MISSES; i++) {
            found += keyspace.contains(bytes(PREFIX + "Missing" + i + ".class")) ? 1 : 0;
        }
        long nanos = System.nanoTime() - start;
        Statistics.Filters after = store.statistics().filters();
        long checks = after.checks() - before.checks();
        long rejections = after.rejections() - before.rejections();
        Checks.require(found == 0, "that missing keys are missing");
        narrator.say(
                Figures.count(MISSES) + " such reads took " + Figures.time(nanos / MISSES)
                        + " each and asked filters "
                        + Figures.count(checks) + " times; " + Figures.count(rejections)
                        + " times (" + Figures.percent(rejections, checks)
                        + ") a filter spared looking into a table.");
    }

    private void prefix() {
        narrator.scene("A scan of " + PREFIX);
        narrator.say(
                "Keys are kept in the order of their bytes, so what begins alike lies together."
                        + " A cursor merges all"
                        + " places into one sorted sequence, in either direction:");
        narrator.gap();
        var table = new TextTable("", ">");
        long n = 0;
        long bytes = 0;
        long start = System.nanoTime();
        try (Cursor cursor = keyspace.scan(KeyRange.prefix(bytes(PREFIX)))) {
            while (cursor.next()) {
                n++;
                bytes += cursor.valueLength();
                if (n <= 3) {
                    row(table, cursor);
                }
            }
            long nanos = System.nanoTime() - start;
            table.row("…", "");
            if (cursor.previous()) {
                row(table, cursor);
            }
            narrator.show(table);
            narrator.gap();
            narrator.say(
                    Figures.count(n, "entry") + ", " + Figures.bytes(bytes) + " of values, in "
                            + Figures.time(nanos) + ".");
        }
    }

    private static void row(TextTable table, Cursor cursor) {
        table.row(
                new String(cursor.key(), StandardCharsets.UTF_8),
                Figures.count(cursor.valueLength()) + " bytes");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
