package dev.firn.cache;

import dev.firn.util.Chunk;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A chunk cut into frames of one size, and what is known of each frame.
///
/// A frame is *free*, *busy* (somebody fills it) or *live* (published in a slot of its owner). The
/// final fields and `lengths` are read by lookups without a lock; `referenced` is written by them
/// too, racily: a lost or a late mark costs nothing but a slightly worse choice of a victim. All
/// else is guarded by the lock of the cache.
final class Slab {
    final int number;
    final Chunk chunk;
    final MemorySegment memory;
    final SizeClass home;
    final int frameBytes;
    final int frames;

    /// The length of each live block.
    final int[] lengths;

    /// 1 when the block was looked up since the clock hand last passed.
    final byte[] referenced;

    private final @Nullable TableSlots[] owners;
    private final int[] ordinals;
    private final boolean[] busy;
    private int busyCount;
    private int liveCount;

    /// Not a part of the cache any more: the chunk has another use.
    boolean gone;

    Slab(int number, Chunk chunk, SizeClass home) {
        this.number = number;
        this.chunk = chunk;
        this.home = home;
        memory = chunk.memory();
        frameBytes = home.frameBytes;
        frames = home.framesPerSlab;
        lengths = new int[frames];
        referenced = new byte[frames];
        owners = new TableSlots[frames];
        ordinals = new int[frames];
        busy = new boolean[frames];
    }

    void reserve(int frame) {
        busy[frame] = true;
        busyCount++;
    }

    /// Ends a reservation; it has to be one.
    void unreserve(int frame) {
        if (!busy[frame]) {
            throw new IllegalStateException("frame is not reserved");
        }
        busy[frame] = false;
        busyCount--;
    }

    void publish(int frame, TableSlots owner, int ordinal, int length) {
        owners[frame] = owner;
        ordinals[frame] = ordinal;
        lengths[frame] = length;
        referenced[frame] = 0;
        liveCount++;
    }

    /// Takes a live frame from its owner; readers that still look at it will see that.
    void withdraw(int frame) {
        TableSlots owner = owners[frame];
        if (owner != null) {
            owner.set(ordinals[frame], 0); // W1
            owners[frame] = null;
            liveCount--;
        }
    }

    boolean isLive(int frame) {
        return owners[frame] != null;
    }

    boolean isBusy(int frame) {
        return busy[frame];
    }

    boolean isBusy() {
        return busyCount > 0;
    }

    int live() {
        return liveCount;
    }

    /// How many frames were looked up since their marks were cleared.
    int warmth() {
        int sum = 0;
        for (byte mark : referenced) {
            sum += mark;
        }
        return sum;
    }

    void cool() {
        Arrays.fill(referenced, (byte) 0);
    }
}
