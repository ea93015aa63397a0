package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.Scratch;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The tables of a merge, as the engine has them: where inputs are read and outputs written.
///
/// It is also where a merge borrows memory for keys (a few hundred bytes as a rule), which its
/// owner takes back when the merge has ended.
public interface MergeTables extends Scratch {
    /// Opens a cursor over the entries of a table whose keys lie between two.
    ///
    /// @param from the first key, or null: there is no bound but the table's first entry
    /// @param to the key before which all are, or null: there is no bound but its last
    EntryCursor open(TableMeta table, @Nullable UserKey from, @Nullable UserKey to)
            throws IOException;

    /// Begins the next table that a merge writes; [Merge#lasting] tells whether compressing it is
    /// worth the time.
    Output create(Merge merge) throws IOException;

    /// Deletes the file of a finished output that will not be installed.
    void delete(TableMeta table) throws IOException;

    /// A table being written. It ends with [#finish] or [#abandon].
    interface Output {
        /// Adds the entry a cursor is at, with another trailer.
        void add(EntryCursor entry, long trailer) throws IOException;

        /// Adds a tombstone.
        void addTombstone(MemorySegment key, long at, int length, long trailer) throws IOException;

        /// About how large its file would be if it were finished now.
        long estimatedBytes();

        /// Completes the table, durably.
        ///
        /// @param end the key with which the next output begins, or null: this is the last one
        TableMeta finish(@Nullable UserKey end) throws IOException;

        /// Closes and deletes what was written so far; never throws for what was wrong before.
        void abandon() throws IOException;
    }
}
