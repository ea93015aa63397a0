package dev.firn.engine;

/// How fast one kind of background work gets on, in bytes per nanosecond while any of it is under
/// way: an average over the last seconds. Thread-safe.
final class WorkSpeed {
    private static final double UNKNOWN = 0.1;
    private static final double WINDOW_NANOS = 200e6;
    private static final double NEW_SHARE = 0.2;

    private double speed = UNKNOWN;
    private boolean isKnown;
    private double done;
    private long since;
    private int underWay;

    /// A piece of work begins; others may be under way.
    synchronized void begin(long now) {
        if (underWay++ == 0) {
            since = now;
            done = 0;
        }
    }

    /// It has ended.
    synchronized void end(long now) {
        look(now, WINDOW_NANOS / 10);
        underWay--;
    }

    /// Some of it is done.
    synchronized void did(double bytes, long now) {
        done += bytes;
        look(now, WINDOW_NANOS);
    }

    private void look(long now, double window) {
        double nanos = now - since;
        if (nanos >= window && done > 0) {
            double share = isKnown ? 1 - Math.pow(1 - NEW_SHARE, nanos / WINDOW_NANOS) : 1;
            speed += share * (done / nanos - speed);
            isKnown = true;
            since = now;
            done = 0;
        }
    }

    /// How long so much takes, about.
    synchronized double nanosFor(double bytes) {
        return bytes / speed;
    }
}
