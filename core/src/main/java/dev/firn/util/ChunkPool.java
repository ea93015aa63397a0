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
/// budget's figure agree. Freeing memory waits for a handshake with every thread (tens of
/// microseconds and more), so all but the large ones are kept for reuse, and freed only when
/// somebody else needs the bytes.
///
/// Any thread may call anything. One lock guards the lists of what waits; memory is allocated and
/// freed outside it.
public final class ChunkPool implements AutoCloseable {
    /// The smallest piece.
    private static final int PIECE_BYTES_MIN = 1 << 10;

    private final MemoryBudget budget;
    private final int chunkBytes;
    private final ReentrantLock lock = new ReentrantLock();

    /// What waits, by the logarithm of its size.
    private final List<ArrayDeque<Chunk>> free = new ArrayList<>();

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
        Chunk recycled = poll(size);
        if (recycled == null) {
            if (reserve(use, size)) {
                return allocate(use, size);
            }
            recycled = poll(size);
        }
        if (recycled != null) {
            budget.transfer(Use.POOL, use, size);
        }
        return recycled;
    }

    /// Reserves bytes for pieces that [#takeReserved] takes later, whose sizes are powers of two or
    /// larger than a standard chunk.
    ///
    /// @return whether the budget has room for them
    public boolean reserve(Use use, long bytes) {
        if (budget.tryReserve(use, bytes)) {
            return true;
        }
        trim(bytes);
        return budget.tryReserve(use, bytes);
    }

    /// A piece of any size that is reserved already.
    public Chunk takeReserved(Use use, long bytes) {
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
                chunk.free();
                budget.release(Use.POOL, size);
                released += size;
                chunk = released < bytes ? poll(size) : null;
            }
        }
        return released;
    }

    private Chunk allocate(Use use, long bytes) {
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
    }
}
