package dev.firn.storage;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A file on disk that is read, by one of two ways. The size is that at opening, whichever way it
/// is. Closing a mapped one costs 20–40 µs (see [MappedRegion]): not for a caller's thread.
sealed interface DiskReadFile extends ReadFile {
    /// Reads what lies within the file.
    void read(long offset, MemorySegment target, long to, long length) throws IOException;

    @Override
    default void copy(long offset, MemorySegment target, long to, long length)
            throws IOException {
        Objects.checkFromIndexSize(to, length, target.byteSize());
        if (offset < 0) {
            throw new IllegalArgumentException(name() + ": negative offset " + offset);
        }
        if (length > bytes() - offset) {
            throw new EOFException(name() + ": " + length + " bytes at offset " + offset
                    + " are not within its " + bytes());
        }
        read(offset, target, to, length);
    }

    /// Through a mapping.
    record Mapped(String name, MappedRegion region) implements DiskReadFile {
        @Override
        public long bytes() {
            return region.bytes();
        }

        @Override
        public void read(long offset, MemorySegment target, long to, long length)
                throws IOException {
            region.read(offset, target, to, length);
        }

        @Override
        public void close() {
            region.close();
        }
    }

    /// Through the system's positioned reads.
    record Positioned(String name, DiskFile file, long bytes) implements DiskReadFile {
        @Override
        public void read(long offset, MemorySegment target, long to, long length)
                throws IOException {
            file.read(offset, target, to, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
