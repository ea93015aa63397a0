package dev.firn.compaction;

/// How far compaction lags behind the writes.
///
/// @param delay from 0 (write at full speed) to 1 (wait until the debt is less): grows smoothly,
///     because what is not flushed yet counts by the byte
/// @param admitsFlush whether another run at level 0 is within the bounds; while it is not, a full
///     memtable waits (unless its log must go or the store closes)
/// @param runs how many runs there are
/// @param pendingBytes about how many bytes of merging are due
/// @param reason what slows the writes, or that nothing does
public record Debt(
        double delay, boolean admitsFlush, int runs, long pendingBytes, String reason) {

    /// A delay that begins at `soft`, gently, and is 1 from `hard` on.
    static double delay(double value, double soft, double hard) {
        double part = Math.clamp((value - soft) / (hard - soft), 0.0, 1.0);
        return part * part;
    }
}
