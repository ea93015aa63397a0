package dev.firn.compaction;

import dev.firn.key.Trailer;

/// What the engine knows about the time, for a policy to weigh: an input of a pure function.
///
/// @param settling whether the store is idle enough to merge everything down to one run
/// @param reading whether somebody reads now and then; when nobody does, more runs are tolerated
/// @param shadowed the share of puts that replace an entry of the base, 0 to 1, see
///     [ShadowEstimate]; negative when unknown, which is taken for 1 (tombstones are always taken
///     to delete one)
/// @param oldestSnapshot the sequence of the oldest snapshot: what it can see cannot be dropped;
///     [Trailer#SEQUENCE_MAX] when there is none
/// @param bufferBytes the size at which a memtable is flushed
/// @param unflushedBytes what active and frozen memtables of this tree hold
public record Load(
        boolean settling,
        boolean reading,
        double shadowed,
        long oldestSnapshot,
        long bufferBytes,
        long unflushedBytes) {

    /// Checks the values.
    public Load {
        if (bufferBytes <= 0 || unflushedBytes < 0 || oldestSnapshot < 0 || shadowed > 1) {
            throw new IllegalArgumentException("load cannot be");
        }
    }

    /// Reads and writes go on, nothing is known about overwriting, there are no snapshots.
    public static Load busy(long bufferBytes) {
        return new Load(false, true, -1, Trailer.SEQUENCE_MAX, bufferBytes, 0);
    }

    /// The same, settling or not.
    public Load withSettling(boolean value) {
        return new Load(value, reading, shadowed, oldestSnapshot, bufferBytes, unflushedBytes);
    }

    /// The same, with or without readers.
    public Load withReading(boolean value) {
        return new Load(settling, value, shadowed, oldestSnapshot, bufferBytes, unflushedBytes);
    }

    /// The same with another share of overwriting entries.
    public Load withShadowed(double value) {
        return new Load(settling, reading, value, oldestSnapshot, bufferBytes, unflushedBytes);
    }

    /// The same with another oldest snapshot.
    public Load withOldestSnapshot(long value) {
        return new Load(settling, reading, shadowed, value, bufferBytes, unflushedBytes);
    }

    /// The same with another size of what is not flushed yet.
    public Load withUnflushedBytes(long value) {
        return new Load(settling, reading, shadowed, oldestSnapshot, bufferBytes, value);
    }

    boolean isShadowedKnown() {
        return shadowed >= 0;
    }
}
