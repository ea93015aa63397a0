package dev.firn.cli.demo;

import dev.firn.cli.Stdio;
import dev.firn.cli.draw.Paint;
import dev.firn.cli.draw.TextTable;
import dev.firn.cli.draw.Width;
import java.util.List;
import java.util.StringTokenizer;

/// Tells a demonstration: numbered scenes, paragraphs, and figures below them.
final class Narrator {
    private static final int COLUMNS_MAX = 100;

    private final Stdio stdio;
    private final Paint paint;
    private final int columns;
    private int scenes;

    Narrator(Stdio stdio) {
        this.stdio = stdio;
        paint = stdio.paint();
        columns = Math.clamp(stdio.columns(), 60, COLUMNS_MAX);
    }

    Stdio stdio() {
        return stdio;
    }

    Paint paint() {
        return paint;
    }

    int columns() {
        return columns;
    }

    /// Begins a scene.
    void scene(String title) {
        scenes++;
        String head = " " + scenes + "  " + title + " ";
        stdio.out().println("");
        stdio.out().println(
                paint.bold("──" + head + "─".repeat(Math.max(2, columns - 2 - Width.of(head)))));
        flush();
    }

    /// Tells something, wrapped at the width.
    void say(String text) {
        var line = new StringBuilder();
        for (var words = new StringTokenizer(text); words.hasMoreTokens();) {
            String word = words.nextToken();
            if (line.length() > 0 && Width.of(line.toString()) + 1 + Width.of(word) > columns) {
                stdio.out().println(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        stdio.out().println(line.toString());
        flush();
    }

    /// Leaves a line free.
    void gap() {
        stdio.out().println("");
    }

    /// Shows lines as they are.
    void show(List<String> lines) {
        lines.forEach(stdio.out()::println);
        flush();
    }

    /// Shows a table, indented.
    void show(TextTable table) {
        show(table.lines(4, paint));
    }

    /// Says that something that was checked is so.
    void checked(String text) {
        stdio.out().println(paint.good("  ✓ " + text));
        flush();
    }

    /// Ends lines that are shown one by one, so that they are seen when they are true.
    void flush() {
        stdio.out().flush();
    }
}
