package dev.firn.bench.pieces;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.data.Permutation;
import dev.firn.bench.data.Values;
import java.lang.foreign.MemorySegment;

/// Numbered entries for the pieces: keys of 16 bytes and values of 100, in the order of their
/// numbers or at random.
final class Entries {
    static final int KEY_BYTES = 16;
    static final int VALUE_BYTES = 100;

    private final KeyShape.Maker keys = KeyShape.DB.maker();
    private final Values values = new Values(VALUE_BYTES);
    private final Permutation order;
    private final byte[] value = new byte[VALUE_BYTES];
    private final MemorySegment valueSegment = MemorySegment.ofArray(value);
    private final int count;
    private int place;

    Entries(int count) {
        this.count = count;
        this.order = new Permutation(count, 7);
    }

    byte[] key(long number) {
        return keys.present(number);
    }

    byte[] absent(long number) {
        return keys.absent(number);
    }

    /// A number; after so many calls each was given once.
    long next() {
        long number = order.at(place);
        place = place + 1 == count ? 0 : place + 1;
        return number;
    }

    /// The value of a key, valid until the next one.
    MemorySegment value(byte[] key) {
        values.fill(key, 0, value);
        return valueSegment;
    }
}
