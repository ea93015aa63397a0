package dev.firn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The figures of a store at one moment. Counters count from the opening of the store; sizes are
/// bytes, durations nanoseconds.
///
/// @param sequence the sequence number of the newest visible write
/// @param keyspaces figures by keyspace
/// @param memory the budget
/// @param cache the block cache
/// @param filters the bloom filters
/// @param log the write-ahead log
/// @param work what writes cost in background work
/// @param stalls how long writers were held up, by reason
/// @param handles open cursors and snapshots
/// @param failure why the store refuses writes, or null when it does not
public record Statistics(
        long sequence,
        List<KeyspaceStatistics> keyspaces,
        Memory memory,
        Cache cache,
        Filters filters,
        Log log,
        Work work,
        List<Stall> stalls,
        Handles handles,
        @Nullable String failure) {
    /// Copies the lists.
    public Statistics {
        keyspaces = List.copyOf(keyspaces);
        stalls = List.copyOf(stalls);
    }

    /// A keyspace.
    ///
    /// @param levels its levels, also empty ones above the last
    /// @param total all levels together
    /// @param memtableBytes bytes of the active memtable
    /// @param frozenBytes bytes of the memtables that wait for their flush
    /// @param memtableEntries entries in all of them
    /// @param runs sorted runs on disk: the most a point read consults
    /// @param amplification its amplifications
    public record KeyspaceStatistics(
            String name,
            CompactionShape shape,
            List<Level> levels,
            Level total,
            long memtableBytes,
            long frozenBytes,
            long memtableEntries,
            int runs,
            Amplification amplification) {
        /// Copies the list.
        public KeyspaceStatistics {
            levels = List.copyOf(levels);
        }
    }

    /// A level, or the total (with level -1).
    public record Level(
            int level, int runs, int tables, long bytes, long entries, long tombstones) {}

    /// The three amplifications.
    ///
    /// @param write bytes written to log and tables for each byte of keys and values written, since
    ///     the store was opened; 0 when nothing was written
    /// @param read sorted runs and memtables that a point read consults at most
    /// @param space bytes of all tables for each byte of the last level, an upper bound of the
    ///     space that shadowed versions and tombstones take; 1 when there is nothing above it
    public record Amplification(double write, double read, double space) {}

    /// The memory budget: what each use has reserved.
    public record Memory(
            long limit,
            long used,
            long peak,
            long memtables,
            long cache,
            long tables,
            long compaction,
            long cursors,
            long log,
            long pooled) {}

    /// The block cache.
    public record Cache(long hits, long misses, long evictions, long bytes) {
        /// Hits among all look-ups, 0 to 1.
        public double hitRate() {
            return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
        }
    }

    /// The bloom filters: how often one was asked, and how often it spared reading a table.
    public record Filters(long checks, long rejections) {}

    /// The write-ahead log.
    ///
    /// @param bytesWritten bytes appended
    /// @param syncs forces
    /// @param segments segments that hold what is not flushed
    /// @param bytes their size
    public record Log(long bytesWritten, long syncs, int segments, long bytes) {}

    /// Background work.
    ///
    /// @param bytesPut bytes of keys and values that were written
    /// @param flushes memtables flushed
    /// @param bytesFlushed bytes of tables that flushes wrote
    /// @param compactions merges
    /// @param moves tables that went down without being rewritten
    /// @param bytesCompactedIn bytes of tables that merges read
    /// @param bytesCompacted bytes of tables that merges wrote
    /// @param bytesMergedDown the part of them that was written while merging down an idle store
    public record Work(
            long bytesPut,
            long flushes,
            long bytesFlushed,
            long compactions,
            long moves,
            long bytesCompactedIn,
            long bytesCompacted,
            long bytesMergedDown) {}

    /// Writers held up for one reason.
    public record Stall(String reason, long count, long nanos, long longestNanos) {}

    /// Open cursors and snapshots, and how long the oldest of each is open.
    ///
    /// @param oldestCursorOpenedAt the place that opened the oldest of the cursors that were opened
    ///     while sixteen and more were open, else null: ordinary scans do not pay for it
    /// @param oldestSnapshotOpenedAt the place that opened the oldest snapshot, where it was
    ///     recorded
    public record Handles(
            int cursors,
            long oldestCursorNanos,
            @Nullable String oldestCursorOpenedAt,
            int snapshots,
            long oldestSnapshotNanos,
            @Nullable String oldestSnapshotOpenedAt) {}

    /// The figures as JSON, one object; the names are those of the components.
    public String toJson() {
        return StatisticsJson.write(this);
    }
}
