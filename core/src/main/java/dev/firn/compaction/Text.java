package dev.firn.compaction;

import java.util.Locale;

/// Figures as a person reads them in a reason.
final class Text {
    private Text() {}

    static String bytes(long bytes) {
        if (bytes < 10L << 10) {
            return bytes + " B";
        }
        if (bytes < 10L << 20) {
            return (bytes >> 10) + " KiB";
        }
        return bytes < 10L << 30 ? (bytes >> 20) + " MiB" : (bytes >> 30) + " GiB";
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
