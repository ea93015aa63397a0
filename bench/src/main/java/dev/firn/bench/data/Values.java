package dev.firn.bench.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Makes values and checks them. A value is a function of its key and a version of 16 bits: a stamp
/// of eight bytes, the hash of the key with the version in it, then a slice of a text that the
/// stamp chooses. So a value that belongs to another key, or is torn, does not pass, and the check
/// is two comparisons. The text has 256 KiB and so stays in the processor's caches.
///
/// Values compress to about half, made as those of db_bench: pieces of at most 100 bytes, of which
/// a part is random printable characters and the rest repeats it. A slice begins where a piece
/// does.
public final class Values {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final int STAMP_BYTES = 8;
    private static final int PIECE_BYTES_MAX = 100;
    private static final int TEXT_BYTES = 1 << 18;
    private static final long VERSION_MASK = 0xffff;

    private final byte[] text = new byte[TEXT_BYTES];
    private final int length;
    private final int piece;
    private final int slices;

    /// Values of a length of at least 16 bytes.
    public Values(int length) {
        if (length < 2 * STAMP_BYTES || length > TEXT_BYTES / 4) {
            throw new IllegalArgumentException("values have 16 bytes to 64 KiB, not " + length);
        }
        this.length = length;
        this.piece = Math.min(PIECE_BYTES_MAX, length - STAMP_BYTES);
        this.slices = (TEXT_BYTES - length) / piece;
        // The stamp does not compress, so the rest has to compress a little better than to half.
        double share = (length / 2.0 - STAMP_BYTES) / (length - STAMP_BYTES);
        int noise = Math.max(4, (int) Math.round(piece * share));
        var random = new SplittableRandom(301);
        for (int at = 0; at < TEXT_BYTES; at++) {
            text[at] = at % piece < noise
                    ? (byte) (' ' + random.nextInt(95))
                    : text[at - noise];
        }
    }

    /// The length of each value.
    public int length() {
        return length;
    }

    /// Writes the value of a key in a version to an array of that length.
    public void fill(byte[] key, long version, byte[] value) {
        long stamp = (hash(key, key.length) & ~VERSION_MASK) | (version & VERSION_MASK);
        LONGS.set(value, 0, stamp);
        System.arraycopy(text, slice(stamp), value, STAMP_BYTES, length - STAMP_BYTES);
    }

    /// Whether a value is one of the key, in whatever version.
    public boolean isRight(byte[] key, int keyLength, byte[] value, int valueLength) {
        if (valueLength != length) {
            return false;
        }
        long stamp = (long) LONGS.get(value, 0);
        if (((stamp ^ hash(key, keyLength)) & ~VERSION_MASK) != 0) {
            return false;
        }
        int slice = slice(stamp);
        return Arrays.mismatch(value, STAMP_BYTES, length, text, slice,
                slice + length - STAMP_BYTES) < 0;
    }

    private int slice(long stamp) {
        return (int) Math.unsignedMultiplyHigh(stamp * 0x9e3779b97f4a7c15L, slices) * piece;
    }

    private static long hash(byte[] key, int length) {
        long hash = length;
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            hash = (hash ^ (long) LONGS.get(key, at)) * 0xff51afd7ed558ccdL;
            hash ^= hash >>> 32;
        }
        for (; at < length; at++) {
            hash = (hash ^ key[at]) * 0xc4ceb9fe1a85ec53L;
        }
        return hash ^ hash >>> 29;
    }
}
