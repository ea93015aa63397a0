package dev.firn.cache;

import java.util.Arrays;

/// The slabs with frames of one size: their free frames, and the clock that finds a victim.
///
/// Guarded by the lock of the cache. Frames are named as in the cache: slab number and index.
final class SizeClass {
    /// So many marks are cleared in a search before it takes what comes, to bound its time.
    private static final int CLEARED_MAX = 4096;

    final int frameBytes;
    final int framesPerSlab;

    private Slab[] slabs = new Slab[0];
    private int[] free = new int[0];
    private int freeCount;
    private int handSlab;
    private int handFrame;

    /// Victims since the balance with other classes was looked at.
    int evictions;

    SizeClass(int frameBytes, int chunkBytes) {
        this.frameBytes = frameBytes;
        framesPerSlab = chunkBytes / frameBytes;
    }

    int slabs() {
        return slabs.length;
    }

    void add(Slab slab) {
        slabs = Arrays.copyOf(slabs, slabs.length + 1);
        slabs[slabs.length - 1] = slab;
        free = Arrays.copyOf(free, slabs.length * framesPerSlab);
        for (int i = framesPerSlab - 1; i >= 0; i--) {
            giveFree(Handle.frame(slab, i));
        }
    }

    /// Lets go of a slab without live or busy frames.
    void remove(Slab slab) {
        slabs = Arrays.stream(slabs).filter(s -> s != slab).toArray(Slab[]::new);
        int kept = 0;
        for (int i = 0; i < freeCount; i++) {
            if (Handle.slab(free[i]) != slab.number) {
                free[kept++] = free[i];
            }
        }
        freeCount = kept;
        handSlab = 0;
        handFrame = 0;
    }

    void giveFree(int frame) {
        free[freeCount++] = frame;
    }

    /// A free frame, or -1.
    int takeFree() {
        return freeCount > 0 ? free[--freeCount] : -1;
    }

    /// Withdraws a live frame that was not looked up lately and returns it, or -1 when there is
    /// none.
    int evict() {
        int cleared = 0;
        for (long left = 2L * slabs.length * framesPerSlab; left > 0; left--) {
            Slab slab = slabs[handSlab];
            int i = handFrame;
            if (++handFrame == slab.frames) {
                handFrame = 0;
                handSlab = handSlab + 1 == slabs.length ? 0 : handSlab + 1;
            }
            if (slab.isLive(i)) {
                if (slab.referenced[i] == 0 || cleared == CLEARED_MAX) {
                    slab.withdraw(i);
                    evictions++;
                    return Handle.frame(slab, i);
                }
                slab.referenced[i] = 0;
                cleared++;
            }
        }
        return -1;
    }
}
