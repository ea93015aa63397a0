package dev.firn.cli.draw;

import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them. Always in English, so that the output does not change with the
/// machine.
public final class Figures {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Figures() {}

    /// A count with separators: `30,241`.
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /// A count and the noun that goes with it: `1 table`, `2 tables`, `2 entries`.
    public static String count(long n, String noun) {
        String plural =
                noun.endsWith("ry") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
        return count(n) + " " + (n == 1 ? noun : plural);
    }

    /// A size: `512 B`, `4.0 KiB`, `58.2 MiB`.
    public static String bytes(long n) {
        if (n < 1024) {
            return n + " B";
        }
        double size = n;
        int unit = -1;
        while (size >= 1023.95 && unit + 1 < UNITS.length) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, size < 99.95 ? "%.1f %s" : "%.0f %s", size, UNITS[unit]);
    }

    /// A duration: `850 ns`, `12.3 µs`, `4.5 ms`, `2.3 s`, `3 min 20 s`.
    public static String time(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        } else if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f µs", nanos / 1e3);
        } else if (nanos < 1_000_000_000) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        } else if (nanos < 120_000_000_000L) {
            return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
        }
        Duration d = Duration.ofNanos(nanos);
        return d.toMinutes() + " min " + d.toSecondsPart() + " s";
    }

    /// A share of a whole: `98.4 %`; a dash when there is no whole.
    public static String percent(long part, long whole) {
        return whole == 0 ? "–" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    /// A factor: `3.2 ×`.
    public static String times(double factor) {
        return String.format(Locale.ROOT, factor < 9.995 ? "%.2f ×" : "%.1f ×", factor);
    }

    /// So many per second: `1,234,000/s`.
    public static String rate(long n, long nanos) {
        double perSecond = nanos <= 0 ? 0 : n * 1e9 / nanos;
        double rounded = perSecond < 1000 ? perSecond : Math.rint(perSecond / 1000) * 1000;
        return count(Math.round(rounded)) + "/s";
    }
}
