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
    ///
    /// @return how long to wait before the next, in nanoseconds
    synchronized long spent(long bytes) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        long now = clock.nanoTime();
        long start = freeAt - now > 0 ? freeAt : now;
        freeAt = start + (long) (bytes * 1e9 / bytesPerSecond);
        return freeAt - now;
    }
}
