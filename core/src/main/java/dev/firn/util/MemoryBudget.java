package dev.firn.util;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// The one bound for the memory of a store, or of several that share it.
///
/// Whoever needs memory reserves it here first and releases it afterwards; the sum never exceeds
/// the limit. When a reservation does not fit, the reclaimer (the block cache) is asked to give
/// memory back; when that is not enough the reservation fails and the caller waits or refuses. Any
/// thread may call anything. No lock is held while the reclaimer runs.
public final class MemoryBudget {
    /// What memory is used for; the figures of the statistics.
    public enum Use {
        /// Active and frozen memtables.
        MEMTABLE,
        /// Blocks kept in memory.
        CACHE,
        /// What an open table keeps: top of the index, slots of the cache.
        TABLE,
        /// Buffers of flushes and compactions.
        COMPACTION,
        /// Buffers of cursors and reads.
        CURSOR,
        /// Buffers of the log.
        LOG,
        /// Chunks that wait in the pool for their next use.
        POOL
    }

    /// Gives memory back on demand.
    @FunctionalInterface
    public interface Reclaimer {
        /// Tries to release at least `bytes` of its own reservations (through [#release]) and
        /// returns how many it released.
        long reclaim(long bytes);

        /// Gives one standard chunk to the pool it came from, still reserved.
        ///
        /// @return whether there was one to give
        default boolean handOver() {
            return false;
        }
    }

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();
    private final AtomicLongArray byUse = new AtomicLongArray(Use.values().length);
    private volatile @Nullable Reclaimer reclaimer;

    /// A budget of `limit` bytes.
    public MemoryBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("a memory budget must be positive, not " + limit);
        }
        this.limit = limit;
    }

    /// Names who can give memory back.
    public void setReclaimer(Reclaimer reclaimer) {
        this.reclaimer = reclaimer;
    }

    /// Reserves memory if it fits, after asking the reclaimer once or more where it does not.
    ///
    /// @return whether it is reserved
    public boolean tryReserve(Use use, long bytes) {
        if (take(use, bytes)) {
            return true;
        }
        Reclaimer r = reclaimer;
        while (r != null && bytes <= limit) {
            long missing = used.get() + bytes - limit;
            if (missing > 0 && r.reclaim(missing) <= 0) {
                return take(use, bytes);
            }
            if (take(use, bytes)) {
                return true;
            }
        }
        return false;
    }

    /// Reserves memory if it fits as things are.
    public boolean tryReserveNow(Use use, long bytes) {
        return take(use, bytes);
    }

    /// Asks the reclaimer to hand a chunk over to its pool.
    boolean handOver() {
        Reclaimer r = reclaimer;
        return r != null && r.handOver();
    }

    private boolean take(Use use, long bytes) {
        while (true) {
            long now = used.get();
            if (now + bytes > limit) {
                return false;
            }
            if (used.compareAndSet(now, now + bytes)) {
                byUse.addAndGet(use.ordinal(), bytes);
                long high = peak.get();
                while (now + bytes > high && !peak.compareAndSet(high, now + bytes)) {
                    high = peak.get();
                }
                return true;
            }
        }
    }

    /// Gives a reservation, or a part of it, back.
    public void release(Use use, long bytes) {
        byUse.addAndGet(use.ordinal(), -bytes);
        used.addAndGet(-bytes);
    }

    /// Turns a reservation for one use into one for another.
    public void transfer(Use from, Use to, long bytes) {
        byUse.addAndGet(from.ordinal(), -bytes);
        byUse.addAndGet(to.ordinal(), bytes);
    }

    /// The bound in bytes.
    public long limit() {
        return limit;
    }

    /// What is reserved now, in bytes.
    public long used() {
        return used.get();
    }

    /// What is reserved now for one use, in bytes.
    public long used(Use use) {
        return byUse.get(use.ordinal());
    }

    /// The most that was ever reserved at one time, in bytes.
    public long peak() {
        return peak.get();
    }
}
