package dev.firn.bench.pieces;

import dev.firn.bench.work.Disk;
import dev.firn.cache.BlockCache;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableCursor;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableSettings;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.FileStorage;
import dev.firn.util.ChunkPool;
import dev.firn.util.Hash64;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Reads of one table whose blocks are cached: filter alone; filter, index and block; a scan.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TableBenchmark {
    private static final String NAME = "1.sst";

    /// How many entries the table has: a few, which fit the processor's caches, or many.
    @Param({"20000", "1000000"})
    public int count;

    private final ChunkPool pool = new ChunkPool(new MemoryBudget(2L << 30), 1 << 20);
    private final BlockCache cache = new BlockCache(pool, 1L << 30);
    private final BufferPool buffers = new BufferPool(pool, 4 << 20);
    private final ReadCounters counters = new ReadCounters();
    private final ReadScratch scratch = new ReadScratch(buffers, counters);
    private final ValueTarget target = new ValueTarget();
    private final Path directory;
    private final FileStorage storage;
    private Entries entries = new Entries(1);
    private @Nullable Table table;
    private @Nullable TableCursor cursor;

    /// Makes a directory for the table.
    public TableBenchmark() {
        try {
            directory = Files.createTempDirectory("firn-table");
            storage = new FileStorage(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes and opens the table.
    @Setup
    public void write() throws IOException {
        Codecs codecs = new Codecs();
        TableIdentity identity = TableIdentity.of(1, 1);
        TableWriter writer = new TableWriter(storage.create(NAME), identity,
                new TableSettings(codecs.byName("lz4"), 4096, 10), 0, pool.budget());
        entries = new Entries(count);
        for (int number = 0; number < count; number++) {
            byte[] key = entries.key(number);
            writer.add(MemorySegment.ofArray(key), 0, key.length,
                    Trailer.of(number + 1, ValueKind.PUT), entries.value(key), 0,
                    Entries.VALUE_BYTES);
        }
        var _ = writer.finish();
        table = Table.open(storage.open(NAME), identity, codecs, cache, pool, scratch);
        cursor = table.cursor(buffers, counters, null, null, true);
        target.toMemory(MemorySegment.ofArray(new byte[Entries.VALUE_BYTES]));
        for (int number = 0; number < count; number++) {
            var _ = get(entries.key(number));
        }
    }

    private int get(byte[] key) throws IOException {
        return table().get(key, 0, key.length, Hash64.hash(key, 0, key.length),
                Trailer.SEQUENCE_MAX, scratch, target);
    }

    private Table table() {
        return Objects.requireNonNull(table);
    }

    /// Filter, index and block.
    @Benchmark
    public int get() throws IOException {
        return get(entries.key(entries.next()));
    }

    /// The filter says no.
    @Benchmark
    public boolean filter() throws IOException {
        byte[] key = entries.absent(entries.next());
        return table().mayContain(Hash64.hash(key, 0, key.length), scratch);
    }

    /// A step of a scan.
    @Benchmark
    public long next() throws IOException {
        TableCursor at = Objects.requireNonNull(cursor);
        if (!at.isValid() || !at.next()) {
            at.seekToFirst();
        }
        return at.trailer();
    }

    /// Deletes the table.
    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(cursor).close();
        table().close();
        scratch.close();
        buffers.close();
        cache.close();
        pool.close();
        storage.delete(NAME);
        storage.close();
        Disk.delete(directory);
    }
}
