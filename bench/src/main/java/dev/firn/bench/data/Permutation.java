package dev.firn.bench.data;

/// The numbers 0 to n - 1 in an order that looks random, without a table: a mixing of as many bits
/// as n needs, repeated while it leads outside.
public final class Permutation {
    private final long size;
    private final long mask;
    private final int shift;
    private final long factor;
    private final long addend;

    /// Numbers below `size`, in an order chosen by `seed`.
    public Permutation(long size, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("at least one number, not " + size);
        }
        this.size = size;
        int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(size - 1));
        this.mask = -1L >>> (64 - bits);
        this.shift = (bits + 1) / 2;
        this.factor = seed * 0x9e3779b97f4a7c15L | 1;
        this.addend = seed ^ 0x5851f42d4c957f2dL;
    }

    /// The number at a place.
    public long at(long place) {
        long x = place;
        do {
            x = (x * factor + addend) & mask;
            x ^= x >>> shift;
            x = x * 0xff51afd7ed558ccdL & mask;
            x ^= x >>> shift;
            x = x * 0xc4ceb9fe1a85ec53L & mask;
            x ^= x >>> shift;
        } while (x >= size);
        return x;
    }
}
