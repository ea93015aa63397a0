package dev.firn.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.firn.cache.BlockCache;
import dev.firn.cache.TableSlots;
import dev.firn.util.Bytes;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What a lookup in the block cache costs, and a miss with the filling, beside Caffeine with
/// arrays.
///
/// A lookup reads two words of the block, as little as a point read ever does. A miss copies the
/// block from an array, as if it had just been read and decompressed; Caffeine's goes to a new
/// array. Both are measured with one thread and with two, in alternating rounds; printed are the
/// medians of the time that passed and of the processor time a thread used (which says more on a
/// busy machine, but leaves out waiting for locks).
///
/// Arguments: block bytes (default 4096), MiB of cache (default 256).
public final class CacheSpeed {
    private static final int CHUNK = 1 << 20;
    private static final int TABLES = 16;
    private static final int ROUNDS = 9;
    private static final int WARM_UP = 4;
    private static final int OPERATIONS = 300_000;

    /// What an operation costs a thread, in nanoseconds.
    private record Cost(double passed, double used) {}

    /// A cache with its data: `tables` of so many blocks each.
    private interface Contender extends AutoCloseable {
        String name();

        /// Looks a block up, fills it in when it is missing, and gives something of its content.
        long read(int table, int ordinal, byte[] source);

        @Override
        void close();
    }

    /// Firn's.
    private static final class Firn implements Contender {
        private final ChunkPool pool;
        private final BlockCache cache;
        private final TableSlots[] slots = new TableSlots[TABLES];

        Firn(long bytes, int blocks) {
            pool = new ChunkPool(new MemoryBudget(bytes + (64L << 20)), CHUNK);
            cache = new BlockCache(pool, bytes);
            for (int i = 0; i < TABLES; i++) {
                slots[i] = Objects.requireNonNull(cache.register(blocks));
            }
        }

        @Override
        public String name() {
            return "firn";
        }

        @Override
        public long read(int table, int ordinal, byte[] source) {
            TableSlots t = slots[table];
            while (true) {
                long handle = t.find(ordinal);
                if (handle == 0) {
                    int frame = cache.reserve(source.length);
                    Bytes.copy(source, 0, cache.memory(frame), cache.offset(frame), source.length);
                    cache.publish(t, ordinal, frame, source.length);
                    return source[0];
                }
                var memory = cache.memory(handle);
                long at = cache.offset(handle);
                long sum = memory.get(Bytes.LONG, at)
                        + memory.get(Bytes.LONG, at + cache.length(handle) / 2);
                if (t.holds(ordinal, handle)) {
                    cache.touch(handle);
                    return sum;
                }
            }
        }

        @Override
        public void close() {
            cache.close();
            pool.close();
        }
    }

    /// Caffeine with a boxed key and an array.
    private static final class Arrayed implements Contender {
        private final Cache<Long, byte[]> cache;

        Arrayed(long bytes) {
            cache = Caffeine.newBuilder().maximumWeight(bytes)
                    .weigher((Long key, byte[] block) -> block.length).build();
        }

        @Override
        public String name() {
            return "caffeine";
        }

        @Override
        public long read(int table, int ordinal, byte[] source) {
            Long key = (long) table << 32 | ordinal;
            byte[] block = cache.getIfPresent(key);
            if (block == null) {
                cache.put(key, source.clone());
                return source[0];
            }
            return Bytes.getLong(block, 0) + Bytes.getLong(block, block.length / 2);
        }

        @Override
        public void close() {
            cache.invalidateAll();
        }
    }

    private CacheSpeed() {}

    /// Runs and prints.
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        int blockBytes = args.length > 0 ? Integer.parseInt(args[0]) : 4096;
        long bytes = (args.length > 1 ? Long.parseLong(args[1]) : 256) << 20;
        int fitting = (int) (bytes / blockBytes * 9 / 10 / TABLES);
        System.out.printf("blocks of %d bytes, cache of %d MiB%n", blockBytes, bytes >> 20);
        measure("hit, 4 MiB of blocks", bytes, blockBytes,
                Math.max(1, (4 << 20) / blockBytes / TABLES));
        measure("hit, all of it", bytes, blockBytes, fitting);
        measure("miss (3 of 4) and fill", bytes, blockBytes, fitting * 40 / 9);
    }

    private static void measure(String what, long bytes, int blockBytes, int blocks)
            throws InterruptedException, ExecutionException {
        byte[] source = new byte[blockBytes];
        new SplittableRandom(1).nextBytes(source);
        try (Contender firn = new Firn(bytes, blocks); Contender arrayed = new Arrayed(bytes)) {
            Contender[] both = {firn, arrayed};
            for (Contender each : both) {
                for (int i = 0; i < TABLES * blocks; i++) {
                    each.read(i % TABLES, i / TABLES, source);
                }
            }
            for (int threads = 1; threads <= 2; threads++) {
                double[][] passed = new double[2][ROUNDS];
                double[][] used = new double[2][ROUNDS];
                for (int round = -WARM_UP; round < ROUNDS; round++) {
                    for (int c = 0; c < 2; c++) {
                        Cost cost = round(both[c], threads, blocks, source, round);
                        if (round >= 0) {
                            passed[c][round] = cost.passed;
                            used[c][round] = cost.used;
                        }
                    }
                }
                for (int c = 0; c < 2; c++) {
                    System.out.printf(Locale.ROOT,
                            "  %-22s %d thread(s)  %-9s %7.1f ns an operation, %7.1f ns used%n",
                            what, threads, both[c].name(), median(passed[c]), median(used[c]));
                }
            }
        }
    }

    private static Cost round(Contender contender, int threads, int blocks, byte[] source,
            int round)
            throws InterruptedException, ExecutionException {
        try (var executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Long>> all = new ArrayList<>();
            long start = System.nanoTime();
            for (int t = 0; t < threads; t++) {
                long seed = round * 100L + t;
                all.add(executor.submit(() -> work(contender, blocks, source, seed)));
            }
            long used = 0;
            for (Future<Long> each : all) {
                used += each.get();
            }
            return new Cost((double) (System.nanoTime() - start) / OPERATIONS,
                    (double) used / OPERATIONS / threads);
        }
    }

    /// Does a thread's part and returns the processor time it took.
    private static long work(Contender contender, int blocks, byte[] source, long seed) {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        SplittableRandom random = new SplittableRandom(seed);
        long sum = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            int pick = random.nextInt() & Integer.MAX_VALUE;
            sum += contender.read(pick % TABLES, pick / TABLES % blocks, source);
        }
        if (sum == 42) {
            System.out.println();
        }
        return clock.getCurrentThreadCpuTime() - start;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
