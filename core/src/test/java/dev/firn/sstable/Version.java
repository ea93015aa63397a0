package dev.firn.sstable;

import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import java.util.Arrays;
import java.util.Comparator;

/// An entry of a model.
record Version(byte[] key, long trailer, byte[] value) {
    /// The order of entries, written down a second time.
    static final Comparator<Version> ORDER = (a, b) -> {
        int order = Arrays.compareUnsigned(a.key, b.key);
        return order != 0 ? order : Long.compareUnsigned(b.trailer, a.trailer);
    };

    static Version put(byte[] key, long sequence, byte[] value) {
        return new Version(key, Trailer.of(sequence, ValueKind.PUT), value);
    }

    static Version delete(byte[] key, long sequence) {
        return new Version(key, Trailer.of(sequence, ValueKind.DELETE), new byte[0]);
    }

    boolean isSame(Version other) {
        return Arrays.equals(key, other.key) && trailer == other.trailer
                && Arrays.equals(value, other.value);
    }

    @Override
    public String toString() {
        return "key of " + key.length + " " + Arrays.toString(Arrays.copyOf(key,
                Math.min(key.length, 24))) + " @" + (trailer >>> 8) + "/" + (trailer & 0xff)
                + " value of " + value.length;
    }
}
