package dev.firn.record;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Native memory in which a record is put together from its fragments. It doubles when it is too
/// small, and only as bytes arrive that passed their checksum, so it never holds more than about
/// twice what the file really has.
final class RecordBuffer implements AutoCloseable {
    private Arena arena = Arena.ofShared();
    private MemorySegment memory;
    private long length;

    /// For the records of a file of so many bytes.
    RecordBuffer(long fileBytes) {
        memory = arena.allocate(Math.min(fileBytes, RecordFormat.FRAGMENT_BYTES_MAX), 64);
    }

    void clear() {
        length = 0;
    }

    long length() {
        return length;
    }

    void append(FragmentReader fragment) throws IOException {
        long end = length + fragment.length();
        if (end > memory.byteSize()) {
            grow(Math.max(end, 2 * memory.byteSize()));
        }
        fragment.copyPayload(memory, length);
        length = end;
    }

    private void grow(long bytes) {
        Arena larger = Arena.ofShared();
        MemorySegment to = larger.allocate(bytes, 64);
        MemorySegment.copy(memory, 0, to, 0, length);
        arena.close();
        arena = larger;
        memory = to;
    }

    /// What is in it, until the next change.
    MemorySegment bytes() {
        return memory.asSlice(0, length).asReadOnly();
    }

    @Override
    public void close() {
        arena.close();
    }
}
