package dev.firn.engine;

import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.Completeness;
import dev.firn.compaction.MergeTables;
import dev.firn.cursor.EntryCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Coverage;
import dev.firn.sstable.TableWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tables of one merge: inputs, which stay open until it ends, and outputs.
final class MergeFiles implements MergeTables, AutoCloseable {
    private static final MemorySegment NO_VALUE = MemorySegment.ofArray(new byte[0]);

    private final CompactionTask.Tools tools;
    private final StoreKeyspace keyspace;
    private final CursorMemory memory;
    private final Map<Long, TableHandle> handles = new HashMap<>();
    private final List<TableHandle> pinned = new ArrayList<>();
    /// What all outputs together cover.
    private final @Nullable Coverage coverage;
    /// Where the next output begins, null for the first.
    private @Nullable UserKey begin;
    /// Up to where everything is in tables, as the inputs tell that were opened so far.
    private long flushed;
    private @Nullable Written current;
    private long finishedBytes;
    private long toldBytes;

    MergeFiles(CompactionTask.Tools tools, Compactions.Job job, Merge merge) {
        this.tools = tools;
        this.keyspace = job.work().keyspace;
        this.memory = new CursorMemory(tools.files().pool());
        Tree tree = job.tree();
        this.coverage = Completeness.of(merge, tree.version(), tree.flushed());
        for (int run = 0; run < tree.runs(); run++) {
            for (TableHandle handle : tree.tables(run)) {
                handles.put(handle.number(), handle);
            }
        }
    }

    @Override
    public MemorySegment take(long bytes) {
        return memory.take(bytes);
    }

    @Override
    public EntryCursor open(TableMeta table, @Nullable UserKey from, @Nullable UserKey to)
            throws IOException {
        TableHandle handle = handles.get(table.file());
        if (handle == null) {
            throw new IllegalStateException("table " + table.file() + " is not in the tree");
        }
        TableFiles files = tools.files();
        var opened = files.pin(handle);
        pinned.add(handle);
        flushed = Math.max(flushed, opened.facts().flushed());
        return opened.cursor(files.buffers(), files.upkeep(), from, to, false);
    }

    @Override
    public Output create(Merge merge) throws IOException {
        BlockCodec codec = tools.builder().codec(keyspace.persistedOptions(), merge.lasting());
        long number = tools.builder().newNumber();
        Written begun =
                new Written(
                        number,
                        codec,
                        tools.builder().begin(number, keyspace, codec));
        current = begun;
        return begun;
    }

    /// Bytes written since the last call, about.
    long newlyWritten() {
        Written writing = current;
        long now = finishedBytes + (writing == null ? 0 : writing.estimatedBytes());
        long newly = Math.max(0, now - toldBytes);
        toldBytes = now;
        return newly;
    }

    @Override
    public void delete(TableMeta table) {
        tools.builder().delete(table.file());
    }

    private final class Written implements Output {
        private final long number;
        private final BlockCodec codec;
        private final TableWriter writer;

        Written(long number, BlockCodec codec, TableWriter writer) {
            this.number = number;
            this.codec = codec;
            this.writer = writer;
        }

        @Override
        public void add(EntryCursor entry, long trailer) throws IOException {
            writer.add(entry, trailer);
        }

        @Override
        public void addTombstone(MemorySegment key, long at, int length, long trailer)
                throws IOException {
            writer.add(key, at, length, trailer, NO_VALUE, 0, 0);
        }

        @Override
        public long estimatedBytes() {
            return writer.fileBytes();
        }

        @Override
        public TableMeta finish(@Nullable UserKey end) throws IOException {
            writer.flushed(flushed);
            writer.covers(coverage == null ? null : coverage.part(begin, end));
            TableMeta table = tools.builder().meta(number, writer.finish(), codec);
            current = null;
            begin = end;
            finishedBytes += table.fileBytes();
            return table;
        }

        @Override
        public void abandon() {
            tools.builder().abandon(number, writer);
        }
    }

    @Override
    public void close() {
        pinned.forEach(tools.files()::unpin);
        memory.close();
    }
}
