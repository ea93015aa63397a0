package dev.firn.engine;

import dev.firn.cursor.ValueTarget;
import dev.firn.sstable.ReadScratch;
import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What one read needs while it runs: buffers, and the mark that it runs.
///
/// `state` is even when the context is free and odd while a thread reads with it; it only grows. A
/// thread takes a context by compare-and-set, which is also the fence between the mark and the read
/// of the view that follows; it gives it back with a release store. See [ReadContexts].
final class ReadContext {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ReadContext.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The mark is written at every read by one thread and rarely read by others; the fields around
    // it keep it off the cache lines of other contexts.
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6;

    private volatile long state;

    @SuppressWarnings("unused")
    private long q0, q1, q2, q3, q4, q5, q6;

    final ReadScratch scratch;
    final ValueTarget target = new ValueTarget();
    private byte[] key = new byte[256];

    ReadContext(ReadScratch scratch) {
        this.scratch = scratch;
    }

    boolean tryEnter() {
        long s = state;
        return (s & 1) == 0 && STATE.compareAndSet(this, s, s + 1);
    }

    void exit() {
        target.clear();
        STATE.setRelease(this, (long) STATE.get(this) + 1);
    }

    long mark() {
        return state;
    }

    /// The bytes of a caller's key in an array that is good until the context is given back.
    byte[] keyOf(MemorySegment source, int length) {
        if (key.length < length) {
            key = new byte[Math.max(length, 2 * key.length)];
        }
        Bytes.copy(source, 0, key, 0, length);
        return key;
    }
}
