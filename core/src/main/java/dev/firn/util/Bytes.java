package dev.firn.util;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Access to bytes in arrays and in native memory, and their unsigned lexicographic order.
///
/// All stored numbers are little-endian. Big-endian words exist only to compare: eight bytes read
/// as a big-endian long compare, unsigned, like the bytes themselves.
public final class Bytes {
    /// Little-endian layouts without alignment.
    public static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// See [#SHORT].
    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// See [#SHORT].
    public static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Eight bytes as a word that compares like them.
    public static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final VarHandle ARRAY_SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    /// The little-endian short at an index, as 0 to 65,535.
    public static int getShort(byte[] a, int at) {
        return (short) ARRAY_SHORT.get(a, at) & 0xffff;
    }

    /// The little-endian int at an index.
    public static int getInt(byte[] a, int at) {
        return (int) ARRAY_INT.get(a, at);
    }

    /// The little-endian long at an index.
    public static long getLong(byte[] a, int at) {
        return (long) ARRAY_LONG.get(a, at);
    }

    /// Writes the low 16 bits little-endian.
    public static void putShort(byte[] a, int at, int value) {
        ARRAY_SHORT.set(a, at, (short) value);
    }

    /// Writes an int little-endian.
    public static void putInt(byte[] a, int at, int value) {
        ARRAY_INT.set(a, at, value);
    }

    /// Writes a long little-endian.
    public static void putLong(byte[] a, int at, long value) {
        ARRAY_LONG.set(a, at, value);
    }

    /// Writes a long big-endian.
    public static void putWord(byte[] a, int at, long value) {
        ARRAY_WORD.set(a, at, value);
    }

    /// The first up to eight of `length` bytes as a word that compares, unsigned, like them;
    /// missing bytes count as zero, so equal words of short keys need a look at the lengths.
    public static long word(byte[] a, int at, int length) {
        if (length >= 8) {
            return (long) ARRAY_WORD.get(a, at);
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (a[at + i] & 0xffL) << (56 - 8 * i);
        }
        return word;
    }

    /// See [#word(byte\[\], int, int)].
    public static long word(MemorySegment s, long at, int length) {
        if (length >= 8) {
            return s.get(WORD, at);
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (s.get(ValueLayout.JAVA_BYTE, at + i) & 0xffL) << (56 - 8 * i);
        }
        return word;
    }

    /// Compares two byte strings as unsigned bytes; a proper prefix comes first.
    public static int compare(byte[] a, int aAt, int aLength, MemorySegment b, long bAt,
            int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        for (; i + 8 <= common; i += 8) {
            long x = (long) ARRAY_WORD.get(a, aAt + i);
            long y = b.get(WORD, bAt + i);
            if (x != y) {
                return Long.compareUnsigned(x, y);
            }
        }
        for (; i < common; i++) {
            int x = a[aAt + i] & 0xff;
            int y = b.get(ValueLayout.JAVA_BYTE, bAt + i) & 0xff;
            if (x != y) {
                return x - y;
            }
        }
        return aLength - bLength;
    }

    /// See [#compare(byte\[\], int, int, MemorySegment, long, int)].
    public static int compare(
            MemorySegment a, long aAt, int aLength, MemorySegment b, long bAt, int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        for (; i + 8 <= common; i += 8) {
            long x = a.get(WORD, aAt + i);
            long y = b.get(WORD, bAt + i);
            if (x != y) {
                return Long.compareUnsigned(x, y);
            }
        }
        for (; i < common; i++) {
            int x = a.get(ValueLayout.JAVA_BYTE, aAt + i) & 0xff;
            int y = b.get(ValueLayout.JAVA_BYTE, bAt + i) & 0xff;
            if (x != y) {
                return x - y;
            }
        }
        return aLength - bLength;
    }

    /// The length of the longest common prefix.
    public static int commonPrefix(
            byte[] a, int aAt, int aLength, MemorySegment b, long bAt, int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        for (; i + 8 <= common; i += 8) {
            long x = (long) ARRAY_WORD.get(a, aAt + i) ^ b.get(WORD, bAt + i);
            if (x != 0) {
                return i + (Long.numberOfLeadingZeros(x) >>> 3);
            }
        }
        while (i < common && a[aAt + i] == b.get(ValueLayout.JAVA_BYTE, bAt + i)) {
            i++;
        }
        return i;
    }

    /// Copies bytes out of native memory into an array.
    public static void copy(MemorySegment from, long fromAt, byte[] to, int toAt, int length) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, fromAt, to, toAt, length);
    }

    /// Copies bytes of an array into memory.
    public static void copy(byte[] from, int fromAt, MemorySegment to, long toAt, int length) {
        MemorySegment.copy(from, fromAt, to, ValueLayout.JAVA_BYTE, toAt, length);
    }
}
