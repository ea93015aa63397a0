package dev.firn.cursor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where a point read puts the value it finds: a new array, the caller's memory, or nowhere.
///
/// Reused from read to read, so that a read into the caller's memory allocates nothing. The source
/// calls [#accept] (small values) or [#begin] and writes to what that returns (large ones); either
/// may be called again when a read has to start over, the last call counts. One thread.
public final class ValueTarget {
    private enum Mode {
        ARRAY,
        MEMORY,
        LENGTH
    }

    private Mode mode = Mode.LENGTH;
    private @Nullable MemorySegment memory;
    private byte @Nullable [] array;
    private int length = -1;

    /// The value shall go to a new array, see [#array].
    public void toArray() {
        mode = Mode.ARRAY;
        memory = null;
        array = null;
        length = -1;
    }

    /// The value shall go to the start of `target`, if it fits; else only its length is kept.
    public void toMemory(MemorySegment target) {
        mode = Mode.MEMORY;
        memory = target;
        array = null;
        length = -1;
    }

    /// Only the value's length is of interest.
    public void toLength() {
        mode = Mode.LENGTH;
        memory = null;
        array = null;
        length = -1;
    }

    /// Takes a value that lies in one piece, copying it.
    public void accept(MemorySegment source, long at, int valueLength) {
        MemorySegment target = begin(valueLength);
        if (target != null) {
            MemorySegment.copy(source, at, target, 0, valueLength);
        }
    }

    /// Takes the length of a value that comes in pieces.
    ///
    /// @return where to write the bytes (from offset 0), or null when they are not wanted
    public @Nullable MemorySegment begin(int valueLength) {
        length = valueLength;
        return switch (mode) {
            case ARRAY -> {
                byte[] a = new byte[valueLength];
                array = a;
                yield MemorySegment.ofArray(a);
            }
            case MEMORY -> {
                MemorySegment m = memory;
                yield m != null && m.byteSize() >= valueLength ? m : null;
            }
            case LENGTH -> null;
        };
    }

    /// The new array, after [#toArray] and a value; null when there was none.
    @SuppressWarnings("MissingDefensiveCopy")
    public byte @Nullable [] array() {
        return array;
    }

    /// The value's length, or -1 when there was none.
    public int length() {
        return length;
    }

    /// Forgets the caller's memory and the value.
    public void clear() {
        toLength();
    }
}
