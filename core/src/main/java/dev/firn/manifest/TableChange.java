package dev.firn.manifest;

import dev.firn.key.UserKey;
import org.jspecify.annotations.Nullable;

/// A change to one table of a keyspace's tree.
public sealed interface TableChange extends Change {
    /// The id of the keyspace.
    int keyspace();

    /// The number of the level, from 0 on.
    int level();

    /// The id of the run in the level.
    long run();

    /// The number of the table's file.
    long file();

    /// A table joins a run, which begins with its first table.
    record TableAdded(int keyspace, int level, long run, TableMeta table) implements TableChange {
        @Override
        public long file() {
            return table.file();
        }
    }

    /// A table leaves a run, which ends with its last table.
    record TableRemoved(int keyspace, int level, long run, long file) implements TableChange {}

    /// Less of a table is visible from now on, see [TableMeta#trimmed].
    ///
    /// @param lower the first key that may stay visible, or null to leave that side as it is
    /// @param upper the key before which all stays visible, or null to leave that side as it is
    record TableTrimmed(
            int keyspace,
            int level,
            long run,
            long file,
            @Nullable UserKey lower,
            @Nullable UserKey upper)
            implements
                TableChange {
        /// Insists on a bound.
        public TableTrimmed {
            if (lower == null && upper == null) {
                throw new IllegalArgumentException("a trim needs a bound");
            }
        }
    }
}
