package dev.firn.sstable;

import java.lang.foreign.MemorySegment;

/// Where a block can be read at the moment, and what has to happen afterwards; see [BlockSource].
/// One thread.
final class BlockView {
    /// How the block came here.
    enum Origin {
        /// Nothing is viewed.
        NONE,
        /// A frame of the cache that may be overwritten at any time: what was read counts only if
        /// the slot has not changed meanwhile.
        CACHED,
        /// A frame of the cache that is ours until we publish it.
        RESERVED,
        /// Memory of the scratch.
        OWN
    }

    Origin origin = Origin.NONE;
    MemorySegment memory = MemorySegment.NULL;
    long base;
    int length;
    int ordinal;
    long cacheHandle;
    int frame;

    void clear() {
        origin = Origin.NONE;
        memory = MemorySegment.NULL;
    }
}
