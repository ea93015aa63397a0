package dev.firn.cursor;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A copy of one key in native memory, for what outlives the move of the cursor it was read from.
///
/// Keys are copied and compared by whole words: at 16 bytes a bulk copy costs more in its checks
/// than in its bytes. One thread.
public final class KeyBuffer {
    private static final int BYTES_MIN = 128;

    private final Scratch scratch;
    private MemorySegment memory;
    private int length;

    /// An empty key in memory of the scratch.
    public KeyBuffer(Scratch scratch) {
        this.scratch = scratch;
        memory = scratch.take(BYTES_MIN);
    }

    /// The memory that holds the key, from offset 0 on; another one after a longer key.
    public MemorySegment memory() {
        return memory;
    }

    /// The key's length in bytes.
    public int length() {
        return length;
    }

    /// Copies the key the cursor is at.
    public void copyOf(EntryCursor cursor) {
        set(cursor.keyMemory(), cursor.keyOffset(), cursor.keyLength());
    }

    /// Copies a key of the heap.
    public void set(byte[] key) {
        room(key.length);
        Bytes.copy(key, 0, memory, 0, key.length);
        length = key.length;
    }

    /// Copies a key.
    public void set(MemorySegment from, long at, int keyLength) {
        room(keyLength);
        MemorySegment to = memory;
        length = keyLength;
        if (keyLength >= 8) {
            int last = keyLength - 8;
            for (int i = 0; i < last; i += 8) {
                to.set(Bytes.LONG, i, from.get(Bytes.LONG, at + i));
            }
            to.set(Bytes.LONG, last, from.get(Bytes.LONG, at + last));
        } else {
            for (int i = 0; i < keyLength; i++) {
                to.set(ValueLayout.JAVA_BYTE, i, from.get(ValueLayout.JAVA_BYTE, at + i));
            }
        }
    }

    /// Whether the cursor is at the same key.
    public boolean isKeyOf(EntryCursor cursor) {
        int n = length;
        if (cursor.keyLength() != n) {
            return false;
        }
        MemorySegment other = cursor.keyMemory();
        long at = cursor.keyOffset();
        if (n < 8) {
            for (int i = 0; i < n; i++) {
                if (memory.get(ValueLayout.JAVA_BYTE, i)
                        != other.get(ValueLayout.JAVA_BYTE, at + i)) {
                    return false;
                }
            }
            return true;
        }
        // Sorted neighbours differ at the end, if at all, so the last word is looked at first.
        int last = n - 8;
        if (memory.get(Bytes.LONG, last) != other.get(Bytes.LONG, at + last)) {
            return false;
        }
        for (int i = 0; i < last; i += 8) {
            if (memory.get(Bytes.LONG, i) != other.get(Bytes.LONG, at + i)) {
                return false;
            }
        }
        return true;
    }

    private void room(int bytes) {
        if (bytes > memory.byteSize()) {
            memory = scratch.take(Math.max(bytes, 2 * memory.byteSize()));
        }
    }
}
