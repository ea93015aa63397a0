package dev.firn.bench.data;

import java.util.SplittableRandom;

/// Numbers below n of which few are drawn very often, by Zipf's law with YCSB's constant of 0.99:
/// the number of rank r is drawn in proportion to 1 / r^0.99 (Gray et al., "Quickly generating
/// billion-record synthetic databases").
public final class Zipfian {
    private static final double THETA = 0.99;

    private final long size;
    private final double zeta;
    private final double alpha = 1 / (1 - THETA);
    private final double eta;
    private final double half = Math.pow(0.5, THETA);

    /// Ranks below `size`.
    public Zipfian(long size) {
        this.size = size;
        double sum = 0;
        for (long rank = size; rank >= 1; rank--) {
            sum += Math.pow((double) rank, -THETA);
        }
        zeta = sum;
        eta = (1 - Math.pow(2.0 / size, 1 - THETA)) / (1 - (1 + half) / zeta);
    }

    /// The next rank, 0 the most frequent.
    public long next(SplittableRandom random) {
        double u = random.nextDouble();
        double scaled = u * zeta;
        if (scaled < 1) {
            return 0;
        }
        if (scaled < 1 + half) {
            return Math.min(1, size - 1);
        }
        return Math.min(size - 1, (long) (size * Math.pow(eta * u - eta + 1, alpha)));
    }
}
