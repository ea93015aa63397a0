package dev.firn.memtable;

/// The part of a chunk that is being filled with pieces of one sort. The writer's.
final class Region {
    private static final int[] FIRST_CHUNK_BYTES = {4 << 10, 64 << 10};

    /// Eight units are a cache line; the smallest nodes take half of one.
    private static final int LINE_UNITS = 8;

    private int next;
    private int limit;

    /// A half line that was left over, or 0.
    private int gap;

    /// How many of the small first chunks are behind it.
    private int stage;

    private int markedNext;
    private int markedLimit;
    private int markedGap;
    private int markedStage;

    /// Takes a piece of some units.
    ///
    /// @return a reference to it, or 0 when the chunk has no room
    int take(int units) {
        if (units > limit - next) {
            return 0;
        }
        int reference = next;
        next += units;
        return reference;
    }

    /// Takes half a line or whole lines, such that neither spans more lines than it has to. What
    /// has to be left out for that waits for the next half line.
    ///
    /// @return a reference to it, or 0 when the chunk has no room
    int takeLines(int units) {
        if (units < LINE_UNITS && gap != 0) {
            int reference = gap;
            gap = 0;
            return reference;
        }
        int off = next % LINE_UNITS;
        if (off != 0 && units >= LINE_UNITS && units + LINE_UNITS - off <= limit - next) {
            gap = next;
            next += LINE_UNITS - off;
        }
        return take(units);
    }

    /// Units that are left in the chunk.
    int left() {
        return limit - next;
    }

    /// How large the next chunk shall be, to hold a piece of `bytes`: the first ones are small.
    int chunkBytes(long bytes, int standard) {
        while (stage < FIRST_CHUNK_BYTES.length) {
            int small = FIRST_CHUNK_BYTES[stage++];
            if (bytes <= small && small < standard) {
                return small;
            }
        }
        return standard;
    }

    /// Goes on in a new chunk.
    void refill(int first, int units) {
        next = first;
        limit = first + units;
    }

    void mark() {
        markedNext = next;
        markedLimit = limit;
        markedGap = gap;
        markedStage = stage;
    }

    void rollback() {
        next = markedNext;
        limit = markedLimit;
        gap = markedGap;
        stage = markedStage;
    }
}
