package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// A blocked Bloom filter over the keys of a table: says "not here" for almost every key that is
/// not, and never for one that is.
///
/// The filter is a sequence of *lines* of 64 bytes. All bits of a key are in one line, so a probe
/// costs one cache miss. The line of a key is the upper half of the product of its hash
/// ([dev.firn.util.Hash64]) and the number of lines; the bits come from multiplying the hash again
/// and again with an odd number and taking the upper nine bits each time. The lines are cut into
/// filter blocks of [TableFormat#FILTER_BLOCK] bytes, which are never compressed and so lie at
/// computable places.
///
/// @param lines how many lines there are; at least 1
/// @param probes how many bits are set for a key
record Filter(long lines, int probes) {
    static final int LINE = 64;

    /// More would fill an array; the filter only gets less exact then.
    private static final long LINES_MAX = (1L << 30) / LINE;

    private static final int PROBES_MAX = 16;

    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /// The filter for so many keys with so many bits each, at least one of both.
    static Filter sized(long keys, int bitsPerKey) {
        long lines = (keys * bitsPerKey + 8 * LINE - 1) / (8 * LINE);
        return new Filter(Math.clamp(lines, 1, LINES_MAX), probesFor(bitsPerKey));
    }

    /// The number of bits that gives the fewest false positives when some lines hold more keys than
    /// others; a little less than for one large filter.
    private static int probesFor(int bitsPerKey) {
        return bitsPerKey <= 10 ? Math.max(1, (bitsPerKey * 5 + 5) / 8) : (bitsPerKey + 3) / 2;
    }

    /// Whether the numbers can be those of a filter with so many blocks.
    boolean isPossible(long blocks) {
        return lines >= 1 && lines <= LINES_MAX && probes >= 1 && probes <= PROBES_MAX
                && blocks() == blocks;
    }

    long bytes() {
        return lines * LINE;
    }

    int blocks() {
        return (int) ((bytes() + TableFormat.FILTER_BLOCK - 1) / TableFormat.FILTER_BLOCK);
    }

    /// The length of a block of the filter, without its envelope.
    int blockBytes(int block) {
        long rest = bytes() - (long) block * TableFormat.FILTER_BLOCK;
        return (int) Math.min(rest, TableFormat.FILTER_BLOCK);
    }

    /// The bytes of all blocks in the file.
    long diskBytes() {
        return bytes() + (long) blocks() * BlockEnvelope.LENGTH;
    }

    /// Where the line of a key is, in bytes from the beginning of the filter.
    long lineOf(long hash) {
        return Math.unsignedMultiplyHigh(hash, lines) * LINE;
    }

    /// Whether the line that begins at `line` has all bits of the key.
    boolean mayContain(MemorySegment m, long line, long hash) {
        long all = 1;
        long h = hash;
        for (int i = 0; i < probes; i++) {
            h *= SPREAD;
            all &= m.get(Bytes.LONG, line + (h >>> 61) * 8) >>> (h >>> 55);
        }
        return all != 0;
    }

    /// Sets the bits of a key in an array that holds the whole filter.
    void add(byte[] filter, long hash) {
        int line = (int) lineOf(hash);
        long h = hash;
        for (int i = 0; i < probes; i++) {
            h *= SPREAD;
            int at = line + (int) (h >>> 61) * 8;
            Bytes.putLong(filter, at, Bytes.getLong(filter, at) | 1L << (h >>> 55));
        }
    }
}
