package dev.firn.util;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Unsigned LEB128 numbers: seven bits a byte, low bits first, the high bit set on all but the
/// last.
///
/// Readers of hostile bytes bound the position themselves; a number of more than ten bytes, or one
/// that does not fit the type, is an [IllegalArgumentException] that the caller turns into a report
/// with file and offset.
public final class Varint {
    /// The most bytes an int takes.
    public static final int INT_BYTES_MAX = 5;

    /// The most bytes a long takes.
    public static final int LONG_BYTES_MAX = 10;

    private Varint() {}

    /// How many bytes the value takes.
    public static int length(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /// Writes a value and returns the index behind it.
    public static int put(byte[] a, int at, long value) {
        while ((value & ~0x7fL) != 0) {
            a[at++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        a[at++] = (byte) value;
        return at;
    }

    /// Writes a value and returns the offset behind it.
    public static long put(MemorySegment s, long at, long value) {
        while ((value & ~0x7fL) != 0) {
            s.set(ValueLayout.JAVA_BYTE, at++, (byte) (value | 0x80));
            value >>>= 7;
        }
        s.set(ValueLayout.JAVA_BYTE, at++, (byte) value);
        return at;
    }

    /// Reads a value; its length is [#length] of it when it is canonical, which [#put] guarantees
    /// and this method insists on.
    public static long get(byte[] a, int at) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = a[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return checked(value, shift, b);
            }
        }
        throw malformed();
    }

    /// See [#get(byte\[\], int)].
    public static long get(MemorySegment s, long at) {
        byte first = s.get(ValueLayout.JAVA_BYTE, at);
        if (first >= 0) {
            return first;
        }
        long value = first & 0x7fL;
        for (int shift = 7; shift < 70; shift += 7) {
            byte b = s.get(ValueLayout.JAVA_BYTE, ++at);
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return checked(value, shift, b);
            }
        }
        throw malformed();
    }

    private static long checked(long value, int shift, byte last) {
        if ((last == 0 && shift > 0) || (shift == 63 && last != 1)) {
            throw malformed();
        }
        return value;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("malformed varint");
    }
}
