package dev.firn.cache;

import java.util.Arrays;

/// The sizes of frames a chunk is cut into: four to a doubling, from 1 KiB to the whole chunk.
///
/// A frame is at most a quarter larger than the next smaller one (the few that are a large part of
/// a chunk apart), so a block wastes a fifth of its frame at worst and a tenth on average. A round
/// number, 4 or 32 KiB, is a size of its own.
final class FrameSizes {
    /// The smallest frame holds that much.
    static final int BLOCK_BYTES_MIN = 1024;

    private static final int PER_DOUBLING = 4;
    private static final int LINE = 64;

    private final int[] bytes;

    FrameSizes(int chunkBytes) {
        if (chunkBytes < BLOCK_BYTES_MIN || chunkBytes / BLOCK_BYTES_MIN > Handle.FRAMES_MAX) {
            throw new IllegalArgumentException("no frames for chunks of " + chunkBytes);
        }
        int[] sizes = new int[PER_DOUBLING * Integer.SIZE];
        int n = 0;
        for (int base = BLOCK_BYTES_MIN; base < chunkBytes; base *= 2) {
            for (int quarter = 0; quarter < PER_DOUBLING; quarter++) {
                int frames = chunkBytes / (base + base / PER_DOUBLING * quarter);
                // The remainder of the chunk is shared out among the frames.
                int size = chunkBytes / frames & -LINE;
                if (n == 0 || size > sizes[n - 1]) {
                    sizes[n++] = size;
                }
            }
        }
        if (n == 0 || sizes[n - 1] < chunkBytes) {
            sizes[n++] = chunkBytes;
        }
        bytes = Arrays.copyOf(sizes, n);
    }

    int count() {
        return bytes.length;
    }

    /// The frame size of a class.
    int bytes(int sizeClass) {
        return bytes[sizeClass];
    }

    /// The class with the smallest frame that holds a block, or -1 when it is larger than a chunk.
    int classOf(int blockBytes) {
        int i = Arrays.binarySearch(bytes, blockBytes);
        int found = i >= 0 ? i : -i - 1;
        return found < bytes.length ? found : -1;
    }
}
