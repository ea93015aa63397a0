package dev.firn.bench.pieces;

import dev.firn.cache.BlockCache;
import dev.firn.cache.TableSlots;
import dev.firn.util.Bytes;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.util.Objects;
import java.util.SplittableRandom;
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

/// The block cache: a look-up of two words in a block; the block is copied in when it is missing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CacheBenchmark {
    private static final int BLOCK_BYTES = 4096;
    private static final int CACHE_BYTES = 128 << 20;

    /// How many blocks are looked up: they fit, or only one in four does.
    @Param({"20000", "131072"})
    public int blocks;

    private final ChunkPool pool = new ChunkPool(new MemoryBudget(1L << 30), 1 << 20);
    private final BlockCache cache = new BlockCache(pool, CACHE_BYTES);
    private final SplittableRandom random = new SplittableRandom(1);
    private final byte[] source = new byte[BLOCK_BYTES];
    private TableSlots slots = Objects.requireNonNull(cache.register(1));

    /// Makes the slots and fills the cache.
    @Setup
    public void fill() {
        slots = Objects.requireNonNull(cache.register(blocks));
        for (int ordinal = 0; ordinal < blocks; ordinal++) {
            var _ = look(ordinal);
        }
    }

    private long look(int ordinal) {
        while (true) {
            long handle = slots.find(ordinal);
            if (handle == 0) {
                int frame = cache.reserve(BLOCK_BYTES);
                Bytes.copy(source, 0, cache.memory(frame), cache.offset(frame), BLOCK_BYTES);
                return cache.publish(slots, ordinal, frame, BLOCK_BYTES);
            }
            var memory = cache.memory(handle);
            long at = cache.offset(handle);
            long sum = memory.get(Bytes.LONG, at) + memory.get(Bytes.LONG, at + BLOCK_BYTES / 2);
            if (slots.holds(ordinal, handle)) {
                cache.touch(handle);
                return sum;
            }
        }
    }

    /// A look-up of a random block.
    @Benchmark
    public long look() {
        return look(random.nextInt(blocks));
    }

    /// Gives the memory back.
    @TearDown
    public void close() {
        cache.close();
        pool.close();
    }
}
