package dev.firn.sstable;

import dev.firn.storage.CorruptException;

/// Hears what [Table#verify] finds. It may throw to end the verification.
@FunctionalInterface
public interface VerifyListener {
    /// A damaged or contradictory part of the file.
    void damaged(CorruptException damage);

    /// A part of the file was read; for a display of progress.
    default void checked(long offset, int bytes) {}
}
