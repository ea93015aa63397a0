package dev.firn.cache;

import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Blocks of tables in native memory that is allocated once and recycled, so that neither a hit nor
/// a miss makes garbage.
///
/// Memory comes from a [ChunkPool]. A chunk is a [Slab], cut into *frames* of one size, and belongs
/// to a [SizeClass]. There is no hash table: an open table has a slot for each of its blocks
/// ([TableSlots]), and the slot names the frame. When there is no room, a clock chooses a victim
/// among the frames of the class; a block comes in without a mark, so what is looked up only once,
/// as by a scan, goes first. Slabs move to a class that evicts from classes that are hardly looked
/// up. When others need memory the coldest slabs are emptied and freed.
///
/// How to look up is told by the package.
///
/// **Why a lookup needs no lock.** It is a seqlock whose stamp is the slot. A handle is the number
/// of a frame and of a publication, and is never used twice (the number of the publication has 34
/// bits; to mistake one for another a lookup would have to sleep through a multiple of 17 billion
/// of them). The life of the content of a frame F for slot S, in program order or ordered by
/// [#lock]:
/// ```
/// W1  S = 0                   the block is evicted: Slab.withdraw
/// W2  releaseFence            in the thread that does W3: reserve, install
/// W3  plain writes to F       the next block; also the next slab of the same number
/// W4  S' = handle, release    publish
/// ```
/// and a lookup of S:
/// ```
/// R1  h = S, acquire          find
/// R2  plain reads of F
/// R3  acquireFence            holds
/// R4  S == h?
/// ```
/// *What it reads is there*: R1 reads what W4 of h's publication wrote, release to acquire, so all
/// of its W3 happen before R2. *Nothing newer is believed*: suppose R2 read a byte that a later W3
/// wrote. W1 comes before the fence W2 and so is visible to whoever sees what is written after it;
/// R4 comes after R2 by the fence R3; so R4 sees W1 or something later in S, and that is not h,
/// because h is not used again. Without R3 the compiler or the processor could do R4 first; without
/// W2 the bytes could become visible before the cleared slot; comparing a frame number only, R4
/// could take the second of two publications of the same block in the same frame for the first. The
/// argument covers every use of the memory: a chunk leaves the cache after W1 of all its frames,
/// under the lock, and the pool's own lock and the budget's atomic counters, which fence, hand it
/// on.
///
/// The mark of a lookup ([#touch]) is a racy byte; on a frame that has another block by now it
/// makes that one look wanted, no more. The fields of a [Slab] that lookups read are final or, like
/// the elements of [Slabs], written as F is, between W2 and W4: what was said of F holds for them.
///
/// **Locks.** `growth`, held while a chunk is allocated, before `lock`, held for the bookkeeping of
/// a miss (some tens of nanoseconds; a search for a victim is bounded), before the pool's. `lock`
/// guards everything that is not said to be otherwise.
public final class BlockCache implements AutoCloseable, MemoryBudget.Reclaimer {
    /// With fewer slabs than these a class without memory borrows larger frames of another.
    private static final int BORROW_SLABS = 16;

    /// How much larger they may be.
    private static final int BORROW_WASTE = 4;

    private final ChunkPool pool;
    private final long bytesMax;
    private final FrameSizes sizes;
    private final SizeClass[] classes;
    private final HitCounter hits = new HitCounter();

    private final ReentrantLock growth = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Slabs slabs = new Slabs();
    private long lastGeneration;
    private long misses;
    private long evictions;
    private long blocks;
    private boolean closed;

    /// A cache of at most `bytesMax` that takes its memory, chunk by chunk as it fills, from a
    /// pool. Whoever makes it names it as reclaimer of the pool's budget.
    public BlockCache(ChunkPool pool, long bytesMax) {
        this.pool = pool;
        this.bytesMax = bytesMax;
        int chunkBytes = pool.chunkBytes();
        sizes = new FrameSizes(chunkBytes);
        classes = new SizeClass[sizes.count()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = new SizeClass(sizes.bytes(i), chunkBytes);
        }
    }

    /// Slots for the blocks of a table that is opened, or null when the budget has no room for
    /// them.
    public @Nullable TableSlots register(int blocks) {
        return pool.budget().tryReserve(Use.TABLE, TableSlots.bytes(blocks))
                ? new TableSlots(blocks)
                : null;
    }

    /// Frees all frames of a table that is closed. Nobody looks up in it any more.
    public void release(TableSlots slots) {
        lock.lock();
        try {
            if (slots.released) {
                return;
            }
            slots.released = true;
            for (int i = 0; i < slots.blocks(); i++) {
                long handle = slots.get(i);
                if (handle != 0) {
                    Slab slab = slabs.of(handle);
                    slab.withdraw(Handle.index(handle));
                    slab.home.giveFree(Handle.frame(handle));
                    blocks--;
                }
            }
        } finally {
            lock.unlock();
        }
        pool.budget().release(Use.TABLE, TableSlots.bytes(slots.blocks()));
    }

    /// The memory in which the block of a handle, or a reserved frame, lies.
    public MemorySegment memory(long handle) {
        return slabs.of(handle).memory;
    }

    /// Where in [#memory] it begins.
    public long offset(long handle) {
        return (long) Handle.index(handle) * slabs.of(handle).frameBytes;
    }

    /// The length of the block of a handle.
    public int length(long handle) {
        return slabs.of(handle).lengths[Handle.index(handle)];
    }

    /// Marks a block as wanted, and counts a hit. A scan leaves it out, so as not to displace what
    /// others come back to. The handle may have become invalid since it was looked at, and its slab
    /// one of fewer frames: then some other frame is marked, or none.
    public void touch(long handle) {
        byte[] referenced = slabs.of(handle).referenced;
        int i = Handle.index(handle);
        if (i < referenced.length && referenced[i] == 0) {
            referenced[i] = 1;
        }
        hits.add();
    }

    /// A frame to fill with a block that was not found, for the caller alone until it calls
    /// [#publish] or [#discard]; or -1 when there is none, and the caller does without. Counts a
    /// miss.
    public int reserve(int bytes) {
        int sizeClass = sizes.classOf(bytes);
        int frame = sizeClass < 0 ? Handle.NONE : reserve(classes[sizeClass]);
        VarHandle.releaseFence(); // W2
        return frame;
    }

    private int reserve(SizeClass sizeClass) {
        lock.lock();
        try {
            misses++;
            int frame = closed ? Handle.NONE : sizeClass.takeFree();
            if (frame != Handle.NONE || closed || !hasRoom()) {
                return reserved(frame != Handle.NONE || closed ? frame : evict(sizeClass));
            }
        } finally {
            lock.unlock();
        }
        grow(sizeClass);
        lock.lock();
        try {
            int frame = closed ? Handle.NONE : sizeClass.takeFree();
            return reserved(frame != Handle.NONE || closed ? frame : evict(sizeClass));
        } finally {
            lock.unlock();
        }
    }

    private int reserved(int frame) {
        if (frame != Handle.NONE) {
            slabs.of(frame).reserve(Handle.index(frame));
        }
        return frame;
    }

    /// Puts the block that was written to a reserved frame into its slot. If another thread was
    /// faster, its copy stays and this one is dropped.
    ///
    /// @return the handle of the block in the slot, or 0 when the table or the cache is closed
    public long publish(TableSlots slots, int ordinal, int frame, int length) {
        lock.lock();
        try {
            Slab slab = slabs.of(frame);
            int i = Handle.index(frame);
            slab.unreserve(i);
            long present = closed || slots.released ? 0 : slots.get(ordinal);
            if (present != 0 || closed || slots.released) {
                abandon(slab, frame);
                return present;
            }
            slab.publish(i, slots, ordinal, length);
            blocks++;
            long handle;
            do {
                handle = Handle.of(++lastGeneration, frame);
            } while (handle == 0);
            slots.set(ordinal, handle); // W4
            return handle;
        } finally {
            lock.unlock();
        }
    }

    /// Gives a reserved frame back without a block.
    public void discard(int frame) {
        lock.lock();
        try {
            Slab slab = slabs.of(frame);
            slab.unreserve(Handle.index(frame));
            abandon(slab, frame);
        } finally {
            lock.unlock();
        }
    }

    private void abandon(Slab slab, int frame) {
        slab.home.giveFree(frame);
        if (closed && !slab.isBusy()) {
            giveBack(slab);
        }
    }

    private boolean hasRoom() {
        int chunk = pool.chunkBytes();
        MemoryBudget budget = pool.budget();
        return (slabs.count() + 1L) * chunk <= bytesMax
                && slabs.count() < Handle.SLABS_MAX
                && (budget.used(Use.POOL) >= chunk || budget.used() + chunk <= budget.limit());
    }

    /// Adds a slab, if there still is room. Memory is allocated outside of [#lock]: it takes long.
    private void grow(SizeClass sizeClass) {
        if (!growth.tryLock()) {
            return;
        }
        try {
            lock.lock();
            try {
                if (!hasRoom()) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            Chunk chunk = pool.take(Use.CACHE);
            if (chunk == null) {
                return;
            }
            lock.lock();
            try {
                if (closed) {
                    pool.give(Use.CACHE, chunk);
                } else {
                    slabs.install(chunk, sizeClass);
                }
            } finally {
                lock.unlock();
            }
        } finally {
            growth.unlock();
        }
    }

    /// A frame of the class, or in need of a larger one, that was taken from its block.
    private int evict(SizeClass sizeClass) {
        SizeClass from = sizeClass;
        if (sizeClass.slabs() == 0) {
            Slab victim = slabs.coldest(sizeClass);
            SizeClass larger = borrowable(sizeClass);
            if (victim != null && (larger == null || slabs.count() >= BORROW_SLABS)) {
                return steal(victim, sizeClass);
            }
            if (larger == null) {
                return Handle.NONE;
            }
            from = larger;
            int free = from.takeFree();
            if (free != Handle.NONE) {
                return free;
            }
        } else if (sizeClass.evictions >= sizeClass.framesPerSlab) {
            sizeClass.evictions = 0;
            Slab victim = slabs.cold(sizeClass);
            if (victim != null) {
                return steal(victim, sizeClass);
            }
        }
        int frame = from.evict();
        if (frame != Handle.NONE) {
            evictions++;
            blocks--;
        }
        return frame;
    }

    /// The next larger class with memory, unless its frames are too large by far: where there are
    /// few slabs, classes would do nothing but steal them from each other.
    private @Nullable SizeClass borrowable(SizeClass sizeClass) {
        for (SizeClass larger : classes) {
            if (larger.frameBytes > sizeClass.frameBytes && larger.slabs() > 0
                    && larger.frameBytes <= BORROW_WASTE * sizeClass.frameBytes) {
                return larger;
            }
        }
        return null;
    }

    private int steal(Slab victim, SizeClass thief) {
        empty(victim);
        slabs.drop(victim);
        slabs.install(victim.chunk, thief);
        return thief.takeFree();
    }

    private void empty(Slab slab) {
        for (int i = 0; i < slab.frames; i++) {
            if (slab.isLive(i)) {
                slab.withdraw(i);
                evictions++;
                blocks--;
            }
        }
    }

    private void giveBack(Slab slab) {
        slabs.drop(slab);
        pool.give(Use.CACHE, slab.chunk);
    }

    /// Empties cold slabs and frees their memory.
    @Override
    public long reclaim(long bytes) {
        if (growth.isHeldByCurrentThread()) {
            return 0;
        }
        long given = pool.trim(bytes);
        while (given < bytes) {
            lock.lock();
            try {
                Slab slab = closed ? null : slabs.coldest(null);
                if (slab == null) {
                    break;
                }
                empty(slab);
                giveBack(slab);
            } finally {
                lock.unlock();
            }
            given += pool.trim(bytes - given);
        }
        return given;
    }

    @Override
    public boolean handOver() {
        if (growth.isHeldByCurrentThread()) {
            return false;
        }
        lock.lock();
        try {
            Slab slab = closed ? null : slabs.coldest(null);
            if (slab != null) {
                empty(slab);
                giveBack(slab);
            }
            return slab != null;
        } finally {
            lock.unlock();
        }
    }

    /// How it is doing.
    public CacheStats stats() {
        lock.lock();
        try {
            return new CacheStats(
                    hits.sum(), misses, evictions, blocks,
                    (long) slabs.count() * pool.chunkBytes());
        } finally {
            lock.unlock();
        }
    }

    /// Empties it and gives its memory back; from now on nothing is found and nothing can be
    /// reserved. Frames that are being filled go when they are published or discarded.
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (Slab slab : slabs.all()) {
                empty(slab);
                if (!slab.isBusy()) {
                    giveBack(slab);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
