package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file written at offsets: log, manifest or table.
///
/// One thread writes at a time (its owner sees to that); [#force] may run beside a write and covers
/// the writes that returned before it began. Closing does not force. After a failed write or force
/// the content is unknown and nothing here retries.
public interface WriteFile extends AutoCloseable {
    /// Its name in the directory.
    String name();

    /// Bytes that are certain to be writable without new space: the preallocated size of a log,
    /// else what was written.
    long allocatedBytes();

    /// Writes bytes of heap or native memory at an offset; all of them, or it throws. For a mapped
    /// log this is a copy in memory.
    void write(long offset, MemorySegment source, long from, long length) throws IOException;

    /// Makes everything written so far durable (data and size).
    void force() throws IOException;

    /// Cuts or extends the file. Never below bytes that somebody reads.
    void truncate(long bytes) throws IOException;

    @Override
    void close() throws IOException;
}
