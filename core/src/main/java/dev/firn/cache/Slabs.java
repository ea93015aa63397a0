package dev.firn.cache;

import dev.firn.util.Chunk;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The slabs of the cache by number, and the choice of one to give up.
///
/// Guarded by the lock of the cache, but for [#of].
final class Slabs {
    private static final int CANDIDATES = 8;
    private static final int COLD = 8;

    /// A lookup reads it plainly, after it acquired a slot that was released after the write. A
    /// slab that went stays here until another takes its number.
    private @Nullable Slab[] slabs = new Slab[16];

    /// Numbers from here on were never used.
    private int end;

    private int count;
    private int hand;

    /// The slab a handle or a frame is in; for a handle that is not valid any more, any slab.
    Slab of(long handle) {
        Slab slab = slabs[Handle.slab(handle)];
        if (slab == null) {
            throw new IllegalArgumentException("no such frame");
        }
        return slab;
    }

    int count() {
        return count;
    }

    List<Slab> all() {
        return Stream.of(slabs).filter(Objects::nonNull).filter(slab -> !slab.gone).toList();
    }

    /// Makes a chunk a slab of a class.
    void install(Chunk chunk, SizeClass home) {
        VarHandle.releaseFence(); // W2, for the slab that had the number before
        int number = 0;
        for (Slab slab = slabs[0]; slab != null && !slab.gone; slab = slabs[number]) {
            if (++number == slabs.length) {
                slabs = Arrays.copyOf(slabs, number * 2);
            }
        }
        Slab slab = new Slab(number, chunk, home);
        slabs[number] = slab;
        end = Math.max(end, number + 1);
        count++;
        home.add(slab);
    }

    /// Lets go of a slab without live or busy frames; its chunk is the caller's.
    void drop(Slab slab) {
        slab.home.remove(slab);
        slab.gone = true;
        count--;
    }

    /// The next slab of another class, if hardly any of its frames was looked up since this was
    /// last asked about it; else its marks are cleared, and there is none this time.
    @Nullable
    Slab cold(SizeClass except) {
        for (int n = 0; n < end; n++) {
            Slab slab = next();
            if (slab != null && !slab.gone && slab.home != except && !slab.isBusy()) {
                if (slab.warmth() * COLD < slab.frames) {
                    return slab;
                }
                slab.cool();
                return null;
            }
        }
        return null;
    }

    /// Of the next few slabs, of other classes if one is given, the one with the fewest frames
    /// looked up; none when all have frames that are being filled.
    @Nullable
    Slab coldest(@Nullable SizeClass except) {
        Slab best = null;
        double bestWarmth = 0;
        int seen = 0;
        for (int n = 0; n < end && seen < CANDIDATES; n++) {
            Slab slab = next();
            if (slab != null && !slab.gone && slab.home != except && !slab.isBusy()) {
                seen++;
                double warmth = slab.live() == 0 ? -1 : (double) slab.warmth() / slab.frames;
                if (best == null || warmth < bestWarmth) {
                    best = slab;
                    bestWarmth = warmth;
                }
            }
        }
        return best;
    }

    private @Nullable Slab next() {
        hand = hand + 1 >= end ? 0 : hand + 1;
        return slabs[hand];
    }
}
