package dev.firn.cli.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// Rows of cells in aligned columns, two spaces apart. Columns whose heading starts with `>` are
/// aligned to the right. The headings are not shown when all are empty.
public final class TextTable {
    private final List<String> headings = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private int[] widthsMin = {};

    /// A table with these columns.
    public TextTable(String... columns) {
        for (String column : columns) {
            boolean toTheRight = column.startsWith(">");
            headings.add(toTheRight ? column.substring(1) : column);
            right.add(toTheRight);
        }
    }

    /// Adds a row with a cell for each column.
    public TextTable row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size());
        }
        rows.add(List.of(cells));
        return this;
    }

    /// Whether it has no rows.
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// The lines, each indented by some spaces.
    public List<String> lines(int indent, Paint paint) {
        int[] widths = widths();
        boolean headed = headings.stream().anyMatch(h -> !h.isEmpty());
        var lines = new ArrayList<String>();
        if (headed) {
            lines.add(" ".repeat(indent) + paint.dim(line(headings, widths)));
        }
        for (List<String> row : rows) {
            lines.add(" ".repeat(indent) + line(row, widths));
        }
        return lines;
    }

    private int[] widths() {
        int[] widths = Arrays.copyOf(widthsMin, headings.size());
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(widths[column], Width.of(headings.get(column)));
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], Width.of(row.get(column)));
            }
        }
        return widths;
    }

    /// Gives the columns of tables that have the same columns the same widths.
    static void align(Collection<TextTable> tables) {
        int[] widest = {};
        for (TextTable table : tables) {
            table.widthsMin = widest;
            widest = table.widths();
        }
        for (TextTable table : tables) {
            table.widthsMin = widest;
        }
    }

    private String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String pad = " ".repeat(widths[column] - Width.of(cells.get(column)));
            line.append(column == 0 ? "" : "  ");
            line.append(right.get(column) ? pad + cells.get(column) : cells.get(column) + pad);
        }
        return line.toString().stripTrailing();
    }
}
