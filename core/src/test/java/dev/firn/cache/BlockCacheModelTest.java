package dev.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random operations, one after the other, against a map of what was published last.
///
/// Replay: `mvn -pl core test -Dtest=BlockCacheModelTest -Dfirn.seed=N`.
class BlockCacheModelTest {
    private static final int CHUNK = 1 << 16;
    private static final int BLOCKS = 300;

    /// A table as the model knows it: when each block was filled, by ordinal.
    private record Table(long id, TableSlots slots, Map<Integer, Long> filled) {}

    /// A frame that is being filled.
    private record Filling(Table table, int ordinal, int frame, int length, long time) {}

    /// The state of one run.
    private static final class Run {
        final SplittableRandom random;
        final MemoryBudget budget;
        final ChunkPool pool;
        final BlockCache cache;
        final List<Table> tables = new ArrayList<>();
        final List<Filling> fillings = new ArrayList<>();
        final List<Chunk> elsewhere = new ArrayList<>();
        long clock;
        long hits;

        Run(long seed) {
            random = new SplittableRandom(seed);
            int chunks = 2 + random.nextInt(20);
            budget = new MemoryBudget((long) chunks * CHUNK + 100_000);
            pool = new ChunkPool(budget, CHUNK);
            cache = new BlockCache(pool,
                    random.nextBoolean() ? Long.MAX_VALUE : (1L + random.nextInt(chunks)) * CHUNK);
            budget.setReclaimer(cache);
        }

        void step() {
            switch (random.nextInt(40)) {
                case 0 -> open();
                case 1 -> {
                    if (tables.size() > 2) {
                        Table table = tables.remove(random.nextInt(tables.size()));
                        cache.release(table.slots);
                        for (int i = 0; i < BLOCKS; i++) {
                            assertThat(table.slots.find(i)).isZero();
                        }
                    }
                }
                case 2 -> {
                    Chunk chunk = pool.take(Use.MEMTABLE);
                    if (chunk != null) {
                        chunk.memory().fill((byte) random.nextInt(256));
                        elsewhere.add(chunk);
                    }
                }
                case 3, 4 -> {
                    if (!elsewhere.isEmpty()) {
                        pool.give(Use.MEMTABLE, elsewhere.remove(random.nextInt(elsewhere.size())));
                    }
                }
                case 5 -> cache.reclaim(random.nextInt(3) * CHUNK);
                case 6, 7, 8, 9, 10, 11 -> begin();
                case 12, 13, 14, 15, 16, 17, 18 -> end();
                default -> lookUp();
            }
        }

        void open() {
            TableSlots slots = cache.register(BLOCKS);
            if (slots != null) {
                tables.add(new Table(++clock, slots, new HashMap<>()));
            }
        }

        void begin() {
            if (tables.isEmpty()) {
                return;
            }
            Table table = tables.get(random.nextInt(tables.size()));
            int length = switch (random.nextInt(10)) {
                case 0 -> Content.BYTES_MIN + random.nextInt(CHUNK + 1000);
                case 1, 2, 3 -> Content.BYTES_MIN + random.nextInt(8000);
                default -> 3000 + random.nextInt(1200);
            };
            int frame = cache.reserve(length);
            if (frame < 0) {
                return;
            }
            int ordinal = random.nextInt(BLOCKS);
            fillings.add(new Filling(table, ordinal, frame, length, ++clock));
            Content.fill(cache, frame, table.id, ordinal, length, clock);
        }

        void end() {
            if (fillings.isEmpty()) {
                return;
            }
            Filling f = fillings.remove(random.nextInt(fillings.size()));
            if (random.nextInt(5) == 0) {
                cache.discard(f.frame);
                return;
            }
            long before = f.table.slots.find(f.ordinal);
            long handle = cache.publish(f.table.slots, f.ordinal, f.frame, f.length);
            if (!tables.contains(f.table)) {
                assertThat(handle).isZero();
            } else if (before != 0) {
                assertThat(handle).isEqualTo(before);
            } else {
                assertThat(handle).isNotZero();
                f.table.filled.put(f.ordinal, f.time);
            }
        }

        void lookUp() {
            if (tables.isEmpty()) {
                return;
            }
            Table table = tables.get(random.nextInt(tables.size()));
            check(table, random.nextInt(BLOCKS));
        }

        private boolean check(Table table, int ordinal) {
            long handle = table.slots.find(ordinal);
            if (handle == 0) {
                return false;
            }
            hits++;
            long time = Content.check(cache.memory(handle), cache.offset(handle), table.id, ordinal,
                    cache.length(handle));
            assertThat(table.filled.get(ordinal)).isEqualTo(time);
            assertThat(table.slots.holds(ordinal, handle)).isTrue();
            cache.touch(handle);
            return true;
        }

        void checkAll() {
            long found = 0;
            long published = 0;
            for (Table table : tables) {
                for (int i = 0; i < BLOCKS; i++) {
                    found += check(table, i) ? 1 : 0;
                }
                published += table.filled.size();
            }
            CacheStats stats = cache.stats();
            assertThat(stats.blocks()).isEqualTo(found);
            if (stats.evictions() == 0) {
                assertThat(found).isEqualTo(published);
            }
            assertThat(stats.hits()).isEqualTo(hits);
            assertThat(budget.used(Use.CACHE)).isEqualTo(stats.bytes());
            assertThat(budget.peak()).isLessThanOrEqualTo(budget.limit());
        }

        void close() {
            cache.close();
            while (!fillings.isEmpty()) {
                end0();
            }
            assertThat(budget.used(Use.CACHE)).isZero();
            tables.forEach(table -> cache.release(table.slots));
            assertThat(budget.used(Use.TABLE)).isZero();
            elsewhere.forEach(chunk -> pool.give(Use.MEMTABLE, chunk));
            pool.close();
            assertThat(budget.used()).isZero();
        }

        private void end0() {
            Filling f = fillings.removeLast();
            assertThat(cache.publish(f.table.slots, f.ordinal, f.frame, f.length)).isZero();
        }
    }

    @Test
    void agreesWithTheModel() {
        Long seed = Long.getLong("firn.seed");
        if (seed != null) {
            run(seed, 20_000);
            return;
        }
        for (int i = 0; i < 100; i++) {
            run(i, 4_000);
        }
    }

    @Test
    @Tag("long")
    void agreesWithTheModelForLong() {
        for (int i = 1000; i < 3000; i++) {
            run(i, 20_000);
        }
    }

    private static void run(long seed, int steps) {
        try {
            Run run = new Run(seed);
            for (int i = 0; i < steps; i++) {
                run.step();
                if (i % 500 == 499) {
                    run.checkAll();
                }
            }
            run.close();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed
                    + "; replay: mvn -pl core test -Dtest=BlockCacheModelTest -Dfirn.seed=" + seed,
                    e);
        }
    }
}
