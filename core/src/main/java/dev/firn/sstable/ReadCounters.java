package dev.firn.sstable;

import java.util.concurrent.atomic.LongAdder;

/// What reads of tables did, over all threads. Readers add in batches (see [ReadScratch#flush]), so
/// the figures may lag a little.
public final class ReadCounters {
    private final LongAdder filterChecks = new LongAdder();
    private final LongAdder filterRejections = new LongAdder();
    private final LongAdder blocksRead = new LongAdder();
    private final LongAdder cacheHits = new LongAdder();
    private final LongAdder cacheMisses = new LongAdder();

    /// How often a filter was asked.
    public long filterChecks() {
        return filterChecks.sum();
    }

    /// How often a filter said that a key is not there.
    public long filterRejections() {
        return filterRejections.sum();
    }

    /// How many blocks were read from files.
    public long blocksRead() {
        return blocksRead.sum();
    }

    /// How often a block was in the cache.
    public long cacheHits() {
        return cacheHits.sum();
    }

    /// How often a block was not in the cache.
    public long cacheMisses() {
        return cacheMisses.sum();
    }

    void add(int checks, int rejections, int read, int hits, int misses) {
        filterChecks.add(checks);
        filterRejections.add(rejections);
        blocksRead.add(read);
        cacheHits.add(hits);
        cacheMisses.add(misses);
    }
}
