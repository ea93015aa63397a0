package dev.firn.cli.draw;

import dev.firn.KeyBytes;
import dev.firn.KeyspaceTree;
import dev.firn.KeyspaceTree.MemtableInfo;
import dev.firn.Statistics.KeyspaceStatistics;
import dev.firn.TableInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tree of a keyspace, drawn in text: memtables by how full they are, below them each level, a
/// row for each run, each table a bar over its key range.
public final class TreeDrawing {
    /// The narrowest drawing.
    public static final int COLUMNS_MIN = 60;

    /// The widest drawing.
    public static final int COLUMNS_MAX = 200;

    private static final int LABEL_COLUMNS = 12;
    private static final int RUNS_SHOWN_MAX = 8;

    private final KeyspaceTree tree;
    private final @Nullable KeyspaceStatistics statistics;
    private final Paint paint;
    private final int barColumns;
    private final boolean withEntries;
    private final boolean withTombstones;
    private final List<String> lines = new ArrayList<>();

    /// What the drawing means, in a line.
    public static final String LEGEND =
            "A bar is a table: as wide as its share of the data, as high as its bytes.";

    private TreeDrawing(
            KeyspaceTree tree, @Nullable KeyspaceStatistics statistics, int columns, Paint paint) {
        this.tree = tree;
        this.statistics = statistics;
        this.paint = paint;
        int width = Math.clamp(columns, COLUMNS_MIN, COLUMNS_MAX);
        withEntries = width >= 75;
        withTombstones = width >= 95;
        barColumns =
                width - LABEL_COLUMNS - 20 - (withEntries ? 13 : 0) - (withTombstones ? 12 : 0);
    }

    /// The lines of a drawing.
    ///
    /// @param statistics the figures of the same keyspace, if known
    /// @param columns the width, which is kept between 60 and 200
    public static List<String> draw(
            KeyspaceTree tree, @Nullable KeyspaceStatistics statistics, int columns, Paint paint) {
        return new TreeDrawing(tree, statistics, columns, paint).draw();
    }

    private List<String> draw() {
        title();
        lines.add("");
        lines.add(paint.dim(row("", "", "tables", "size", "entries", "tombstones")));
        memtables();
        levels();
        lines.add("");
        amplifications();
        return lines.stream().map(String::stripTrailing).toList();
    }

    private void title() {
        long bytes = tree.tables().stream().mapToLong(TableInfo::bytes).sum();
        long runs = tree.tables().stream().mapToLong(TableInfo::run).distinct().count();
        lines.add(
                paint.bold(tree.name())
                        + " · " + tree.shape().name().toLowerCase(Locale.ROOT)
                        + " · " + Figures.count(tree.tables().size(), "table")
                        + " in " + Figures.count(runs, "run")
                        + " · " + Figures.bytes(bytes));
    }

    private void memtables() {
        int frozen = 0;
        for (MemtableInfo memtable : tree.memtables()) {
            String label = memtable.frozen() ? "frozen " + ++frozen : "memtable";
            String bar = RunBar.fill(memtable.bytes(), memtable.bytesMax(), barColumns);
            String size = Figures.bytes(memtable.bytes());
            String of = Figures.percent(memtable.bytes(), memtable.bytesMax());
            lines.add(
                    row(
                            label,
                            paint.warm(bar),
                            of.replaceAll("\\.\\d", ""),
                            size,
                            Figures.count(memtable.entries()),
                            tombstones(memtable.tombstones())));
        }
    }

    private void levels() {
        Map<Integer, Map<Long, List<TableInfo>>> levels = new TreeMap<>();
        for (TableInfo table : tree.tables()) {
            levels
                    .computeIfAbsent(table.level(), level -> new LinkedHashMap<>())
                    .computeIfAbsent(table.run(), run -> new ArrayList<>())
                    .add(table);
        }
        if (levels.isEmpty()) {
            lines.add(row("L0", paint.dim("no tables yet"), "0", Figures.bytes(0), "0", ""));
            return;
        }
        KeyScale scale = KeyScale.of(tree.tables());
        long bytesMax = tree.tables().stream().mapToLong(TableInfo::bytes).max().orElse(1);
        int last = levels.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (int level = 0; level <= last; level++) {
            Collection<List<TableInfo>> runs = levels.getOrDefault(level, Map.of()).values();
            if (runs.isEmpty()) {
                lines.add(row("L" + level, paint.dim("·"), "0", Figures.bytes(0), "0", ""));
            } else {
                level(level, List.copyOf(runs), scale, bytesMax);
            }
        }
        axis();
    }

    private void level(int level, List<List<TableInfo>> runs, KeyScale scale, long bytesMax) {
        boolean all = runs.size() <= RUNS_SHOWN_MAX;
        int shown = all ? runs.size() : RUNS_SHOWN_MAX - 2;
        for (int i = 0; i < runs.size(); i++) {
            if (i == shown) {
                i = runs.size() - 1;
                more(runs.subList(shown, i));
            }
            String label =
                    (i == 0 ? "L" + level : "") + (runs.size() > 1 ? "\0run " + (i + 1) : "");
            String bar = RunBar.draw(runs.get(i), scale, barColumns, bytesMax);
            lines.add(rowOf(label, paint.level(level, bar), runs.get(i)));
        }
    }

    private void more(List<List<TableInfo>> runs) {
        List<TableInfo> tables = runs.stream().flatMap(List::stream).toList();
        String what = "… and " + Figures.count(runs.size(), "more run");
        lines.add(rowOf("", paint.dim(Width.cut(what, barColumns)), tables));
    }

    private String rowOf(String label, String bar, List<TableInfo> tables) {
        return row(
                label,
                bar,
                Figures.count(tables.size()),
                Figures.bytes(tables.stream().mapToLong(TableInfo::bytes).sum()),
                Figures.count(tables.stream().mapToLong(TableInfo::entries).sum()),
                tombstones(tables.stream().mapToLong(TableInfo::tombstones).sum()));
    }

    private static String tombstones(long n) {
        return n == 0 ? "" : Figures.count(n);
    }

    private String row(
            String label, String bar, String tables, String size, String entries,
            String tombstones) {
        int split = label.indexOf('\0');
        String full =
                split < 0
                        ? padded(label, LABEL_COLUMNS - 2)
                        : padded(label.substring(0, split), 4)
                                + padded(label.substring(split + 1), LABEL_COLUMNS - 6);
        return "  "
                + full
                + padded(bar, barColumns)
                + toTheRight(tables, 9)
                + toTheRight(size, 11)
                + (withEntries ? toTheRight(entries, 13) : "")
                + (withTombstones ? toTheRight(tombstones, 12) : "");
    }

    private static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - Width.of(text)));
    }

    private static String toTheRight(String text, int columns) {
        return " ".repeat(Math.max(1, columns - Width.of(text))) + text;
    }

    /// The first and the last key below the bars.
    private void axis() {
        KeyBytes first = tree.tables().stream().map(TableInfo::smallest).min(KeyBytes::compareTo)
                .orElseThrow();
        KeyBytes last = tree.tables().stream().map(TableInfo::largest).max(KeyBytes::compareTo)
                .orElseThrow();
        int half = (barColumns - 3) / 2;
        String left = Width.key(first, half);
        String right = Width.key(last, half);
        String gap = " ".repeat(Math.max(3, barColumns - Width.of(left) - Width.of(right)));
        lines.add(" ".repeat(LABEL_COLUMNS) + paint.dim(left + gap + right));
    }

    private void amplifications() {
        if (statistics != null) {
            lines.addAll(Amplifications.lines(statistics.amplification()));
        }
    }
}
