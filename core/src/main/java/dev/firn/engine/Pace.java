package dev.firn.engine;

/// How fast writers may go while background work is behind: so fast that the room that is left
/// lasts until there is more. Room and time shrink together, so the rate stays about the same from
/// the moment writers are slowed to the moment a merge ends and gives room; where the estimate was
/// wrong it is corrected as the merge gets on. (The idea is that of the "spring and gear" scheduler
/// of bLSM, Sears and Ramakrishnan, SIGMOD 2012.)
///
/// What became free is not spent in a burst: writers at once get the rate they had on average of
/// late, and from there the rate grows by a bounded factor per second, until nothing is held up any
/// more. Not thread-safe; bytes, and nanoseconds.
final class Pace {
    /// The rate when nothing is held up.
    static final double UNBOUND = Double.POSITIVE_INFINITY;

    private static final double SLOWEST = 512e3 / 1e9;
    private static final double FASTEST = 1;
    private static final double GROWTH_PER_SECOND = 1.5;
    private static final double GROWTH_WHEN_FREE = 4;
    private static final double RELIEF_NANOS_MIN = 5e6;
    private static final double AVERAGE_NANOS = 15e9;

    private double rate = UNBOUND;
    private double average;
    private double averaged;
    private long written;
    private long setAt;

    Pace(long now) {
        setAt = now;
    }

    /// The rate at which the room lasts until there is more.
    static double lasting(double room, double relief) {
        return Double.isInfinite(room)
                ? UNBOUND
                : Math.max(SLOWEST, room / Math.max(RELIEF_NANOS_MIN, relief));
    }

    /// The rate from now on, in bytes per nanosecond.
    ///
    /// @param room bytes until the bounds are reached; infinite while they are far
    /// @param relief nanoseconds until there will be more room; infinite when nothing works on it
    /// @param writtenSoFar bytes that were written ever
    double next(double room, double relief, long writtenSoFar, long now) {
        double nanos = Math.max(1, now - setAt);
        averaged += nanos;
        double share = 1 - Math.exp(-nanos / Math.min(AVERAGE_NANOS, averaged));
        average += share * ((writtenSoFar - written) / nanos - average);
        double growth = Double.isInfinite(room) ? GROWTH_WHEN_FREE : GROWTH_PER_SECOND;
        double grown = rate * Math.pow(growth, nanos / 1e9);
        double next = Math.min(lasting(room, relief), Math.max(average, grown));
        setAt = now;
        written = writtenSoFar;
        rate = next > FASTEST ? UNBOUND : next;
        return rate;
    }
}
