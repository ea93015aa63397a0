package dev.firn.cli.draw;

import dev.firn.Statistics;
import dev.firn.Statistics.KeyspaceStatistics;
import dev.firn.Statistics.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// [Statistics] as a report to read.
public final class StatisticsReport {
    private static final int KEYSPACES_SHOWN_MAX = 20;

    private final Statistics statistics;
    private final Paint paint;
    private final List<String> lines = new ArrayList<>();

    private StatisticsReport(Statistics statistics, Paint paint) {
        this.statistics = statistics;
        this.paint = paint;
    }

    /// The lines of the report.
    public static List<String> of(Statistics statistics, Paint paint) {
        return new StatisticsReport(statistics, paint).lines();
    }

    private List<String> lines() {
        if (statistics.failure() != null) {
            lines.add(paint.bad("writes are refused: " + statistics.failure()));
        }
        lines.add("sequence " + Figures.count(statistics.sequence()));
        keyspaces();
        int more = statistics.keyspaces().size() - KEYSPACES_SHOWN_MAX;
        if (more > 0) {
            lines.add("");
            lines.add(
                    "… and " + Figures.count(more) + " more keyspaces; --keyspace NAME shows one");
        }
        lines.add("");
        lines.addAll(state().lines(0, paint));
        lines.add("");
        if (isIdle()) {
            lines.add("Reads and writes are counted from the opening of the store; there were none"
                    + " yet.");
        } else {
            lines.add("Since this store was opened:");
            lines.addAll(counters().lines(2, paint));
        }
        return lines;
    }

    /// All with the same widths, one below the other.
    private void keyspaces() {
        var tables = new LinkedHashMap<KeyspaceStatistics, TextTable>();
        statistics.keyspaces().stream().limit(KEYSPACES_SHOWN_MAX)
                .forEach(k -> tables.put(k, levels(k)));
        TextTable.align(tables.values());
        tables.forEach((k, table) -> {
            lines.add("");
            lines.add(paint.bold(k.name()) + " · " + k.shape().name().toLowerCase(Locale.ROOT));
            lines.addAll(table.lines(2, paint));
            lines.addAll(Amplifications.lines(k.amplification()));
        });
    }

    private static TextTable levels(KeyspaceStatistics k) {
        var table = new TextTable("", ">runs", ">tables", ">size", ">entries", ">tombstones");
        long memory = k.memtableBytes() + k.frozenBytes();
        table.row("memory", "", "", Figures.bytes(memory), Figures.count(k.memtableEntries()), "");
        k.levels().forEach(level -> level(table, "L" + level.level(), level));
        level(table, "tables", k.total());
        return table;
    }

    private static void level(TextTable table, String name, Level level) {
        table.row(
                name,
                Figures.count(level.runs()),
                Figures.count(level.tables()),
                Figures.bytes(level.bytes()),
                Figures.count(level.entries()),
                Figures.count(level.tombstones()));
    }

    /// What there is at this moment.
    private TextTable state() {
        var table = new TextTable("", "");
        Statistics.Memory m = statistics.memory();
        table.row(
                "memory",
                Figures.bytes(m.used()) + " of " + Figures.bytes(m.limit()) + ", at most "
                        + Figures.bytes(m.peak())
                        + " so far");
        uses(m, table);
        Statistics.Log l = statistics.log();
        // A store that is only read has none open.
        if (l.segments() > 0) {
            table.row("log",
                    Figures.count(l.segments(), "segment") + ", " + Figures.bytes(l.bytes()));
        }
        handles(table);
        return table;
    }

    private static void uses(Statistics.Memory m, TextTable table) {
        var uses = new LinkedHashMap<String, Long>();
        uses.put("memtables", m.memtables());
        uses.put("cache", m.cache());
        uses.put("tables", m.tables());
        uses.put("compaction", m.compaction());
        uses.put("cursors", m.cursors());
        uses.put("log", m.log());
        uses.put("pooled", m.pooled());
        uses.values().removeIf(bytes -> bytes == 0);
        if (!uses.isEmpty()) {
            table.row("", uses.entrySet().stream()
                    .map(use -> use.getKey() + " " + Figures.bytes(use.getValue()))
                    .collect(Collectors.joining(" · ")));
        }
    }

    private boolean isIdle() {
        Statistics.Work w = statistics.work();
        Statistics.Cache c = statistics.cache();
        return w.bytesPut() == 0 && w.flushes() == 0 && w.compactions() == 0 && w.moves() == 0
                && statistics.log().bytesWritten() == 0
                && c.hits() + c.misses() == 0 && statistics.filters().checks() == 0
                && statistics.stalls().stream().allMatch(stall -> stall.count() == 0);
    }

    /// What happened since the store was opened.
    private TextTable counters() {
        var table = new TextTable("", "");
        Statistics.Cache c = statistics.cache();
        table.row(
                "cache",
                Figures.percent(c.hits(), c.hits() + c.misses()) + " of "
                        + Figures.count(c.hits() + c.misses())
                        + " look-ups hit · " + Figures.count(c.evictions(), "eviction"));
        Statistics.Filters f = statistics.filters();
        table.row(
                "filters",
                Figures.count(f.checks()) + " asked · " + Figures.count(f.rejections())
                        + " spared a table ("
                        + Figures.percent(f.rejections(), f.checks()) + ")");
        Statistics.Log l = statistics.log();
        table.row(
                "log",
                Figures.bytes(l.bytesWritten()) + " written · " + Figures.count(l.syncs(), "sync"));
        work(table);
        stalls(table);
        return table;
    }

    private void work(TextTable table) {
        Statistics.Work w = statistics.work();
        table.row("written", Figures.bytes(w.bytesPut()) + " of keys and values");
        table.row(
                "flushed",
                Figures.bytes(w.bytesFlushed()) + " of tables from "
                        + Figures.count(w.flushes(), "memtable"));
        table.row(
                "compacted",
                Figures.count(w.compactions(), "merge") + " read "
                        + Figures.bytes(w.bytesCompactedIn())
                        + " and wrote " + Figures.bytes(w.bytesCompacted()) + ", of it "
                        + Figures.bytes(w.bytesMergedDown()) + " while idle · "
                        + Figures.count(w.moves(), "table") + " moved");
    }

    private void stalls(TextTable table) {
        if (statistics.stalls().stream().allMatch(stall -> stall.count() == 0)) {
            table.row("stalls", "none");
            return;
        }
        String name = "stalls";
        for (Statistics.Stall stall : statistics.stalls()) {
            table.row(
                    name,
                    stall.reason() + ": " + Figures.count(stall.count()) + " times, "
                            + Figures.time(stall.nanos()) + " together, at most "
                            + Figures.time(stall.longestNanos()));
            name = "";
        }
    }

    private void handles(TextTable table) {
        Statistics.Handles h = statistics.handles();
        table.row("cursors", handle(h.cursors(), h.oldestCursorNanos(), h.oldestCursorOpenedAt()));
        table.row("snapshots",
                handle(h.snapshots(), h.oldestSnapshotNanos(), h.oldestSnapshotOpenedAt()));
    }

    private static String handle(int open, long oldestNanos, @Nullable String openedAt) {
        return open == 0
                ? "none open"
                : Figures.count(open) + " open, the oldest for " + Figures.time(oldestNanos)
                        + (openedAt == null ? "" : ", opened at " + openedAt);
    }
}
