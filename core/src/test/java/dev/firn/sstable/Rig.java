package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cache.BlockCache;
import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.ValueTarget;
import dev.firn.storage.CorruptException;
import dev.firn.util.ChunkPool;
import dev.firn.util.Hash64;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that tables need around them, and what tests do with tables. Closing it checks that nothing
/// of the memory is left reserved.
final class Rig implements AutoCloseable {
    static final TableIdentity IDENTITY = TableIdentity.of(0x0123456789abcdefL, 42);
    static final long CREATED = 1_800_000_000_000L;

    final MemoryBudget budget;
    final ChunkPool pool;
    final BlockCache cache;
    final BufferPool buffers;
    final ReadCounters counters = new ReadCounters();
    final Codecs codecs = new Codecs();
    final ReadScratch scratch;
    final ValueTarget target = new ValueTarget();

    Rig() {
        this(256 << 20, 1 << 20, 64 << 20);
    }

    Rig(long budgetBytes, int chunkBytes, long cacheBytes) {
        budget = new MemoryBudget(budgetBytes);
        pool = new ChunkPool(budget, chunkBytes);
        cache = new BlockCache(pool, cacheBytes);
        budget.setReclaimer(cache);
        buffers = new BufferPool(pool, 4 << 20);
        scratch = new ReadScratch(buffers, counters);
    }

    TableSettings settings(String codec, int blockBytes, int filterBits) {
        return new TableSettings(codecs.byName(codec), blockBytes, filterBits);
    }

    TableWriter writer(MemoryFile file, TableSettings settings) {
        return new TableWriter(file, IDENTITY, settings, CREATED, budget);
    }

    byte[] write(TableSettings settings, Collection<Version> entries) throws IOException {
        return write(settings, entries, IDENTITY);
    }

    byte[] write(TableSettings settings, Collection<Version> entries, TableIdentity identity)
            throws IOException {
        MemoryFile file = new MemoryFile();
        TableWriter writer = new TableWriter(file, identity, settings, CREATED, budget);
        for (Version v : entries) {
            add(writer, v);
        }
        TableFacts facts = writer.finish();
        assertThat(file.forces).isEqualTo(1);
        assertThat(file.closes).isEqualTo(1);
        assertThat(facts.fileBytes()).isEqualTo(file.length);
        return file.bytesWritten();
    }

    static void add(TableWriter writer, Version v) throws IOException {
        writer.add(MemorySegment.ofArray(v.key()), 0, v.key().length, v.trailer(),
                MemorySegment.ofArray(v.value()), 0, v.value().length);
    }

    Table open(byte[] file) throws IOException {
        return open(file, IDENTITY);
    }

    Table open(byte[] file, TableIdentity identity) throws IOException {
        return Table.open(new MemoryFile(file), identity, codecs, cache, pool, scratch);
    }

    /// The version found, or null.
    @Nullable
    Version get(Table table, byte[] key, long sequence) throws IOException {
        target.toArray();
        int kind = table.get(key, 0, key.length, Hash64.hash(key, 0, key.length), sequence,
                scratch, target);
        if (kind == Table.ABSENT) {
            return null;
        }
        assertThat(kind).isEqualTo((int) (scratch.trailer() & 0xff));
        return new Version(key, scratch.trailer(), target.array());
    }

    TableCursor cursor(Table table) {
        return table.cursor(buffers, counters, null, null, true);
    }

    static Version at(EntryCursor c) throws IOException {
        byte[] key = new byte[c.keyLength()];
        MemorySegment.copy(c.keyMemory(), ValueLayout.JAVA_BYTE, c.keyOffset(), key, 0,
                key.length);
        byte[] value = new byte[c.valueLength()];
        c.copyValue(0, MemorySegment.ofArray(value), 0, value.length);
        return new Version(key, c.trailer(), value);
    }

    static List<Version> forward(EntryCursor c) throws IOException {
        var list = new ArrayList<Version>();
        for (boolean is = c.seekToFirst(); is; is = c.next()) {
            list.add(at(c));
        }
        return list;
    }

    static List<Version> backward(EntryCursor c) throws IOException {
        var list = new ArrayList<Version>();
        for (boolean is = c.seekToLast(); is; is = c.previous()) {
            list.add(at(c));
        }
        return list.reversed();
    }

    static void assertSame(List<Version> found, List<Version> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            if (!found.get(i).isSame(expected.get(i))) {
                assertThat(found.get(i)).as("entry " + i).isEqualTo(expected.get(i));
            }
        }
    }

    /// Everything that verification has to say.
    List<CorruptException> verify(Table table) throws IOException {
        var found = new ArrayList<CorruptException>();
        table.verify(found::add, buffers);
        return found;
    }

    @Override
    public void close() {
        scratch.close();
        cache.close();
        buffers.close();
        pool.close();
        for (MemoryBudget.Use use : MemoryBudget.Use.values()) {
            assertThat(budget.used(use)).as("reserved for " + use).isZero();
        }
        assertThat(budget.used()).isZero();
    }
}
