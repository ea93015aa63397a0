package dev.firn.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A counter for a path so hot that an atomic addition would be felt: an estimate.
///
/// Each thread adds, not atomically, to one of several cells by its id. Two threads with the same
/// cell can lose each other's additions, never more.
final class HitCounter {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int CELLS = 64;
    private static final int SPACING = 16;

    /// The cells lie 128 bytes apart, so that no two share a line.
    private final long[] cells = new long[(CELLS + 1) * SPACING];

    void add() {
        int i = ((int) Thread.currentThread().threadId() & (CELLS - 1)) * SPACING + SPACING;
        CELL.setOpaque(cells, i, (long) CELL.getOpaque(cells, i) + 1);
    }

    long sum() {
        long sum = 0;
        for (int i = SPACING; i < cells.length; i += SPACING) {
            sum += (long) CELL.getOpaque(cells, i);
        }
        return sum;
    }
}
