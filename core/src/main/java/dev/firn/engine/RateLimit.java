package dev.firn.engine;

/// A bound for the bytes that compactions write per second, as a pause a step owes after its bytes.
/// One for all stores that share resources.
final class RateLimit {
    private final long bytesPerSecond;
    private final Scheduler clock;
    private long freeAt;

    /// Constructs it of its parts.
    ///
    /// @param bytesPerSecond the bound, 0 for none
    RateLimit(long bytesPerSecond, Scheduler clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
    }

    /// Notes bytes that were written.
    synchronized void spent(long bytes) {
        if (bytesPerSecond > 0) {
            long now = clock.nanoTime();
            long start = freeAt - now > 0 ? freeAt : now;
            freeAt = start + (long) (bytes * 1e9 / bytesPerSecond);
        }
    }

    /// How long to wait before more is written, in nanoseconds; 0 when not at all.
    synchronized long owed() {
        return bytesPerSecond == 0 ? 0 : Math.max(0, freeAt - clock.nanoTime());
    }
}
