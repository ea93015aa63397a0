package dev.firn.engine;

import dev.firn.memtable.Memtable;

/// A memtable with what the engine must know of it beyond its entries: which part of the log it
/// stands for. Written under the commit lock until it is frozen, then constant.
///
/// `references` counts the views that show it, under the lock of the [VersionSet]; when the last is
/// gone and no read is under way its memory goes back to the pool.
final class LiveMemtable {
    /// No log segment is needed for it.
    static final long NO_LOG = Long.MAX_VALUE;

    final Memtable memtable;

    /// The number of the first log segment that holds one of its entries.
    private long firstSegment = NO_LOG;

    private long logEnd;
    private long counted;
    private boolean enlisted;

    /// Whether it holds writes that are in no log.
    private boolean unlogged;

    private long frozenThrough;
    int references;

    LiveMemtable(Memtable memtable) {
        this.memtable = memtable;
    }

    void logged(long segment) {
        firstSegment = Math.min(firstSegment, segment);
    }

    /// Notes that it is among the written ones.
    ///
    /// @return whether it was not before
    boolean enlist() {
        boolean fresh = !enlisted;
        enlisted = true;
        return fresh;
    }

    /// Bytes of memory it has grown by since the last call.
    long growth() {
        long now = memtable.takenBytes();
        long growth = now - counted;
        counted = now;
        return growth;
    }

    /// The sum of what [#growth] has returned.
    long counted() {
        return counted;
    }

    void unlogged() {
        unlogged = true;
    }

    boolean hasUnlogged() {
        return unlogged;
    }

    /// Nothing is inserted any more; it holds all of its keyspace's writes up to the sequence.
    ///
    /// @param end where the log ended then: up to there it must be durable before this becomes a
    ///     table
    void freeze(long sequence, long end) {
        frozenThrough = sequence;
        logEnd = end;
    }

    long frozenThrough() {
        return frozenThrough;
    }

    long firstSegment() {
        return firstSegment;
    }

    long logEnd() {
        return logEnd;
    }

    long bytes() {
        return memtable.bytes();
    }

    /// With what large values leave over.
    long takenBytes() {
        return memtable.takenBytes();
    }

    boolean isEmpty() {
        return memtable.entries() == 0;
    }
}
