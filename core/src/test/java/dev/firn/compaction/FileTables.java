package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cache.BlockCache;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.cursor.EntryCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableSettings;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.ReadFile;
import dev.firn.storage.WriteFile;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Real tables, in files that are arrays.
final class FileTables implements MergeTables, AutoCloseable {
    private static final long STORE = 0x5eed5eed5eedL;

    private final MemoryBudget budget = new MemoryBudget(256 << 20);
    private final ChunkPool pool = new ChunkPool(budget, 1 << 20);
    private final BlockCache cache = new BlockCache(pool, 32 << 20);
    private final BufferPool buffers = new BufferPool(pool, 4 << 20);
    private final ReadCounters counters = new ReadCounters();
    private final Codecs codecs = new Codecs();
    private final ReadScratch scratch = new ReadScratch(buffers, counters);
    private final Arena arena = Arena.ofShared();
    private final Map<Long, Table> tables = new HashMap<>();
    private long nextFile = 1;

    @Override
    public MemorySegment take(long bytes) {
        return arena.allocate(bytes);
    }

    @Override
    public EntryCursor open(TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        return tables.get(table.file()).cursor(buffers, counters, from, to, false);
    }

    @Override
    public Written create(Merge merge) {
        return create(merge.lasting() ? "lz4" : "none");
    }

    Written create(String codec) {
        return new Written(codec);
    }

    int tableCount() {
        return tables.size();
    }

    @Override
    public void delete(TableMeta table) throws IOException {
        tables.remove(table.file()).close();
    }

    @Override
    public void close() throws IOException {
        for (Table table : tables.values()) {
            table.close();
        }
        scratch.close();
        cache.close();
        buffers.close();
        pool.close();
        arena.close();
        assertThat(budget.used()).isZero();
    }

    /// A table being written.
    final class Written implements Output {
        private final ArrayFile file = new ArrayFile();
        private final long number = nextFile++;
        private final TableIdentity identity = TableIdentity.of(STORE, number);
        private final String codec;
        private final TableWriter writer;

        private Written(String codec) {
            this.codec = codec;
            writer =
                    new TableWriter(
                            file, identity, new TableSettings(codecs.byName(codec), 4096, 10), 1,
                            budget);
        }

        @Override
        public void add(EntryCursor entry, long trailer) throws IOException {
            writer.add(entry, trailer);
        }

        void add(byte[] key, long trailer, byte[] value) throws IOException {
            MemorySegment k = MemorySegment.ofArray(key);
            writer.add(k, 0, key.length, trailer, MemorySegment.ofArray(value), 0, value.length);
        }

        @Override
        public void addTombstone(MemorySegment key, long at, int length, long trailer)
                throws IOException {
            writer.add(key, at, length, trailer, MemorySegment.NULL, 0, 0);
        }

        @Override
        public long estimatedBytes() {
            return writer.fileBytes();
        }

        @Override
        public TableMeta finish(@Nullable UserKey end) throws IOException {
            TableFacts facts = writer.finish();
            tables.put(
                    number,
                    Table.open(new ArrayFile(file.content), identity, codecs, cache, pool,
                            scratch));
            return new TableMeta(
                    number,
                    identity.tableId(),
                    facts.fileBytes(),
                    facts.rawKeyBytes() + facts.rawValueBytes(),
                    facts.entries(),
                    facts.tombstones(),
                    facts.smallest(),
                    facts.largest(),
                    null,
                    null,
                    facts.sequenceMin(),
                    facts.sequenceMax(),
                    facts.createdMillis(),
                    codecs.byName(codec).id());
        }

        @Override
        public void abandon() throws IOException {
            writer.abandon();
        }
    }

    private static final class ArrayFile implements WriteFile, ReadFile {
        private byte[] content;

        ArrayFile(byte... content) {
            this.content = content;
        }

        @Override
        public String name() {
            return "table";
        }

        @Override
        public long bytes() {
            return content.length;
        }

        @Override
        public long allocatedBytes() {
            return content.length;
        }

        @Override
        public void write(long offset, MemorySegment source, long from, long length) {
            content = Arrays.copyOf(content, Math.max(content.length, (int) (offset + length)));
            MemorySegment.copy(
                    source, ValueLayout.JAVA_BYTE, from, content, (int) offset, (int) length);
        }

        @Override
        public void force() {}

        @Override
        public void truncate(long bytes) {
            content = Arrays.copyOf(content, (int) bytes);
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length) {
            MemorySegment.copy(MemorySegment.ofArray(content), offset, target, to, length);
        }

        @Override
        public void close() {}
    }
}
