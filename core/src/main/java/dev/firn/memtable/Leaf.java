package dev.firn.memtable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A leaf: one key, whole, with its first version and the way to the later ones.
///
/// ```
///  offset  0   u32 newest: reference of the newest version behind the first, or 0   (by release)
///          4   u32 length of the key
///          8   u64 trailer of the first version
///         16   u32 length of the value of the first version
///         20   key, value of the first version
/// ```
///
/// A reference to a leaf has the sign bit set, which tells it from one to a node (as a child) and
/// from one to a [version record][Versions] (as a version: then it means the first version).
final class Leaf {
    static final int NEWEST = 0;
    static final int KEY_LENGTH = 4;
    static final int KEY = 20;

    /// The bit that marks a reference to a leaf.
    static final int TAG = Integer.MIN_VALUE;

    private Leaf() {}

    /// The size of a leaf in bytes.
    static long bytes(int keyLength, int valueLength) {
        return (long) KEY + keyLength + valueLength;
    }

    static int keyLength(MemorySegment s, long leaf) {
        return s.get(Node.INT, leaf + KEY_LENGTH);
    }

    /// Whether the leaf is that of a key.
    static boolean holds(MemorySegment s, long leaf, byte[] key, int at, int length) {
        if (keyLength(s, leaf) != length) {
            return false;
        }
        long own = leaf + KEY;
        if (length < 8) {
            for (int i = 0; i < length; i++) {
                if (s.get(ValueLayout.JAVA_BYTE, own + i) != key[at + i]) {
                    return false;
                }
            }
            return true;
        }
        int last = length - 8;
        for (int i = 0; i < last; i += 8) {
            if (s.get(Bytes.LONG, own + i) != Bytes.getLong(key, at + i)) {
                return false;
            }
        }
        return s.get(Bytes.LONG, own + last) == Bytes.getLong(key, at + last);
    }
}
