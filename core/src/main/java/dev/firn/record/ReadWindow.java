package dev.firn.record;

import dev.firn.storage.ReadFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The part of a file that is looked at now, copied into an array of fixed size: twice the largest
/// fragment, so that a pass over a file copies every byte about once.
final class ReadWindow {
    private static final int BYTES = 2 * RecordFormat.FRAGMENT_BYTES_MAX;

    private final ReadFile file;
    private final byte[] bytes;
    private final MemorySegment memory;
    private long start;
    private int length;

    ReadWindow(ReadFile file) {
        this.file = file;
        this.bytes = new byte[(int) Math.min(BYTES, Math.max(file.bytes(), 64))];
        this.memory = MemorySegment.ofArray(bytes);
    }

    /// The array that [#index] points into.
    byte[] bytes() {
        return bytes;
    }

    /// The index of a file offset in the array, with `count` bytes behind it. The caller has
    /// checked that the file has them and that they fit a fragment.
    int index(long offset, int count) throws IOException {
        if (offset < start || offset + count > start + length) {
            int fresh = (int) Math.min(bytes.length, file.bytes() - offset);
            length = 0;
            file.copy(offset, memory, 0, fresh);
            start = offset;
            length = fresh;
        }
        return (int) (offset - start);
    }
}
