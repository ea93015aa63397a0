package dev.firn.util;

import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Hands out native memory inside a [MemoryBudget]: chunks of one standard size, smaller pieces
/// whose sizes are powers of two, and larger ones of any size.
///
/// Everything allocated is reserved, also what waits in the pool, so resident memory and the
/// budget's figure agree, but for a few standard chunks that are *parked*: their bytes were needed
/// for something else (often on the heap, and only for a while), and the next one who needs a chunk
/// gets them back. Freeing memory waits for a handshake with every thread (tens of
/// microseconds and more) and leaves holes in the C library's heap, so all but the large ones are
/// kept for reuse, standard ones pass from hand to hand (the cache gives up its own first), and
/// memory is freed only when somebody needs the bytes in another size.
///
/// Any thread may call anything. One lock guards the lists of what waits; memory is allocated and
/// freed outside it.
public final class ChunkPool implements AutoCloseable {
    /// The smallest piece.
    private static final int PIECE_BYTES_MIN = 1 << 10;

    /// Which part of the budget may be resident besides it.
    private static final int PARKED_SHARE = 16;

    private final MemoryBudget budget;
    private final int chunkBytes;
    private final ReentrantLock lock = new ReentrantLock();

    /// What waits, by the logarithm of its size.
    private final List<ArrayDeque<Chunk>> free = new ArrayList<>();

    /// Standard chunks that are not reserved; a bounded number.
    private final ArrayDeque<Chunk> parked = new ArrayDeque<>();

    private final int parkedMax;
    private boolean closed;

    /// A pool of chunks of `chunkBytes`, a power of two, inside the budget.
    public ChunkPool(MemoryBudget budget, int chunkBytes) {
        if (Integer.bitCount(chunkBytes) != 1 || chunkBytes < PIECE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "chunk size must be a power of two from " + PIECE_BYTES_MIN + " on, not "
                            + chunkBytes);
        }
        this.budget = budget;
        this.chunkBytes = chunkBytes;
        this.parkedMax = (int) Math.min(64, budget.limit() / PARKED_SHARE / chunkBytes);
        for (int i = 0; i <= Integer.numberOfTrailingZeros(chunkBytes); i++) {
            free.add(new ArrayDeque<>());
        }
    }

    /// The budget everything here is reserved in.
    public MemoryBudget budget() {
        return budget;
    }

    /// The size of a standard chunk.
    public int chunkBytes() {
        return chunkBytes;
    }

    /// How large a piece is that was asked for with so many bytes.
    public long pieceBytes(long bytes) {
        if (bytes > chunkBytes) {
            return bytes;
        }
        return bytes <= PIECE_BYTES_MIN ? PIECE_BYTES_MIN : Long.highestOneBit(2 * bytes - 1);
    }

    /// A standard chunk, recycled or new, or null when the budget has no room for one (the cache
    /// has been asked to shrink by then).
    public @Nullable Chunk take(Use use) {
        return take(use, chunkBytes);
    }

    /// A piece of at least so many bytes, recycled or new, or null when the budget has no room for
    /// it.
    public @Nullable Chunk take(Use use, long bytes) {
        long size = pieceBytes(bytes);
        Chunk recycled = recycled(use, size);
        if (recycled == null && budget.tryReserveNow(use, size)) {
            return allocate(use, size);
        }
        if (recycled == null && size == chunkBytes) {
            recycled = claim(use);
        }
        if (recycled == null && reserve(use, size)) {
            return allocate(use, size);
        }
        return recycled == null ? recycled(use, size) : recycled;
    }

    /// A standard chunk that waits in the pool, or one that the cache gives up; null when there is
    /// none.
    @Nullable
    Chunk claim(Use use) {
        Chunk chunk = recycled(use, chunkBytes);
        while (chunk == null && budget.handOver()) {
            chunk = recycled(use, chunkBytes);
        }
        return chunk;
    }

    private @Nullable Chunk recycled(Use use, long size) {
        Chunk chunk = poll(size);
        if (chunk != null) {
            budget.transfer(Use.POOL, use, size);
        }
        return chunk;
    }

    /// Reserves bytes for pieces that [#takeReserved] takes later, whose sizes are powers of two or
    /// larger than a standard chunk.
    ///
    /// @return whether the budget has room for them
    boolean reserve(Use use, long bytes) {
        if (budget.tryReserve(use, bytes)) {
            return true;
        }
        trim(bytes);
        return budget.tryReserve(use, bytes);
    }

    /// A piece of any size that is reserved already.
    Chunk takeReserved(Use use, long bytes) {
        Chunk recycled = poll(bytes);
        if (recycled != null) {
            budget.release(Use.POOL, bytes);
            return recycled;
        }
        return allocate(use, bytes);
    }

    /// Takes a chunk back from its owner, which must not touch it any more.
    public void give(Use use, Chunk chunk) {
        long size = chunk.bytes();
        if (size <= chunkBytes && offer(use, chunk)) {
            return;
        }
        chunk.free();
        budget.release(use, size);
    }

    private boolean offer(Use use, Chunk chunk) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            budget.transfer(use, Use.POOL, chunk.bytes());
            list(chunk.bytes()).push(chunk);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Frees what waits, large pieces first, until at least `bytes` are released or nothing is
    /// left.
    ///
    /// @return how many bytes were released
    public long trim(long bytes) {
        long released = 0;
        for (long size = chunkBytes; size >= PIECE_BYTES_MIN; size /= 2) {
            Chunk chunk = released < bytes ? poll(size) : null;
            while (chunk != null) {
                park(chunk);
                budget.release(Use.POOL, size);
                released += size;
                chunk = released < bytes ? poll(size) : null;
            }
        }
        return released;
    }

    /// Keeps or frees a chunk whose reservation is for something else now.
    void park(Chunk chunk) {
        lock.lock();
        try {
            if (chunk.bytes() == chunkBytes && parked.size() < parkedMax && !closed) {
                parked.push(chunk);
                return;
            }
        } finally {
            lock.unlock();
        }
        chunk.free();
    }

    private @Nullable Chunk unpark() {
        lock.lock();
        try {
            return parked.poll();
        } finally {
            lock.unlock();
        }
    }

    private Chunk allocate(Use use, long bytes) {
        Chunk again = bytes == chunkBytes ? unpark() : null;
        if (again != null) {
            return again;
        }
        try {
            return new Chunk(bytes);
        } catch (Throwable t) {
            budget.release(use, bytes);
            throw t;
        }
    }

    private ArrayDeque<Chunk> list(long size) {
        return free.get(Long.numberOfTrailingZeros(size));
    }

    private @Nullable Chunk poll(long size) {
        if (size > chunkBytes) {
            return null;
        }
        lock.lock();
        try {
            return list(size).poll();
        } finally {
            lock.unlock();
        }
    }

    /// Frees the pooled chunks; what is given back later is freed at once.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        trim(Long.MAX_VALUE);
        for (Chunk chunk = unpark(); chunk != null; chunk = unpark()) {
            chunk.free();
        }
    }
}
