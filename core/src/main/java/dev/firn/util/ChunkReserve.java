package dev.firn.util;

import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Memory that is set aside for its owner before it needs it: bytes of the budget, and chunks as
/// they are.
///
/// When the budget is full, chunks that wait in the pool or can be had from the cache are taken
/// over whole. Freeing them and allocating others instead would leave holes in the C library's
/// heap: measured, a third more resident memory than the budget after some gigabytes of writes. One
/// thread at a time.
public final class ChunkReserve {
    private final ChunkPool pool;
    private final Use use;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

    /// Reserved bytes that no chunk stands for.
    private long bytes;

    /// Nothing set aside yet.
    public ChunkReserve(ChunkPool pool, Use use) {
        this.pool = pool;
        this.use = use;
    }

    /// Sets so many bytes aside, with those that are already.
    ///
    /// @return false when they cannot be had; then nothing is set aside any more
    public boolean ensure(long wanted) {
        long missing = wanted - bytes - (long) chunks.size() * pool.chunkBytes();
        while (missing > 0) {
            if (pool.budget().tryReserveNow(use, missing)) {
                bytes += missing;
                return true;
            }
            Chunk chunk = pool.claim(use);
            if (chunk == null) {
                break;
            }
            chunks.push(chunk);
            missing -= pool.chunkBytes();
        }
        if (missing > 0 && !pool.reserve(use, missing)) {
            release();
            return false;
        }
        bytes += Math.max(0, missing);
        return true;
    }

    /// A piece of a size that [ChunkPool#pieceBytes] gave, out of what is set aside if that is
    /// enough, else of the pool; null when the budget has no room.
    public @Nullable Chunk take(long size) {
        if (size == pool.chunkBytes() && !chunks.isEmpty()) {
            return chunks.pop();
        }
        while (bytes < size && !chunks.isEmpty()) {
            Chunk chunk = chunks.pop();
            bytes += chunk.bytes();
            pool.park(chunk);
        }
        if (bytes >= size) {
            bytes -= size;
            return pool.takeReserved(use, size);
        }
        return pool.take(use, size);
    }

    /// Gives everything back that is still set aside.
    public void release() {
        while (!chunks.isEmpty()) {
            pool.give(use, chunks.pop());
        }
        if (bytes > 0) {
            pool.budget().release(use, bytes);
            bytes = 0;
        }
    }
}
