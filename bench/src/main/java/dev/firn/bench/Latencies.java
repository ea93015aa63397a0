package dev.firn.bench;

import java.util.Locale;

/// A histogram of durations with buckets that are an eighth of a power of two wide.
final class Latencies {
    private static final int PER_OCTAVE = 8;

    private final long[] counts = new long[64 * PER_OCTAVE];
    private long total;
    private long longest;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        total++;
        longest = Math.max(longest, nanos);
    }

    private static int bucket(long nanos) {
        long n = Math.max(PER_OCTAVE, nanos);
        int octave = 63 - Long.numberOfLeadingZeros(n);
        return octave * PER_OCTAVE + (int) (n >>> (octave - 3)) - PER_OCTAVE;
    }

    /// The duration that a share of all does not exceed, in nanoseconds, to an eighth.
    long percentile(double share) {
        long left = (long) Math.ceil(share * total);
        for (int i = 0; i < counts.length; i++) {
            left -= counts[i];
            if (left <= 0) {
                int octave = i / PER_OCTAVE;
                return Math.min(longest, (long) (i % PER_OCTAVE + PER_OCTAVE + 1) << (octave - 3));
            }
        }
        return longest;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f us, p99 %.2f us, p99.9 %.1f us, p99.99 %.1f us, max %.1f ms",
                percentile(0.5) / 1e3,
                percentile(0.99) / 1e3,
                percentile(0.999) / 1e3,
                percentile(0.9999) / 1e3,
                longest / 1e6);
    }
}
