package dev.firn.util;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A piece of native memory with an owner, which gives it back through [ChunkPool#give].
///
/// Its content is whatever the last owner left: whoever takes it initialises what it reads.
public final class Chunk {
    private final Arena arena;
    private final MemorySegment memory;

    Chunk(long bytes) {
        arena = Arena.ofShared();
        memory = arena.allocate(bytes, 64);
    }

    /// The memory, aligned to 64 bytes.
    public MemorySegment memory() {
        return memory;
    }

    /// Its size.
    public long bytes() {
        return memory.byteSize();
    }

    void free() {
        arena.close();
    }
}
