package dev.firn.engine;

import dev.firn.compaction.CompactionChoice;
import dev.firn.compaction.CompactionChoice.Merge;

/// How much of a chosen compaction is still to be done. Written by the task that does it, read by
/// anybody.
final class MergeProgress {
    private final long bytes;
    private final long entries;
    private volatile double left = 1;

    MergeProgress(CompactionChoice choice) {
        bytes = choice instanceof Merge merge ? merge.rawBytes() : 0;
        entries = choice instanceof Merge merge ? Math.max(1, merge.entries()) : 1;
    }

    /// So many entries have been read.
    ///
    /// @return how many bytes were done since the last call, about
    double read(long entriesRead) {
        double before = left;
        double now = Math.max(0, 1 - (double) entriesRead / entries);
        left = now;
        return (before - now) * bytes;
    }

    /// Bytes of input, before compression, that are still to be read, about.
    double bytesLeft() {
        return left * bytes;
    }

    /// Bytes of input that have been read, about.
    double bytesDone() {
        return (1 - left) * bytes;
    }
}
