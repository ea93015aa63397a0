package dev.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Readers check every word of what they look up while frames are recycled all the time: by other
/// blocks, by other fillings of the same block, by other uses of the memory, by closed tables.
class BlockCacheStressTest {
    private static final int CHUNK = 1 << 16;
    private static final int TABLES = 3;
    private static final int BLOCKS = 24;
    private static final long SECONDS_MAX = 120;

    /// An open table, with an id that no other has.
    private record Table(long id, TableSlots slots) {}

    private final MemoryBudget budget = new MemoryBudget(5L * CHUNK);
    private final ChunkPool pool = new ChunkPool(budget, CHUNK);
    private final BlockCache cache = new BlockCache(pool, 3L * CHUNK);
    private final AtomicReferenceArray<Table> tables = new AtomicReferenceArray<>(TABLES);
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong validated = new AtomicLong();
    private volatile boolean stop;

    @Test
    void noTornBlockIsEverBelieved() throws InterruptedException, ExecutionException {
        run(true, 30_000, 10);
        assertThat(torn).hasValue(0);
        assertThat(refused.get()).as("lookups that were disturbed").isPositive();
    }

    @Test
    @Tag("long")
    void noTornBlockIsEverBelievedForLong() throws InterruptedException, ExecutionException {
        run(true, 1_000_000, 500);
        assertThat(torn).hasValue(0);
    }

    /// The test above would be worth nothing if there was nothing to see.
    @Test
    void withoutValidationTornBlocksAreSeen() throws InterruptedException, ExecutionException {
        run(false, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(torn.get()).isPositive();
    }

    /// Goes on until so many lookups were believed and so many were not, or a torn block was
    /// believed.
    private void run(boolean validate, long enough, long enoughRefused)
            throws InterruptedException, ExecutionException {
        budget.setReclaimer(cache);
        for (int i = 0; i < TABLES; i++) {
            tables.set(i, open());
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int seed = i;
                all.add(threads.submit(() -> look(new SplittableRandom(seed), validate, enough,
                        enoughRefused, end)));
            }
            all.add(threads.submit(() -> disturb(new SplittableRandom(99), end)));
            try {
                for (Future<?> each : all) {
                    each.get();
                }
            } finally {
                stop = true;
            }
        }
        cache.close();
        for (int i = 0; i < TABLES; i++) {
            cache.release(tables.get(i).slots);
        }
        assertThat(budget.used(Use.CACHE)).isZero();
        assertThat(budget.used(Use.TABLE)).isZero();
        assertThat(budget.peak()).isLessThanOrEqualTo(budget.limit());
        pool.close();
        assertThat(budget.used()).isZero();
    }

    private Table open() {
        return new Table(ids.incrementAndGet(), Objects.requireNonNull(cache.register(BLOCKS)));
    }

    /// Looks up, and fills what is missing. Half of the blocks are looked up often.
    private void look(SplittableRandom random, boolean validate, long enough,
            long enoughRefused, long end) {
        long time = random.nextLong() >>> 1;
        while (!stop && System.nanoTime() < end) {
            Table table = tables.get(random.nextInt(TABLES));
            int ordinal = random.nextInt(BLOCKS);
            int length = 1000 + ordinal * 350;
            long handle = table.slots.find(ordinal);
            if (handle == 0) {
                int frame = cache.reserve(length);
                if (frame >= 0) {
                    Content.fill(cache, frame, table.id, ordinal, length, ++time);
                    if (random.nextInt(8) == 0) {
                        cache.discard(frame);
                    } else {
                        cache.publish(table.slots, ordinal, frame, length);
                    }
                }
                continue;
            }
            boolean whole;
            try {
                whole = cache.length(handle) == length && Content.check(cache.memory(handle),
                        cache.offset(handle), table.id, ordinal, length) != -1;
            } catch (IndexOutOfBoundsException | IllegalStateException e) {
                whole = false;
            }
            if (!validate || table.slots.holds(ordinal, handle)) {
                cache.touch(handle);
                if (validated.incrementAndGet() >= enough && refused.get() >= enoughRefused) {
                    stop = true;
                }
                if (!whole) {
                    torn.incrementAndGet();
                    stop = true;
                }
            } else {
                refused.incrementAndGet();
            }
        }
    }

    /// Takes memory away and writes to it, and replaces tables.
    private void disturb(SplittableRandom random, long end) {
        List<Chunk> taken = new ArrayList<>();
        while (!stop && System.nanoTime() < end) {
            if (random.nextInt(3) > 0) {
                Chunk chunk = pool.take(Use.MEMTABLE);
                if (chunk != null) {
                    chunk.memory().fill((byte) random.nextInt(256));
                    taken.add(chunk);
                }
            }
            while (taken.size() > random.nextInt(4)) {
                pool.give(Use.MEMTABLE, taken.removeLast());
            }
            if (random.nextInt(20) == 0) {
                int i = random.nextInt(TABLES);
                Table old = tables.get(i);
                TableSlots slots = cache.register(BLOCKS);
                if (slots != null) {
                    tables.set(i, new Table(ids.incrementAndGet(), slots));
                    cache.release(old.slots);
                }
            }
        }
        taken.forEach(chunk -> pool.give(Use.MEMTABLE, chunk));
    }
}
