package dev.firn.record;

/// Figures of a write-ahead log.
///
/// @param segments how many segments are live
/// @param liveBytes what they take on the device, in bytes
/// @param forces how many group syncs forced the log
/// @param forceNanos how long they took together
/// @param forceNanosMax how long the longest took
public record LogStatistics(int segments, long liveBytes, long forces, long forceNanos,
        long forceNanosMax) {}
