package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The layout of data, index and top index blocks, and the search in one.
///
/// ```
///  0          4          8          12   13   14   15  16
/// +----------+----------+----------+----+----+----+----+
/// | entries  | payload  | shared   | offset, trailer,  |
/// | n        | length   | prefix P | tail width; flags |
/// +----------+----------+----------+----+----+----+----+ 16
/// | trailer base        | tail base           | 0      |
/// +---------------------+---------------------+--------+ 32
/// | n words: the 8 bytes of each key behind the prefix |
/// +----------------------------------------------------+
/// | n heads: offset, trailer - base, tail - base,      |
/// |          perhaps a fingerprint                     |
/// +----------------------------------------------------+
/// | P bytes that all keys begin with                   |
/// +----------------------------------------------------+
/// | payload: per entry the rest of the key, the value  |
/// +----------------------------------------------------+
/// | 8 zero bytes                                       |
/// +----------------------------------------------------+
/// ```
///
/// A key is the shared prefix and a *tail*; the first eight bytes of the tail, padded with zeros,
/// are its *word*, a number that compares like them; what follows them is the *rest*. The words lie
/// side by side, so that a search touches few cache lines and compares numbers without a branch;
/// keys are only looked at where words are equal. A head has a fixed width, chosen for the block:
/// entries can be reached in any order, and what all entries agree on (the length of the keys,
/// sequences of 0) takes no space. An entry ends where the next one begins, the last one at the
/// payload's length.
///
/// Flags, of which index blocks have none: bit 0 says that bit 7 of the trailers marks entries
/// whose value is a [LargeValue]; it is no part of the trailer then. Bit 1 says that each head ends
/// with a fingerprint, one byte of the key's hash. Blocks in which different keys have the same
/// word have it, so that a point read need not look at all of these keys.
///
/// The zeros at the end make every read of eight bytes that begins in a field legal.
///
/// Methods take the memory and the block's place in it. They trust the structure (see
/// [SortedBlockCheck], which every block has passed before anybody reads it here), with one
/// exception: a cached block may be overwritten while it is read. Then any result is possible, also
/// an [IndexOutOfBoundsException], but nothing loops or is allocated; the caller finds out and
/// starts over.
final class SortedBlock {
    static final int COUNT = 0;
    static final int PAYLOAD_LENGTH = 4;
    static final int PREFIX_LENGTH = 8;
    static final int WIDTHS = 12;
    static final int TRAILER_BASE = 16;
    static final int TAIL_BASE = 24;
    static final int WORDS = 32;

    /// The zeros at the end.
    static final int GUARD = 8;

    /// Set in a stored trailer when the value is a [LargeValue], in blocks that have the flag.
    static final int LARGE = 0x80;

    /// The flag, as part of the int at [#WIDTHS].
    static final int HAS_LARGE = 1 << 24;

    /// The flag of fingerprints, as part of the int at [#WIDTHS].
    static final int HAS_FINGERPRINTS = 1 << 25;

    /// Below this many words the search compares without going back and forth.
    private static final int SCAN = 64;

    private SortedBlock() {}

    static int count(MemorySegment m, long base) {
        return m.get(Bytes.INT, base + COUNT);
    }

    /// How many entries are before (key, trailer), in entry order.
    static int lowerBound(MemorySegment m, long base, byte[] key, int at, int length,
            long trailer) {
        return bound(m, base, key, at, length, trailer, false);
    }

    /// The last entry at or before (key, trailer), or -1.
    static int floor(MemorySegment m, long base, byte[] key, int at, int length, long trailer) {
        return bound(m, base, key, at, length, trailer, true) - 1;
    }

    /// Finds the newest version of exactly this key at or below (key, trailer) and describes it.
    static boolean find(MemorySegment m, long base, byte[] key, int at, int length, long hash,
            long trailer, BlockEntry found) {
        int count = count(m, base);
        int prefix = m.get(Bytes.INT, base + PREFIX_LENGTH);
        if (prefix > 0 && comparePrefix(m, base, count, prefix, key, at, length) != 0) {
            return false;
        }
        int tailAt = at + prefix;
        int tail = length - prefix;
        long word = Bytes.word(key, tailAt, tail);
        int i = wordsBelow(m, base + WORDS, count, word);
        if (i >= count || m.get(Bytes.LONG, base + WORDS + 8L * i) != word) {
            return false;
        }
        if ((m.get(Bytes.INT, base + WIDTHS) & HAS_FINGERPRINTS) != 0) {
            i = nextWithFingerprint(m, base, count, i, word, hash);
            if (i < 0) {
                return false;
            }
        }
        found.read(m, base, i);
        int order = compareRest(m, found, key, tailAt, tail);
        if (order < 0 || (order == 0 && Long.compareUnsigned(found.trailer, trailer) > 0)) {
            i = boundInTies(m, base, count, i + 1, word, key, tailAt, tail, trailer, false);
            if (i >= count || m.get(Bytes.LONG, base + WORDS + 8L * i) != word) {
                return false;
            }
            found.read(m, base, i);
            order = compareRest(m, found, key, tailAt, tail);
        }
        return order == 0;
    }

    /// The first entry from `i` on whose word and fingerprint are those of the key, or -1. It need
    /// not be the key: then an entry behind it may be.
    private static int nextWithFingerprint(MemorySegment m, long base, int count, int i,
            long word, long hash) {
        int stride = stride(m.get(Bytes.INT, base + WIDTHS));
        long fingerprint = base + WORDS + 8L * count + (long) stride * (i + 1) - 1;
        for (int j = i; j < count
                && m.get(Bytes.LONG, base + WORDS + 8L * j) == word; j++, fingerprint += stride) {
            if (m.get(ValueLayout.JAVA_BYTE, fingerprint) == (byte) hash) {
                return j;
            }
        }
        return -1;
    }

    private static int bound(MemorySegment m, long base, byte[] key, int at, int length,
            long trailer, boolean inclusive) {
        int count = count(m, base);
        int prefix = m.get(Bytes.INT, base + PREFIX_LENGTH);
        if (prefix > 0) {
            int order = comparePrefix(m, base, count, prefix, key, at, length);
            if (order != 0) {
                return order < 0 ? count : 0;
            }
        }
        int tailAt = at + prefix;
        int tail = length - prefix;
        long word = Bytes.word(key, tailAt, tail);
        int i = wordsBelow(m, base + WORDS, count, word);
        if (i >= count || m.get(Bytes.LONG, base + WORDS + 8L * i) != word) {
            return i;
        }
        return boundInTies(m, base, count, i, word, key, tailAt, tail, trailer, inclusive);
    }

    /// The order of the shared prefix against the beginning of a key; 0 when the key begins with
    /// it.
    private static int comparePrefix(MemorySegment m, long base, int count, int prefix, byte[] key,
            int at, int length) {
        int widths = m.get(Bytes.INT, base + WIDTHS);
        long prefixAt = base + WORDS + (long) count * (8 + stride(widths));
        int common = Math.min(prefix, length);
        int order = -Bytes.compare(key, at, common, m, prefixAt, common);
        return order != 0 ? order : prefix - common;
    }

    /// Among the entries from `from` on whose words are equal to the key's: the first one that is
    /// not before (at or before, if inclusive) the key and trailer.
    private static int boundInTies(MemorySegment m, long base, int count, int from, long word,
            byte[] key, int tailAt, int tail, long trailer, boolean inclusive) {
        long words = base + WORDS;
        int end = from;
        int step = 1;
        while (end < count && m.get(Bytes.LONG, words + 8L * end) == word) {
            end += step;
            step += step;
        }
        int low = from;
        int high = Math.min(end, count);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (m.get(Bytes.LONG, words + 8L * middle) == word
                    && isBefore(m, base, middle, key, tailAt, tail, trailer, inclusive)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static boolean isBefore(MemorySegment m, long base, int i, byte[] key, int tailAt,
            int tail, long trailer, boolean inclusive) {
        int count = count(m, base);
        int widths = m.get(Bytes.INT, base + WIDTHS);
        long head = base + WORDS + 8L * count + (long) stride(widths) * i;
        int prefix = m.get(Bytes.INT, base + PREFIX_LENGTH);
        long payload = base + WORDS + (long) count * (8 + stride(widths)) + prefix;
        int order = compareRest(m, payload + offset(m, head, widths),
                tail(m, base, head, widths), key, tailAt, tail);
        if (order != 0) {
            return order < 0;
        }
        // A larger trailer is a newer version and comes first.
        order = Long.compareUnsigned(trailer,
                trailer(m, base, head, widths) & ~largeMask(widths));
        return inclusive ? order <= 0 : order < 0;
    }

    private static int compareRest(MemorySegment m, BlockEntry entry, byte[] key, int tailAt,
            int tail) {
        return compareRest(m, entry.restAt, entry.tail, key, tailAt, tail);
    }

    /// The order of an entry's key against another, when their words are equal.
    private static int compareRest(MemorySegment m, long restAt, int entryTail, byte[] key,
            int tailAt, int tail) {
        if (entryTail != tail) {
            int common = Math.min(entryTail, tail) - 8;
            int order = common <= 0
                    ? 0
                    : -Bytes.compare(key, tailAt + 8, common, m, restAt, common);
            return order != 0 ? order : entryTail - tail;
        }
        int rest = tail - 8;
        if (rest <= 0) {
            return 0;
        }
        if (rest < 8) {
            long ours = m.get(Bytes.WORD, restAt) >>> (64 - 8 * rest);
            long other = Bytes.word(key, tailAt + rest, 8) & ((1L << (8 * rest)) - 1);
            return Long.compare(ours, other);
        }
        return -Bytes.compare(key, tailAt + 8, rest, m, restAt, rest);
    }

    /// How many of the sorted words are below a word. While there are many it halves them, without
    /// a branch; the rest takes two steps whose loads do not depend on each other, so that their
    /// cache misses overlap: every eighth word, then the eight between.
    private static int wordsBelow(MemorySegment m, long words, int count, long word) {
        int low = 0;
        int left = count;
        while (left > SCAN) {
            int half = left >>> 1;
            low += half & -below(m.get(Bytes.LONG, words + 8L * (low + half - 1)), word);
            left -= half;
        }
        int end = low + left;
        int eights = 0;
        for (int i = low + 7; i < end; i += 8) {
            eights += below(m.get(Bytes.LONG, words + 8L * i), word);
        }
        int result = low + 8 * eights;
        end = Math.min(end, result + 7);
        for (int i = result; i < end; i++) {
            result += below(m.get(Bytes.LONG, words + 8L * i), word);
        }
        return result;
    }

    /// 1 if a is below b, both unsigned, else 0: the borrow of the subtraction.
    private static int below(long a, long b) {
        return (int) (((~a & b) | ((~a | b) & (a - b))) >>> 63);
    }

    // The fields of a head; `widths` is the int at WIDTHS.

    static int stride(int widths) {
        return (widths & 0xff) + (widths >>> 8 & 0xff) + (widths >>> 16 & 0xff)
                + (widths >>> 25 & 1);
    }

    static int offset(MemorySegment m, long head, int widths) {
        return m.get(Bytes.INT, head) & ((widths & 0xff) == 2 ? 0xffff : -1);
    }

    static long trailer(MemorySegment m, long base, long head, int widths) {
        int width = widths >>> 8 & 0xff;
        long delta = m.get(Bytes.LONG, head + (widths & 0xff)) & mask(width);
        return m.get(Bytes.LONG, base + TRAILER_BASE) + delta;
    }

    static int tail(MemorySegment m, long base, long head, int widths) {
        int width = widths >>> 16 & 0xff;
        int shift = (widths & 0xff) + (widths >>> 8 & 0xff);
        return m.get(Bytes.INT, base + TAIL_BASE)
                + (int) (m.get(Bytes.INT, head + shift) & mask(width));
    }

    /// The bit of a stored trailer that marks a large value, or 0.
    static long largeMask(int widths) {
        return (widths & HAS_LARGE) == 0 ? 0 : LARGE;
    }

    /// The lowest `width` bytes.
    static long mask(int width) {
        return width >= 8 ? -1 : (1L << (8 * width)) - 1;
    }
}
