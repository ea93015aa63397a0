package dev.firn.bench.pieces;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.MergingCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Memtable;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/// A step of a merge of several memtables whose entries alternate at random.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MergeBenchmark {
    private static final int ENTRIES = 200_000;

    /// How many are merged.
    @Param({"1", "2", "4", "8"})
    public int sources;

    private final ChunkPool pool = new ChunkPool(new MemoryBudget(1L << 30), 1 << 20);
    private final List<Memtable> memtables = new ArrayList<>();
    private EntryCursor merged = MergingCursor.of();

    /// Fills the memtables.
    @Setup
    public void fill() {
        Entries entries = new Entries(ENTRIES);
        for (int i = 0; i < sources; i++) {
            memtables.add(new Memtable(pool));
        }
        for (int i = 0; i < ENTRIES; i++) {
            byte[] key = entries.key(entries.next());
            memtables.get(i % sources).insert(key, 0, key.length,
                    Trailer.of(i + 1, ValueKind.PUT), entries.value(key), 0,
                    Entries.VALUE_BYTES);
        }
        merged = MergingCursor.of(
                memtables.stream().map(Memtable::cursor).toArray(EntryCursor[]::new));
    }

    /// A step.
    @Benchmark
    public long next() throws IOException {
        if (!merged.isValid() || !merged.next()) {
            merged.seekToFirst();
        }
        return merged.trailer();
    }

    /// Gives the memory back.
    @TearDown
    public void close() {
        merged.close();
        memtables.forEach(Memtable::close);
        pool.close();
    }
}
