package dev.firn.engine;

import dev.firn.Options;
import dev.firn.Resources;
import dev.firn.cache.BlockCache;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.util.concurrent.atomic.AtomicInteger;

/// Budget, chunk pool, block cache, background threads and write rate of one or several stores.
public final class SharedResources implements Resources {
    /// The smallest budget.
    static final long MEMORY_MIN = Options.MEMORY_BYTES_MIN;
    private static final int CHUNK_MIN = 64 << 10;
    private static final int CHUNK_MAX = 1 << 20;

    /// So many chunks make up a budget, unless they would be too small or too large.
    private static final int CHUNKS = 256;

    private final MemoryBudget budget;
    private final ChunkPool pool;
    private final BlockCache cache;
    private final Scheduler scheduler;
    private final RateLimit rateLimit;
    private final int threads;
    private final AtomicInteger stores = new AtomicInteger();
    private boolean closed;

    private SharedResources(long memoryBytes, int threads, long rate, Scheduler scheduler) {
        this.budget = new MemoryBudget(memoryBytes);
        long chunk = Long.highestOneBit(memoryBytes / CHUNKS);
        this.pool = new ChunkPool(budget, Math.clamp(chunk, CHUNK_MIN, CHUNK_MAX));
        this.cache = new BlockCache(pool, memoryBytes);
        budget.setReclaimer(cache);
        this.threads = threads;
        this.scheduler = scheduler;
        this.rateLimit = new RateLimit(rate, scheduler);
    }

    /// Resources with threads of their own.
    public static SharedResources create(long memoryBytes, int threads, long rate) {
        check(memoryBytes >= MEMORY_MIN, "memoryBytes must be at least " + MEMORY_MIN + " (8 MiB)",
                memoryBytes);
        check(threads >= 1 && threads <= 64, "threads must be 1 to 64", threads);
        check(rate >= 0, "compactionBytesPerSecond must not be negative", rate);
        return new SharedResources(memoryBytes, threads, rate, new ThreadScheduler(threads));
    }

    /// Resources whose work runs on a scheduler that the caller closes.
    public static SharedResources on(Scheduler scheduler, long memoryBytes, int threads) {
        return new SharedResources(memoryBytes, threads, 0, scheduler);
    }

    private static void check(boolean holds, String otherwise, long value) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise + ", not " + value);
        }
    }

    MemoryBudget budget() {
        return budget;
    }

    ChunkPool pool() {
        return pool;
    }

    BlockCache cache() {
        return cache;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    RateLimit rateLimit() {
        return rateLimit;
    }

    /// How many background threads there are.
    int threads() {
        return threads;
    }

    /// A store begins to use them.
    synchronized void retain() {
        if (closed) {
            throw Errors.closed("the resources object");
        }
        stores.incrementAndGet();
    }

    /// A store has given everything back.
    void release() {
        stores.decrementAndGet();
    }

    @Override
    public long memoryLimit() {
        return budget.limit();
    }

    @Override
    public long memoryUsed() {
        return budget.used();
    }

    @Override
    public long memoryPeak() {
        return budget.peak();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (stores.get() > 0) {
            throw new IllegalStateException(
                    stores.get() + " open stores use these resources; close the stores first");
        }
        closed = true;
        scheduler.close();
        cache.close();
        pool.close();
    }
}
