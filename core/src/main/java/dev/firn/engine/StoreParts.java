package dev.firn.engine;

import dev.firn.record.WriteAheadLog;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.ReadCounters;
import dev.firn.storage.Storage;
import org.jspecify.annotations.Nullable;

/// The parts of an open store, who are constructed by [StoreOpening] and taken down by
/// [StoreClosing].
///
/// @param log null in a store that is only read
/// @param lock what holds the directory's lock, or null in a directory that cannot be written
/// @param ownsResources whether the resources end with the store
record StoreParts(
        Storage storage,
        SharedResources resources,
        boolean ownsResources,
        @Nullable AutoCloseable lock,
        Health health,
        Gate gate,
        Tasks tasks,
        ReadContexts reads,
        PointRead pointReads,
        Reaper reaper,
        Snapshots snapshots,
        BufferPool buffers,
        ReadCounters counters,
        CursorMemories cursorMemories,
        TableFiles files,
        VersionSet versions,
        @Nullable WriteAheadLog log,
        WriteBuffer buffer,
        CommitPipeline commits,
        Flusher flusher,
        Compactions compactions,
        Keyspaces keyspaces,
        Figures figures) {
    boolean isReadOnly() {
        return log == null;
    }
}
