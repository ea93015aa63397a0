package dev.firn.engine;

import dev.firn.cursor.VisibleCursor;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Some consecutive entries of a scan in ascending order, copied out of their sources.
final class EntryBatch {
    /// A larger value is not copied but read when it is asked for.
    private static final int VALUE_BYTES_MAX = 64 << 10;

    /// No entry is added to a batch of this size.
    private static final int FULL_BYTES = 64 << 10;

    private static final int FIELDS = 4;

    private byte[] bytes = new byte[4096];
    private MemorySegment memory = MemorySegment.ofArray(bytes);

    /// Per entry: key index, key length, value index or -1, value length.
    private int[] places = new int[FIELDS * 16];

    private int used;
    private int count;
    private boolean first;
    private boolean last;

    /// Copies entries going forward from where the cursor is.
    ///
    /// @param found whether it is at an entry
    /// @param fromStart whether that is the first entry of the range
    void fillForward(VisibleCursor cursor, boolean found, int entries, boolean fromStart)
            throws IOException {
        clear();
        boolean more = found;
        while (more) {
            add(cursor);
            if (count == entries || used >= FULL_BYTES) {
                break;
            }
            more = cursor.next();
        }
        first = fromStart;
        last = !more;
    }

    /// Copies entries going backward from where the cursor is.
    ///
    /// @param fromEnd whether that is the last entry of the range
    void fillBackward(VisibleCursor cursor, boolean found, int entries, boolean fromEnd)
            throws IOException {
        clear();
        boolean more = found;
        while (more) {
            add(cursor);
            if (count == entries || used >= FULL_BYTES) {
                break;
            }
            more = cursor.previous();
        }
        last = fromEnd;
        first = !more;
        reverse();
    }

    private void clear() {
        used = 0;
        count = 0;
        first = false;
        last = false;
    }

    private void add(VisibleCursor cursor) throws IOException {
        int keyLength = cursor.keyLength();
        int valueLength = cursor.valueLength();
        boolean withValue = valueLength <= VALUE_BYTES_MAX;
        reserve(keyLength + (withValue ? valueLength : 0));
        int place = FIELDS * count;
        if (place == places.length) {
            places = Arrays.copyOf(places, 2 * place);
        }
        Bytes.copy(cursor.keyMemory(), cursor.keyOffset(), bytes, used, keyLength);
        places[place] = used;
        places[place + 1] = keyLength;
        places[place + 2] = withValue ? used + keyLength : -1;
        places[place + 3] = valueLength;
        used += keyLength;
        if (withValue && valueLength > 0) {
            cursor.copyValue(0, memory, used, valueLength);
            used += valueLength;
        }
        count++;
    }

    private void reserve(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, Math.max(used + more, 2 * bytes.length));
            memory = MemorySegment.ofArray(bytes);
        }
    }

    private void reverse() {
        for (int a = 0, b = FIELDS * (count - 1); a < b; a += FIELDS, b -= FIELDS) {
            for (int i = 0; i < FIELDS; i++) {
                int swap = places[a + i];
                places[a + i] = places[b + i];
                places[b + i] = swap;
            }
        }
    }

    int count() {
        return count;
    }

    /// Whether no entry of the range comes before it.
    boolean isFirst() {
        return first;
    }

    /// Whether no entry of the range comes behind it.
    boolean isLast() {
        return last;
    }

    byte[] bytes() {
        return bytes;
    }

    int keyAt(int i) {
        return places[FIELDS * i];
    }

    int keyLength(int i) {
        return places[FIELDS * i + 1];
    }

    boolean hasValue(int i) {
        return places[FIELDS * i + 2] >= 0;
    }

    int valueAt(int i) {
        return places[FIELDS * i + 2];
    }

    int valueLength(int i) {
        return places[FIELDS * i + 3];
    }

    byte[] key(int i) {
        return Arrays.copyOfRange(bytes, keyAt(i), keyAt(i) + keyLength(i));
    }

    byte[] value(int i) {
        return Arrays.copyOfRange(bytes, valueAt(i), valueAt(i) + valueLength(i));
    }

    /// Heap bytes it keeps.
    long heapBytes() {
        return bytes.length + 4L * places.length;
    }
}
