package dev.firn.util;

import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Hands out native memory inside a [MemoryBudget]: chunks of one standard size, which are
/// recycled, and pieces of other sizes, which are not.
///
/// Everything allocated is reserved, also what waits in the pool, so resident memory and the
/// budget's figure agree. Freeing memory waits for a handshake with every thread (tens of
/// microseconds), so standard chunks are kept for reuse and freed only when somebody else needs the
/// bytes.
///
/// Any thread may call anything. One lock guards the list of free chunks; memory is allocated and
/// freed outside it.
public final class ChunkPool implements AutoCloseable {
    private final MemoryBudget budget;
    private final int chunkBytes;
    private final ArrayDeque<Chunk> free = new ArrayDeque<>();
    private boolean closed;

    /// A pool of chunks of `chunkBytes`, a power of two, inside the budget.
    public ChunkPool(MemoryBudget budget, int chunkBytes) {
        if (Integer.bitCount(chunkBytes) != 1) {
            throw new IllegalArgumentException(
                    "chunk size must be a power of two, not " + chunkBytes);
        }
        this.budget = budget;
        this.chunkBytes = chunkBytes;
    }

    /// The budget everything here is reserved in.
    public MemoryBudget budget() {
        return budget;
    }

    /// The size of a standard chunk.
    public int chunkBytes() {
        return chunkBytes;
    }

    /// A standard chunk, recycled or new, or null when the budget has no room for one (the cache
    /// has been asked to shrink by then).
    public @Nullable Chunk take(Use use) {
        Chunk recycled = poll();
        if (recycled != null) {
            budget.transfer(Use.POOL, use, chunkBytes);
            return recycled;
        }
        if (budget.tryReserve(use, chunkBytes)) {
            return allocate(use, chunkBytes);
        }
        recycled = poll();
        if (recycled != null) {
            budget.transfer(Use.POOL, use, chunkBytes);
        }
        return recycled;
    }

    /// A piece of any size, or null when the budget has no room for it.
    public @Nullable Chunk take(Use use, long bytes) {
        if (bytes == chunkBytes) {
            return take(use);
        }
        if (!budget.tryReserve(use, bytes)) {
            trim(bytes);
            if (!budget.tryReserve(use, bytes)) {
                return null;
            }
        }
        return allocate(use, bytes);
    }

    /// Takes a chunk back from its owner, which must not touch it any more.
    public void give(Use use, Chunk chunk) {
        if (chunk.bytes() == chunkBytes) {
            budget.transfer(use, Use.POOL, chunkBytes);
            synchronized (free) {
                if (!closed) {
                    free.push(chunk);
                    return;
                }
            }
            chunk.free();
            budget.release(Use.POOL, chunkBytes);
        } else {
            chunk.free();
            budget.release(use, chunk.bytes());
        }
    }

    /// Frees pooled chunks until at least `bytes` are released or none is left.
    ///
    /// @return how many bytes were released
    public long trim(long bytes) {
        long released = 0;
        while (released < bytes) {
            Chunk chunk = poll();
            if (chunk == null) {
                break;
            }
            chunk.free();
            budget.release(Use.POOL, chunkBytes);
            released += chunkBytes;
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

    private @Nullable Chunk poll() {
        synchronized (free) {
            return free.poll();
        }
    }

    /// Frees the pooled chunks; chunks given back later are freed at once.
    @Override
    public void close() {
        synchronized (free) {
            closed = true;
        }
        trim(Long.MAX_VALUE);
    }
}
