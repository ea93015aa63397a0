package dev.firn.sstable;

import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Native buffers of cursors and reads, which are kept for the next one: allocating memory clears
/// it, and freeing it waits for every thread. Sizes are powers of two.
///
/// All of it, also what waits here, is reserved as [Use#CURSOR]. Any thread may call anything.
public final class BufferPool implements AutoCloseable {
    private static final int BYTES_MIN = 8 << 10;

    private final ChunkPool chunks;
    private final long idleMax;
    private final ArrayDeque<Chunk>[] idle;
    private long idleBytes;
    private boolean closed;

    /// A pool that keeps at most `idleMax` bytes for later.
    public BufferPool(ChunkPool chunks, long idleMax) {
        this.chunks = chunks;
        this.idleMax = idleMax;
        @SuppressWarnings({"unchecked", "rawtypes"})
        ArrayDeque<Chunk>[] lists = new ArrayDeque[31];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = new ArrayDeque<>();
        }
        idle = lists;
    }

    /// The pool that the memory comes from.
    ChunkPool chunks() {
        return chunks;
    }

    /// A buffer of at least so many bytes, its content undefined.
    ///
    /// @throws dev.firn.FirnException of kind `OUT_OF_MEMORY` when the budget has no room
    Chunk take(int bytes) {
        int sizeClass = sizeClass(Math.max(bytes, BYTES_MIN));
        synchronized (idle) {
            Chunk chunk = idle[sizeClass].poll();
            if (chunk != null) {
                idleBytes -= chunk.bytes();
                return chunk;
            }
        }
        Chunk chunk = allocate(1L << sizeClass);
        if (chunk == null) {
            trim();
            chunk = allocate(1L << sizeClass);
        }
        if (chunk == null) {
            throw Reservation.outOfMemory(1L << sizeClass, chunks.budget());
        }
        return chunk;
    }

    private @Nullable Chunk allocate(long bytes) {
        return chunks.take(Use.CURSOR, bytes);
    }

    /// Takes a buffer back.
    void give(Chunk chunk) {
        synchronized (idle) {
            if (!closed && idleBytes + chunk.bytes() <= idleMax) {
                idle[sizeClass(chunk.bytes())].push(chunk);
                idleBytes += chunk.bytes();
                return;
            }
        }
        chunks.give(Use.CURSOR, chunk);
    }

    private static int sizeClass(long bytes) {
        return 64 - Long.numberOfLeadingZeros(bytes - 1);
    }

    /// Frees what waits.
    public void trim() {
        for (ArrayDeque<Chunk> list : idle) {
            Chunk chunk = poll(list);
            while (chunk != null) {
                chunks.give(Use.CURSOR, chunk);
                chunk = poll(list);
            }
        }
    }

    private @Nullable Chunk poll(ArrayDeque<Chunk> list) {
        synchronized (idle) {
            Chunk chunk = list.poll();
            idleBytes -= chunk == null ? 0 : chunk.bytes();
            return chunk;
        }
    }

    /// Frees what waits; what is given back later is freed at once.
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
        }
        trim();
    }
}
