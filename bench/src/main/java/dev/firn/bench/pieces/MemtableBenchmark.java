package dev.firn.bench.pieces;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Memtable;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The memtable: inserts into one that fills up and is replaced, and reads of a full one.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MemtableBenchmark {
    private static final int ENTRIES = 500_000;

    private final ChunkPool pool = new ChunkPool(new MemoryBudget(1L << 30), 1 << 20);
    private final Entries entries = new Entries(ENTRIES);
    private final Memtable full = new Memtable(pool);
    private final EntryCursor cursor = full.cursor();
    private Memtable filling = new Memtable(pool);
    private long sequence;

    /// Fills the one that is read.
    @Setup
    public void fill() {
        for (int i = 0; i < ENTRIES; i++) {
            insert(full, i + 1);
        }
    }

    private void insert(Memtable memtable, long sequence) {
        byte[] key = entries.key(entries.next());
        if (!memtable.insert(key, 0, key.length, Trailer.of(sequence, ValueKind.PUT),
                entries.value(key), 0, Entries.VALUE_BYTES)) {
            throw new IllegalStateException("the budget is too small");
        }
    }

    /// An insert, in random order.
    @Benchmark
    public void insert() {
        if (filling.entries() == ENTRIES) {
            filling.close();
            filling = new Memtable(pool);
        }
        insert(filling, ++sequence);
    }

    /// A look-up, in random order.
    @Benchmark
    public long find() {
        byte[] key = entries.key(entries.next());
        return full.find(key, 0, key.length, ENTRIES);
    }

    /// A step of a scan.
    @Benchmark
    public long next() throws IOException {
        if (!cursor.isValid() || !cursor.next()) {
            cursor.seekToFirst();
        }
        return cursor.trailer();
    }

    /// Gives the memory back.
    @TearDown
    public void close() {
        cursor.close();
        full.close();
        filling.close();
        pool.close();
    }
}
