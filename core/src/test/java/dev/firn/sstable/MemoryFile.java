package dev.firn.sstable;

import dev.firn.storage.ReadFile;
import dev.firn.storage.WriteFile;
import java.io.EOFException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A file in an array, for writing and for reading.
final class MemoryFile implements WriteFile, ReadFile {
    byte[] content;
    int length;
    int forces;
    int closes;
    int writes;

    MemoryFile() {
        this(new byte[0]);
    }

    MemoryFile(byte[] content) {
        this.content = content;
        length = content.length;
    }

    byte[] bytesWritten() {
        return Arrays.copyOf(content, length);
    }

    @Override
    public String name() {
        return "000042.sst";
    }

    @Override
    public long allocatedBytes() {
        return length;
    }

    @Override
    public void write(long offset, MemorySegment source, long from, long bytes) {
        int end = Math.toIntExact(offset + bytes);
        if (end > content.length) {
            content = Arrays.copyOf(content, Math.max(end, 2 * content.length));
        }
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, content, (int) offset,
                (int) bytes);
        length = Math.max(length, end);
        writes++;
    }

    @Override
    public void force() {
        forces++;
    }

    @Override
    public void truncate(long bytes) {
        length = Math.toIntExact(bytes);
    }

    @Override
    public long bytes() {
        return length;
    }

    @Override
    public void copy(long offset, MemorySegment target, long to, long bytes)
            throws EOFException {
        if (closes > 0) {
            throw new IllegalStateException("Already closed");
        }
        if (offset < 0 || bytes < 0 || offset > length - bytes) {
            throw new EOFException(offset + " + " + bytes + " of " + length);
        }
        MemorySegment.copy(MemorySegment.ofArray(content), offset, target, to, bytes);
    }

    @Override
    public void close() {
        closes++;
    }
}
