package dev.firn.cli.draw;

import dev.firn.TableInfo;
import java.util.List;

/// A sorted run as a line of blocks: each table from its first key to its last one, as high as it
/// has bytes. Tables that are at least two columns wide stand apart; narrower ones melt into each
/// other.
final class RunBar {
    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";

    private RunBar() {}

    /// The line of a run.
    ///
    /// @param bytesMax the size of a table that is drawn at full height
    static String draw(List<TableInfo> run, KeyScale scale, int columns, long bytesMax) {
        var heights = new int[columns];
        int drawnTo = 0;
        for (TableInfo table : run) {
            int from = (int) Math.round(scale.position(table.smallest()) * columns);
            from = Math.clamp(from, 0, columns - 1);
            int to = (int) Math
                    .round((scale.isPoint() ? 1 : scale.position(table.largest())) * columns);
            to = Math.clamp(to, from + 1, columns);
            if (from < drawnTo && to > drawnTo) {
                from = drawnTo;
            }
            if (from > 0 && from == drawnTo && to - from >= 2) {
                from++;
            }
            int height = height(table.bytes(), bytesMax);
            for (int column = from; column < to; column++) {
                heights[column] = Math.max(heights[column], height);
            }
            drawnTo = Math.max(drawnTo, to);
        }
        var line = new StringBuilder(columns);
        for (int height : heights) {
            line.append(BLOCKS.charAt(height));
        }
        return line.toString();
    }

    /// 1 to 8.
    private static int height(long bytes, long bytesMax) {
        return (int) Math.clamp(Math.ceilDiv(8 * bytes, Math.max(bytesMax, 1)), 1L, 8L);
    }

    /// A bar that is filled to a share of it.
    static String fill(long part, long whole, int columns) {
        double share = whole <= 0 ? 0 : Math.clamp((double) part / whole, 0, 1);
        int filled = part > 0 ? Math.max(1, (int) Math.round(share * columns)) : 0;
        return "█".repeat(filled) + "░".repeat(columns - filled);
    }
}
