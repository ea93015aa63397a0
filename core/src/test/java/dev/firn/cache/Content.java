package dev.firn.cache;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// Blocks whose every word is derived from their table, ordinal, length and the time of their
/// filling, so that a word of another block, or of another filling of the same block, shows.
final class Content {
    static final int BYTES_MIN = 16;

    private Content() {}

    static void fill(BlockCache cache, int frame, long table, int ordinal, int length, long time) {
        MemorySegment memory = cache.memory(frame);
        long at = cache.offset(frame);
        memory.set(Bytes.LONG, at, time);
        for (int i = 8; i + 8 <= length; i += 8) {
            memory.set(Bytes.LONG, at + i, word(table, ordinal, length, time, i));
        }
    }

    /// The time of its filling when all words belong together, or -1.
    static long check(MemorySegment memory, long at, long table, int ordinal, int length) {
        long time = memory.get(Bytes.LONG, at);
        long wrong = 0;
        for (int i = 8; i + 8 <= length; i += 8) {
            wrong |= memory.get(Bytes.LONG, at + i) ^ word(table, ordinal, length, time, i);
        }
        return wrong == 0 ? time : -1;
    }

    private static long word(long table, int ordinal, int length, long time, int i) {
        long x = table * 0x9e3779b97f4a7c15L + ordinal * 0xbf58476d1ce4e5b9L
                + time * 0x94d049bb133111ebL + length * 0x2545f4914f6cdd1dL + i;
        return x ^ x >>> 29;
    }
}
