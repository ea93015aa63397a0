package dev.firn.sstable;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Gathers the hashes of a table's keys and builds the [Filter] of the right size at the end. One
/// thread.
final class FilterBuilder {
    private final Reservation memory;
    private final int bitsPerKey;
    private long[] hashes;
    private int count;

    /// With 0 bits it does nothing.
    FilterBuilder(Reservation memory, int bitsPerKey) {
        this.memory = memory;
        this.bitsPerKey = bitsPerKey;
        int first = bitsPerKey == 0 ? 0 : 1024;
        memory.take(first * 8L);
        hashes = new long[first];
    }

    /// Whether there will be a filter, and hashes are wanted.
    boolean isWanted() {
        return bitsPerKey > 0;
    }

    /// Adds a key. One that is added twice is counted twice.
    void add(long hash) {
        if (count == hashes.length) {
            long more = (long) count + (count >> 1);
            memory.take((more - count) * 8);
            hashes = Arrays.copyOf(hashes, (int) more);
        }
        hashes[count++] = hash;
    }

    /// About how many bytes the filter will take in the file.
    long bytes() {
        return (long) count * bitsPerKey / 8;
    }

    /// Writes the filter's blocks.
    ///
    /// @return the filter, or null when none is wanted
    @Nullable
    Filter writeTo(BlockSink sink) throws java.io.IOException {
        if (!isWanted()) {
            return null;
        }
        Filter filter = Filter.sized(count, bitsPerKey);
        memory.take(filter.bytes());
        byte[] bits = new byte[(int) filter.bytes()];
        for (int i = 0; i < count; i++) {
            filter.add(bits, hashes[i]);
        }
        for (int block = 0; block < filter.blocks(); block++) {
            sink.put(BlockKind.FILTER, bits, block * TableFormat.FILTER_BLOCK,
                    filter.blockBytes(block));
        }
        memory.give(filter.bytes());
        return filter;
    }
}
