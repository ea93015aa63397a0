package dev.firn;

import java.util.List;

/// What happens inside a store, for [Options#withListener]. Sizes are bytes, durations nanoseconds.
public sealed interface StoreEvent {
    /// The keyspace it happened in.
    String keyspace();

    /// A memtable was full (or a flush was asked for) and takes no more writes.
    record MemtableFrozen(String keyspace, long bytes, long entries) implements StoreEvent {}

    /// A frozen memtable became a table on level 0.
    record Flushed(String keyspace, List<TableInfo> tables, long nanos) implements StoreEvent {
        /// Copies the list.
        public Flushed {
            tables = List.copyOf(tables);
        }
    }

    /// Tables were merged, or moved as they are (then nothing was read or written).
    ///
    /// @param reason why they were chosen
    /// @param inputs what went in, whole or a slice of it
    /// @param outputs what came out, on `outputLevel`
    /// @param shadowed older versions dropped because a newer one hides them from everybody
    /// @param tombstones tombstones dropped because nothing older is left for them to hide
    record Compacted(
            String keyspace,
            String reason,
            boolean moved,
            int outputLevel,
            List<TableInfo> inputs,
            List<TableInfo> outputs,
            long entriesRead,
            long shadowed,
            long tombstones,
            long bytesRead,
            long bytesWritten,
            long nanos)
            implements
                StoreEvent {
        /// Copies the lists.
        public Compacted {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /// A writer was slowed down or stopped, for a reason; the keyspace is empty, for all are.
    record Stalled(String keyspace, String reason, long nanos) implements StoreEvent {}
}
