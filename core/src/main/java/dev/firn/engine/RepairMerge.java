package dev.firn.engine;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.MergingCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Coverage;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merges tables of a keyspace, in whatever order they were written, into one run: only side by
/// side, by key and sequence, is it certain which version is newest. An entry that is in two tables
/// (the input and the output of a compaction, say) is taken once. One thread.
final class RepairMerge {
    private final RepairTables tables;
    private final TableBuilder builder;
    private final RepairTarget target;
    private final BlockCodec codec;
    private final long tableBytes;
    private final List<TableMeta> written = new ArrayList<>();
    private @Nullable Coverage coverage;
    private @Nullable UserKey begin;
    private byte @Nullable [] last;
    private long lastTrailer;
    private long number;
    private @Nullable TableWriter writer;

    /// A table that is merged.
    ///
    /// @param rank the number of the file that it stands for: what tables of larger numbers have
    ///     replaced is left out
    record Part(TableMeta table, long rank) {
        /// A table of which everything is taken.
        static Part of(TableMeta table) {
            return new Part(table, Long.MAX_VALUE);
        }
    }

    /// @param tableBytes a table that is larger is ended, where a key ends
    RepairMerge(RepairTables tables, TableBuilder builder, RepairTarget target, BlockCodec codec,
            long tableBytes) {
        this.tables = tables;
        this.builder = builder;
        this.target = target;
        this.codec = codec;
        this.tableBytes = tableBytes;
    }

    /// Notes in the tables that they hold all there is of something.
    RepairMerge covering(Coverage all) {
        coverage = all;
        return this;
    }

    /// Merges.
    ///
    /// @param newestFirst of two entries with the same key and sequence number (0: those at the
    ///     last level have none) that of the first table is taken
    /// @return new tables, in the order of keys
    List<TableMeta> run(List<Part> newestFirst) throws IOException {
        List<AutoCloseable> open = new ArrayList<>();
        try (BufferPool buffers = tables.buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            try {
                EntryCursor[] cursors = new EntryCursor[newestFirst.size()];
                for (int i = 0; i < cursors.length; i++) {
                    TableMeta meta = newestFirst.get(i).table;
                    Table table = tables.open(meta, scratch);
                    open.add(table);
                    EntryCursor cursor = table.cursor(buffers, new ReadCounters(), meta.lower(),
                            meta.upper(), false);
                    open.add(cursor);
                    cursors[i] = target.covers.left(newestFirst.get(i).rank, cursor);
                }
                write(MergingCursor.of(cursors));
            } finally {
                for (int i = open.size() - 1; i >= 0; i--) {
                    close(open.get(i));
                }
            }
        }
        return written;
    }

    private static void close(AutoCloseable closeable) throws IOException {
        try {
            closeable.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(EntryCursor cursor) throws IOException {
        try {
            for (boolean more = cursor.seekToFirst(); more; more = cursor.next()) {
                add(cursor);
            }
            finish(null);
        } catch (Throwable t) {
            TableWriter unfinished = writer;
            if (unfinished != null) {
                builder.abandon(number, unfinished);
            }
            throw t;
        }
    }

    private void add(EntryCursor cursor) throws IOException {
        byte[] key = cursor.keyMemory().asSlice(cursor.keyOffset(), cursor.keyLength())
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        boolean isSameKey = last != null && java.util.Arrays.equals(last, key);
        if (isSameKey && cursor.trailer() == lastTrailer) {
            return;
        }
        TableWriter to = writer;
        if (to != null && !isSameKey && to.fileBytes() > tableBytes) {
            finish(UserKey.owning(key));
            to = null;
        }
        if (to == null) {
            number = builder.newNumber();
            to = builder.begin(number, target.options, target.owner(), codec);
            writer = to;
        }
        to.add(cursor);
        last = key;
        lastTrailer = cursor.trailer();
    }

    private void finish(@Nullable UserKey end) throws IOException {
        TableWriter done = writer;
        if (done != null) {
            done.flushed(target.flushed);
            done.covers(coverage == null ? null : coverage.part(begin, end));
            begin = end;
            written.add(builder.meta(number, done.finish(), codec));
            writer = null;
        }
    }
}
