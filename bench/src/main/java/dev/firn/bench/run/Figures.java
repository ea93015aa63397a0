package dev.firn.bench.run;

import java.util.Arrays;
import java.util.Locale;

/// Numbers as people read them.
final class Figures {
    private Figures() {}

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// A count with three digits that matter: 1.23 M, 45.6 k.
    static String count(double value) {
        if (value >= 1e6) {
            return digits(value / 1e6) + " M";
        }
        return value >= 1e3 ? digits(value / 1e3) + " k" : digits(value);
    }

    static String time(double nanos) {
        if (nanos >= 1e9) {
            return digits(nanos / 1e9) + " s";
        }
        if (nanos >= 1e6) {
            return digits(nanos / 1e6) + " ms";
        }
        return nanos >= 1e3 ? digits(nanos / 1e3) + " µs" : digits(nanos) + " ns";
    }

    static String bytes(double value) {
        if (value >= 1e9) {
            return digits(value / 1e9) + " GB";
        }
        if (value >= 1e6) {
            return digits(value / 1e6) + " MB";
        }
        return value >= 1e3 ? digits(value / 1e3) + " kB" : digits(value) + " B";
    }

    /// Three digits, as many behind the point as that leaves.
    static String digits(double value) {
        int decimals = value >= 99.95 || value == 0 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
