package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.util.Arrays;

/// Makes LZ4 blocks: greedy, one candidate for a match per hash.
///
/// It is a workspace: its hash table is reused from block to block (cleared each time), so it is
/// for one thread at a time.
///
/// A block is a row of sequences
/// ```
/// token     high 4 bits: literals, low 4 bits: match length - 4; 15 says that bytes follow (behind
///           the token or the offset) to be added, the last of them below 255
/// literals
/// offset    u16, little-endian: how far back the match begins
/// ```
/// and ends with one that has literals only. The format wants the last five bytes to be literals
/// and the last match to begin at least twelve bytes before the end.
///
/// A longer input is done in windows of 64 KiB; matches do not reach back into the window before,
/// which costs a little of the ratio of large blocks and saves a check of the distance.
final class Lz4Encoder {
    private static final int TABLE_BITS = 13;

    /// Inputs up to this length use half of the table: there is less to clear.
    private static final int SHORT_INPUT = 8 * 1024;

    private static final int WINDOW = 1 << 16;
    private static final int MATCH_MIN = 4;
    private static final int LAST_LITERALS = 5;
    private static final int LAST_MATCH = 12;

    /// After so many groups of four positions in vain, the steps grow by another group.
    private static final int PATIENCE_BITS = 4;

    private final int[] table = new int[1 << TABLE_BITS];

    /// Where the last search found a match.
    private int found;

    /// The target has room for the longest possible output; the ranges were checked.
    int encode(byte[] src, int at, int length, byte[] dst, int dstAt) {
        int end = at + length;
        int lastMatch = end - LAST_MATCH;
        int bits = length <= SHORT_INPUT ? TABLE_BITS - 1 : TABLE_BITS;
        int anchor = at;
        int d = dstAt;
        for (int window = at; window <= lastMatch; window += WINDOW) {
            // An empty slot points at the window's first byte, as good a candidate as any.
            Arrays.fill(table, 0, 1 << bits, window);
            int last = Math.min(lastMatch, window + WINDOW - 1);
            int p = Math.max(window + 1, anchor);
            while (true) {
                int match = search(src, p, last, Long.SIZE - bits);
                if (match < 0) {
                    break;
                }
                p = found;
                while (p > anchor && match > window && src[p - 1] == src[match - 1]) {
                    p--;
                    match--;
                }
                int matched = MATCH_MIN
                        + same(src, match + MATCH_MIN, p + MATCH_MIN, end - LAST_LITERALS);
                d = sequence(src, anchor, p - anchor, p - match, matched, dst, d);
                p += matched;
                anchor = p;
                if (p <= last) {
                    int slot = slot(Bytes.getLong(src, p - 2), Long.SIZE - bits);
                    table[slot] = p - 2;
                }
            }
        }
        return lastLiterals(src, anchor, end - anchor, dst, d) - dstAt;
    }

    /// The start of a match for the first position from `p` on, put into [#found], that has one; or
    /// -1 when there is none up to `last`.
    private int search(byte[] src, int p, int last, int shift) {
        int[] t = table;
        int groups = 1 << PATIENCE_BITS;
        // One word of eight bytes has four positions with the five bytes that are hashed.
        while (p <= last - 3) {
            long word = Bytes.getLong(src, p);
            int slot = slot(word, shift);
            int match = t[slot];
            t[slot] = p;
            if (Bytes.getInt(src, match) == (int) word) {
                found = p;
                return match;
            }
            word >>>= 8;
            slot = slot(word, shift);
            match = t[slot];
            t[slot] = p + 1;
            if (Bytes.getInt(src, match) == (int) word) {
                found = p + 1;
                return match;
            }
            word >>>= 8;
            slot = slot(word, shift);
            match = t[slot];
            t[slot] = p + 2;
            if (Bytes.getInt(src, match) == (int) word) {
                found = p + 2;
                return match;
            }
            word >>>= 8;
            slot = slot(word, shift);
            match = t[slot];
            t[slot] = p + 3;
            if (Bytes.getInt(src, match) == (int) word) {
                found = p + 3;
                return match;
            }
            p += groups++ >>> PATIENCE_BITS << 2;
        }
        for (; p <= last; p++) {
            long word = Bytes.getLong(src, p);
            int slot = slot(word, shift);
            int match = t[slot];
            t[slot] = p;
            if (Bytes.getInt(src, match) == (int) word) {
                found = p;
                return match;
            }
        }
        return -1;
    }

    /// The slot for the low five bytes of a word.
    private static int slot(long word, int shift) {
        return (int) (((word << 24) * 889523592379L) >>> shift);
    }

    /// How many bytes from `a` and from `b` on, the latter up to `end`, are the same.
    private static int same(byte[] src, int a, int b, int end) {
        int start = b;
        while (b + 8 <= end) {
            long x = Bytes.getLong(src, a) ^ Bytes.getLong(src, b);
            if (x != 0) {
                return b - start + (Long.numberOfTrailingZeros(x) >>> 3);
            }
            a += 8;
            b += 8;
        }
        while (b < end && src[a] == src[b]) {
            a++;
            b++;
        }
        return b - start;
    }

    private static int sequence(byte[] src, int at, int literals, int offset, int matched,
            byte[] dst, int d) {
        int more = matched - MATCH_MIN;
        dst[d++] = (byte) (Math.min(literals, 15) << 4 | Math.min(more, 15));
        if (literals >= 15) {
            d = length(dst, d, literals - 15);
        }
        // In whole words: twelve bytes at least follow, and have their room in the target.
        for (int i = 0; i < literals; i += 8) {
            Bytes.putLong(dst, d + i, Bytes.getLong(src, at + i));
        }
        d += literals;
        Bytes.putShort(dst, d, offset);
        d += 2;
        return more >= 15 ? length(dst, d, more - 15) : d;
    }

    private static int lastLiterals(byte[] src, int at, int literals, byte[] dst, int d) {
        dst[d++] = (byte) (Math.min(literals, 15) << 4);
        if (literals >= 15) {
            d = length(dst, d, literals - 15);
        }
        System.arraycopy(src, at, dst, d, literals);
        return d + literals;
    }

    private static int length(byte[] dst, int d, int more) {
        for (; more >= 255; more -= 255) {
            dst[d++] = (byte) 255;
        }
        dst[d++] = (byte) more;
        return d;
    }
}
