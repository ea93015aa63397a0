package dev.firn.cursor;

import dev.firn.key.UserKey;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The tables of a run, whose key ranges ascend and do not overlap, as one sorted source.
///
/// A table's cursor is opened when the position comes to it, and the one before is closed: at most
/// one is open. All versions of a key lie in one table. After an exception the cursor is nowhere.
public final class ConcatenatingCursor implements EntryCursor {
    /// The parts, in key order.
    public interface Parts {
        /// How many there are.
        int count();

        /// A key at or before the first of a part, and behind the last of the part before.
        UserKey smallest(int part);

        /// A key at or behind the last of a part, and before the first of the part behind.
        UserKey largest(int part);

        /// Opens a cursor over a part; it is closed by whom it is given to.
        EntryCursor open(int part) throws IOException;
    }

    private static final int NONE = -1;

    private final Parts parts;
    private final int count;
    private final EntryCursor none = new EmptyCursor();
    private EntryCursor current = none;
    private int part = NONE;
    private boolean valid;

    /// A cursor over parts, nowhere yet; nothing is opened.
    public ConcatenatingCursor(Parts parts) {
        this.parts = parts;
        count = parts.count();
    }

    @Override
    public boolean seekToFirst() throws IOException {
        valid = false;
        valid = count > 0 && (open(0).seekToFirst() || goOnForward());
        return valid;
    }

    @Override
    public boolean seekToLast() throws IOException {
        valid = false;
        valid = count > 0 && (open(count - 1).seekToLast() || goOnBackward());
        return valid;
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) throws IOException {
        valid = false;
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(parts.largest(middle), key, at, length) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        valid = low < count && (open(low).seek(key, at, length, trailer) || goOnForward());
        return valid;
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer)
            throws IOException {
        valid = false;
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(parts.smallest(middle), key, at, length) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        valid = low > 0
                && (open(low - 1).seekBefore(key, at, length, trailer) || goOnBackward());
        return valid;
    }

    private static int compare(UserKey bound, MemorySegment key, long at, int length) {
        byte[] bytes = bound.bytes();
        return Bytes.compare(bytes, 0, bytes.length, key, at, length);
    }

    @Override
    public boolean next() throws IOException {
        if (!valid) {
            return false;
        }
        if (current.next()) {
            return true;
        }
        valid = false;
        valid = goOnForward();
        return valid;
    }

    @Override
    public boolean previous() throws IOException {
        if (!valid) {
            return false;
        }
        if (current.previous()) {
            return true;
        }
        valid = false;
        valid = goOnBackward();
        return valid;
    }

    private boolean goOnForward() throws IOException {
        boolean found = false;
        while (!found && part + 1 < count) {
            found = open(part + 1).seekToFirst();
        }
        return found;
    }

    private boolean goOnBackward() throws IOException {
        boolean found = false;
        while (!found && part > 0) {
            found = open(part - 1).seekToLast();
        }
        return found;
    }

    private EntryCursor open(int wanted) throws IOException {
        if (part != wanted) {
            shut();
            current = parts.open(wanted);
            part = wanted;
        }
        return current;
    }

    private void shut() {
        EntryCursor open = current;
        current = none;
        part = NONE;
        open.close();
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public MemorySegment keyMemory() {
        return current.keyMemory();
    }

    @Override
    public long keyOffset() {
        return current.keyOffset();
    }

    @Override
    public int keyLength() {
        return current.keyLength();
    }

    @Override
    public long trailer() {
        return current.trailer();
    }

    @Override
    public int valueLength() {
        return current.valueLength();
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) throws IOException {
        current.copyValue(from, target, to, length);
    }

    @Override
    public void close() {
        valid = false;
        shut();
    }
}
