package dev.firn.compaction;

/// How far compaction lags behind the writes.
///
/// @param delay from 0 (write at full speed) to 1 (wait until the debt is less): grows smoothly,
///     because what is not flushed yet counts by the byte
/// @param roomBytes about how many bytes may still be written before the bounds are passed
/// @param reliefBytes about how many bytes have to be merged until there is more room, those of
///     merges under way included
/// @param admitsFlush whether another run at level 0 is within the bounds; while it is not, a full
///     memtable waits (unless its log must go or the store closes)
/// @param runs how many runs there are
/// @param pendingBytes about how many bytes of merging are due
/// @param reason which bound is nearest, for a person
public record Debt(
        double delay,
        double roomBytes,
        long reliefBytes,
        boolean admitsFlush,
        int runs,
        long pendingBytes,
        String reason) {

    /// A delay that begins at `soft`, gently, and is 1 from `hard` on.
    static double delay(double value, double soft, double hard) {
        double part = Math.clamp((value - soft) / (hard - soft), 0.0, 1.0);
        return part * part;
    }

    /// How many bytes may be written until a value, of which each buffer adds so much, reaches its
    /// bound. One buffer more is let in, for there is room for two in memory; and beyond it always
    /// a part of one, for the bound may have come down when somebody began to read.
    static double room(double value, double bound, double grain, long bufferBytes) {
        return Math.max(0.5, (bound - value) / grain + 1) * bufferBytes;
    }
}
