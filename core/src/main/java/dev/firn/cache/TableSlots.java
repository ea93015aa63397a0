package dev.firn.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Where the blocks of one open table are in the cache: one slot a block, by the block's ordinal.
/// It takes the place of a hash table.
///
/// A slot holds the *handle* of the cached block, or 0. A handle names a frame and is used once:
/// when the frame is given to another block, or to the same block again, that has a new handle. So
/// an unchanged slot says that the frame's content did not change either; see [BlockCache] for the
/// protocol. The slot is written by the cache only.
public final class TableSlots {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] slots;

    /// No block is published for the table any more. Guarded by the cache's lock.
    boolean released;

    TableSlots(int blocks) {
        slots = new long[blocks];
    }

    /// What the slots take in the budget.
    static long bytes(int blocks) {
        return 8L * blocks + 48;
    }

    /// The handle of a cached block, or 0 when it is not in the cache.
    public long find(int ordinal) {
        return (long) SLOT.getAcquire(slots, ordinal); // R1
    }

    /// Whether everything read through the handle since it was found is what was published. Nothing
    /// that was read may be believed before this says so.
    public boolean holds(int ordinal, long handle) {
        VarHandle.acquireFence(); // R3
        return (long) SLOT.getOpaque(slots, ordinal) == handle; // R4
    }

    /// How many blocks the table has.
    public int blocks() {
        return slots.length;
    }

    void set(int ordinal, long handle) {
        SLOT.setRelease(slots, ordinal, handle);
    }

    long get(int ordinal) {
        return (long) SLOT.getOpaque(slots, ordinal);
    }
}
