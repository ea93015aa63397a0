package dev.firn.util;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The 64-bit hash of keys: wyhash, final version 4, with seed 0 and the default secret
/// (not 4.2, which has another secret and takes inputs of exactly 48 bytes the other way).
///
/// The filters in table files are built on it, so it is a part of the file format: it never
/// changes. It is fast on short keys and good in all bits; it is no defence against somebody who
/// chooses keys to collide (that costs him only false positives of a filter).
public final class Hash64 {
    private static final long S0 = 0xa0761d6478bd642fL;
    private static final long S1 = 0xe7037ed1a0b428dbL;
    private static final long S2 = 0x8ebc6af09c88c6e3L;
    private static final long S3 = 0x589965cc75374cc3L;

    /// The state before the first byte: the seed, which is 0, mixed with the secret.
    private static final long START = mix(S0, S1);

    private Hash64() {}

    /// The hash of a part of an array.
    public static long hash(byte[] a, int at, int length) {
        long seed = START;
        long x;
        long y;
        if (length <= 16) {
            if (length >= 4) {
                int middle = (length >>> 3) << 2;
                int last = at + length - 4;
                x = half(a, at) << 32 | half(a, at + middle);
                y = half(a, last) << 32 | half(a, last - middle);
            } else {
                x = length == 0 ? 0 : few(a[at], a[at + (length >> 1)], a[at + length - 1]);
                y = 0;
            }
        } else {
            int p = at;
            int left = length;
            if (left > 48) {
                long seed1 = seed;
                long seed2 = seed;
                do {
                    seed = mix(Bytes.getLong(a, p) ^ S1, Bytes.getLong(a, p + 8) ^ seed);
                    seed1 = mix(Bytes.getLong(a, p + 16) ^ S2, Bytes.getLong(a, p + 24) ^ seed1);
                    seed2 = mix(Bytes.getLong(a, p + 32) ^ S3, Bytes.getLong(a, p + 40) ^ seed2);
                    p += 48;
                    left -= 48;
                } while (left > 48);
                seed ^= seed1 ^ seed2;
            }
            for (; left > 16; left -= 16, p += 16) {
                seed = mix(Bytes.getLong(a, p) ^ S1, Bytes.getLong(a, p + 8) ^ seed);
            }
            x = Bytes.getLong(a, p + left - 16);
            y = Bytes.getLong(a, p + left - 8);
        }
        return finish(x, y, seed, length);
    }

    /// The hash of a part of native memory; the same as that of the same bytes in an array.
    public static long hash(MemorySegment s, long at, int length) {
        long seed = START;
        long x;
        long y;
        if (length <= 16) {
            if (length >= 4) {
                int middle = (length >>> 3) << 2;
                long last = at + length - 4;
                x = half(s, at) << 32 | half(s, at + middle);
                y = half(s, last) << 32 | half(s, last - middle);
            } else {
                x = length == 0
                        ? 0
                        : few(one(s, at), one(s, at + (length >> 1)), one(s, at + length - 1));
                y = 0;
            }
        } else {
            long p = at;
            int left = length;
            if (left > 48) {
                long seed1 = seed;
                long seed2 = seed;
                do {
                    seed = mix(s.get(Bytes.LONG, p) ^ S1, s.get(Bytes.LONG, p + 8) ^ seed);
                    seed1 = mix(s.get(Bytes.LONG, p + 16) ^ S2, s.get(Bytes.LONG, p + 24) ^ seed1);
                    seed2 = mix(s.get(Bytes.LONG, p + 32) ^ S3, s.get(Bytes.LONG, p + 40) ^ seed2);
                    p += 48;
                    left -= 48;
                } while (left > 48);
                seed ^= seed1 ^ seed2;
            }
            for (; left > 16; left -= 16, p += 16) {
                seed = mix(s.get(Bytes.LONG, p) ^ S1, s.get(Bytes.LONG, p + 8) ^ seed);
            }
            x = s.get(Bytes.LONG, p + left - 16);
            y = s.get(Bytes.LONG, p + left - 8);
        }
        return finish(x, y, seed, length);
    }

    private static long finish(long x, long y, long seed, int length) {
        long a = x ^ S1;
        long b = y ^ seed;
        return mix(a * b ^ S0 ^ length, Math.unsignedMultiplyHigh(a, b) ^ S1);
    }

    private static long mix(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long half(byte[] a, int at) {
        return Bytes.getInt(a, at) & 0xffffffffL;
    }

    private static long half(MemorySegment s, long at) {
        return s.get(Bytes.INT, at) & 0xffffffffL;
    }

    private static byte one(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at);
    }

    private static long few(byte first, byte middle, byte last) {
        return (first & 0xffL) << 16 | (middle & 0xffL) << 8 | (last & 0xffL);
    }
}
