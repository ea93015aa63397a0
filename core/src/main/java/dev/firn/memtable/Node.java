package dev.firn.memtable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// An inner node: where the keys below it part. This is how it lies in memory and how readers
/// search it; [NodeWriter] makes and changes it.
///
/// All keys below a node share their first `depth` bytes, and the byte at `depth` decides on the
/// child. A key that ends there has the slot of its own (`own`). The shared bytes are not stored:
/// any leaf below (`sample`) has them, so a shared prefix of 10 KiB costs nothing.
///
/// ```
///  offset  0   u8 count | u8 capacity | u16 depth    one int, read by acquire
///          4   u32 sample: a leaf below
///          8   u32 own: the leaf of the key that ends here, or 0
///  linear, capacity c is 4, 10 or 23 (32, 64, 128 bytes):
///         12   u8 key[c], in order of insertion, padded to 4
///              u32 child[c]
///  indexed, capacity 53 (480 bytes):
///         12   u8 index[256]: number of the child + 1, or 0
///        268   u32 child[53]
///  direct, capacity 256, written as 255 (1,056 bytes):
///         12   u32 child[256], or 0
/// ```
///
/// Depth, capacity and sample never change. A depth fits 16 bits: below a node lie two keys at
/// least, and the longer one has at least one byte more than the depth, of at most 65,536. A slot
/// is filled once, before count (linear) or index (indexed) shows it by release, and later only
/// replaced by a newer root of the same part of the tree.
final class Node {
    static final int HEAD = 0;
    static final int SAMPLE = 4;
    static final int OWN = 8;
    static final int KEYS = 12;
    static final int INDEXED = 53;
    static final int INDEXED_CHILDREN = KEYS + 256;
    static final int DIRECT = 255;

    /// What [#ceiling] and [#floor] return when there is no such child.
    static final long NONE = -1;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = INT.varHandle();
    static final VarHandle BYTES = ValueLayout.JAVA_BYTE.varHandle();

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private Node() {}

    /// Count, capacity and depth in one; what it shows is completely written.
    static int head(MemorySegment s, long node) {
        return (int) INTS.getAcquire(s, node + HEAD);
    }

    static int count(int head) {
        return head & 0xff;
    }

    static int capacity(int head) {
        return (head >>> 8) & 0xff;
    }

    static int depth(int head) {
        return head >>> 16;
    }

    static int sample(MemorySegment s, long node) {
        return s.get(INT, node + SAMPLE);
    }

    /// The leaf of the key that ends here, or 0.
    static int own(MemorySegment s, long node) {
        return (int) INTS.getAcquire(s, node + OWN);
    }

    /// Where the children of a linear node begin.
    static int linearChildren(int capacity) {
        return KEYS + ((capacity + 3) & ~3);
    }

    /// The child for a byte (of any sign), or 0.
    static int child(MemorySegment s, long node, int head, int key) {
        long slot = slot(s, node, head, key);
        return slot < 0 ? 0 : (int) INTS.getAcquire(s, slot);
    }

    /// Where the child for a byte stands, or -1 when no slot was given to the byte.
    static long slot(MemorySegment s, long node, int head, int key) {
        int capacity = capacity(head);
        if (capacity < INDEXED) {
            int i = position(s, node, count(head), key);
            return i < 0 ? -1 : node + linearChildren(capacity) + 4L * i;
        }
        if (capacity == DIRECT) {
            return node + KEYS + 4L * (key & 0xff);
        }
        int i = (byte) BYTES.getAcquire(s, node + KEYS + (key & 0xff));
        return i == 0 ? -1 : node + INDEXED_CHILDREN + 4L * (i - 1);
    }

    /// Looks at eight keys at a time. Behind the last key lies anything, but what matches there has
    /// a higher position than any key, so the lowest match tells.
    private static int position(MemorySegment s, long node, int count, int key) {
        long pattern = (key & 0xff) * ONES;
        int i = firstZero(s.get(Bytes.LONG, node + KEYS) ^ pattern);
        if (i == 8 && count > 8) {
            i += firstZero(s.get(Bytes.LONG, node + KEYS + 8) ^ pattern);
            if (i == 16 && count > 16) {
                i += firstZero(s.get(Bytes.LONG, node + KEYS + 16) ^ pattern);
            }
        }
        return i < count ? i : -1;
    }

    /// The number of the lowest byte that is zero, or 8.
    private static int firstZero(long word) {
        return Long.numberOfTrailingZeros((word - ONES) & ~word & HIGHS) >>> 3;
    }

    /// The child with the smallest byte at or above `from` (0 to 256): `byte << 32 | child`, or
    /// [#NONE].
    static long ceiling(MemorySegment s, long node, int from) {
        int head = head(s, node);
        int capacity = capacity(head);
        if (capacity < INDEXED) {
            int best = 256;
            int bestAt = 0;
            for (int i = 0, count = count(head); i < count; i++) {
                int key = s.get(ValueLayout.JAVA_BYTE, node + KEYS + i) & 0xff;
                if (key >= from && key < best) {
                    best = key;
                    bestAt = i;
                }
            }
            return best == 256
                    ? NONE
                    : entry(best, (int) INTS.getAcquire(s,
                            node + linearChildren(capacity) + 4L * bestAt));
        }
        for (int key = from; key < 256; key++) {
            int child = child(s, node, head, key);
            if (child != 0) {
                return entry(key, child);
            }
        }
        return NONE;
    }

    /// The child with the largest byte at or below `from` (-1 to 255): `byte << 32 | child`, or
    /// [#NONE].
    static long floor(MemorySegment s, long node, int from) {
        int head = head(s, node);
        int capacity = capacity(head);
        if (capacity < INDEXED) {
            int best = -1;
            int bestAt = 0;
            for (int i = 0, count = count(head); i < count; i++) {
                int key = s.get(ValueLayout.JAVA_BYTE, node + KEYS + i) & 0xff;
                if (key <= from && key > best) {
                    best = key;
                    bestAt = i;
                }
            }
            return best < 0
                    ? NONE
                    : entry(best, (int) INTS.getAcquire(s,
                            node + linearChildren(capacity) + 4L * bestAt));
        }
        for (int key = from; key >= 0; key--) {
            int child = child(s, node, head, key);
            if (child != 0) {
                return entry(key, child);
            }
        }
        return NONE;
    }

    private static long entry(int key, int child) {
        return ((long) key << 32) | (child & 0xffffffffL);
    }
}
