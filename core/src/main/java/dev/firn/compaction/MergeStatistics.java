package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Purpose;

/// What a merge did.
///
/// @param purpose what it was for
/// @param bytesIn about how many bytes of files were read
/// @param bytesOut how many bytes of files were written
/// @param entriesIn how many entries were read
/// @param entriesOut how many were written
/// @param hidden how many were left out because a newer version hides them from every reader
/// @param spentTombstones how many were left out because they were tombstones with nothing below
public record MergeStatistics(
        Purpose purpose,
        long bytesIn,
        long bytesOut,
        long entriesIn,
        long entriesOut,
        long hidden,
        long spentTombstones) {}
