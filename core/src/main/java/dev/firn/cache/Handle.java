package dev.firn.cache;

/// How a frame and a publication in it are named by a number.
///
/// A *frame* is `slab number << 12 | index in the slab`, 30 bits. A *handle* is `generation << 30 |
/// frame`, where the generation, 34 bits, counts publications; a frame number is good wherever a
/// handle is that only leads to the memory. 0 is no handle.
final class Handle {
    /// What stands for no frame.
    static final int NONE = -1;

    /// The most frames of a slab.
    static final int FRAMES_MAX = 1 << 12;

    /// The most slabs.
    static final int SLABS_MAX = 1 << 18;

    private static final int INDEX_BITS = 12;
    private static final int FRAME_BITS = 30;

    private Handle() {}

    static int frame(Slab slab, int index) {
        return slab.number << INDEX_BITS | index;
    }

    static long of(long generation, int frame) {
        return generation << FRAME_BITS | frame;
    }

    static int frame(long handle) {
        return (int) handle & (1 << FRAME_BITS) - 1;
    }

    static int slab(long handle) {
        return (int) handle >>> INDEX_BITS & SLABS_MAX - 1;
    }

    static int index(long handle) {
        return (int) handle & FRAMES_MAX - 1;
    }
}
