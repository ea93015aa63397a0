package dev.firn.manifest;

import dev.firn.KeyspaceOptions;

/// One thing that an edit changes in the state of the store. Which there are is part of the format:
/// see docs/format/manifest.md.
public sealed interface Change permits TableChange, Change.StoreCreated, Change.SnapshotEnded,
        Change.KeyspaceCreated, Change.KeyspaceDropped, Change.NextKeyspace, Change.Flushed,
        Change.LogRotated, Change.LogsFrom, Change.NextFile, Change.LastSequence {
    /// The store begins. The first change of every manifest, and only there.
    ///
    /// @param storeId the random identity in the header of all its files
    /// @param formatVersion what versions of Firn must know to read the store
    record StoreCreated(long storeId, int formatVersion) implements Change {}

    /// The end of the snapshot with which every manifest begins.
    record SnapshotEnded() implements Change {}

    /// A keyspace begins, empty. Its id was never used before.
    record KeyspaceCreated(int id, String name, KeyspaceOptions options) implements Change {}

    /// A keyspace ends, with all its tables.
    record KeyspaceDropped(int id) implements Change {}

    /// The id that the next keyspace gets: above all ever used.
    record NextKeyspace(int id) implements Change {}

    /// What a keyspace was written up to this sequence number, included, is in its tables.
    record Flushed(int keyspace, long sequence) implements Change {}

    /// A log is complete and synced.
    ///
    /// @param number the number of its file
    /// @param finalSize where its last record ends
    record LogRotated(long number, long finalSize) implements Change {}

    /// Logs with smaller numbers are not needed any more.
    record LogsFrom(long number) implements Change {}

    /// The number that the next file gets: above all ever used.
    record NextFile(long number) implements Change {}

    /// Sequence numbers up to this one are taken.
    record LastSequence(long sequence) implements Change {}
}
