package dev.firn.sstable;

import dev.firn.util.Chunk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A native buffer that grows when it must, from a [BufferPool]. Its owner is one cursor or one
/// [ReadScratch]. One thread.
final class BlockBuffer {
    /// More than was asked for, so that eight bytes may be read or written anywhere.
    private static final int SLACK = 16;

    /// So large that the bounds are not what an access fails at first.
    private static final int CLOSED_BYTES = 64 << 10;

    private static final MemorySegment CLOSED = closedMemory();

    private final BufferPool pool;
    private @Nullable Chunk chunk;
    private MemorySegment memory = MemorySegment.NULL;

    BlockBuffer(BufferPool pool) {
        this.pool = pool;
    }

    private static MemorySegment closedMemory() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(CLOSED_BYTES);
        }
    }

    /// Makes it hold at least so many bytes. The content is lost when it grows.
    MemorySegment room(int bytes) {
        if (memory.byteSize() < (long) bytes + SLACK) {
            close();
            Chunk larger = pool.take(bytes + SLACK);
            chunk = larger;
            memory = larger.memory();
        }
        return memory;
    }

    /// The memory; after [#close] one whose use is an [IllegalStateException].
    MemorySegment memory() {
        return memory;
    }

    /// Gives the memory back. It may be used again after [#room].
    void close() {
        if (chunk != null) {
            pool.give(chunk);
            chunk = null;
        }
        memory = CLOSED;
    }
}
