package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file read by copying from an offset. Any number of threads at a time. Copy first, then check
/// and decompress: the file may change or vanish below us, and then only the copy may fail.
public interface ReadFile extends AutoCloseable {
    /// Its name in the directory.
    String name();

    /// Its size when it was opened.
    long bytes();

    /// Copies exactly `length` bytes from `offset` into heap or native memory.
    ///
    /// @throws java.io.EOFException when they are not all there
    /// @throws IllegalStateException when the file was closed
    void copy(long offset, MemorySegment target, long to, long length) throws IOException;

    @Override
    void close() throws IOException;
}
