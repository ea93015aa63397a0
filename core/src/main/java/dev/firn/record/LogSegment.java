package dev.firn.record;

import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// A segment that this process writes, or has written.
///
/// Threads: one appends; `written` and `sealed` are published to the one that forces (release,
/// acquire; sealed before written is read, so a sealed segment's size is final). `forced` and
/// `synced` belong to whoever leads a group sync; `closed` to the holder of the log's maintenance
/// lock.
final class LogSegment {
    private final WriteFile file;
    private final RecordWriter writer;
    private final AtomicLong written = new AtomicLong(RecordFormat.HEADER_BYTES);
    private volatile boolean sealed;
    private long forced = RecordFormat.HEADER_BYTES;
    private volatile boolean synced;
    private volatile boolean closed;

    /// A segment whose header has been written and forced.
    LogSegment(WriteFile file, RecordWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    String name() {
        return file.name();
    }

    long number() {
        return writer.header().number();
    }

    long capacity() {
        return writer.header().capacity();
    }

    long baseLsn() {
        return writer.header().baseLsn();
    }

    /// The first LSN behind this segment.
    long nextLsn() {
        return writer.header().nextLsn();
    }

    long startLsn() {
        return writer.header().startLsn();
    }

    /// The LSN behind the last record.
    long endLsn() {
        return baseLsn() + written.getAcquire();
    }

    boolean fits(long recordBytes) {
        return writer.offset() + recordBytes + SegmentSupply.RESERVED_BYTES <= capacity();
    }

    /// Appends a record of so many bytes and returns the LSN behind it. Everything before
    /// `syncedLsn` is durable.
    long append(int kind, MemorySegment[] parts, int count, long bytes, long syncedLsn)
            throws IOException {
        writer.synced(syncedLsn);
        long end = writer.append(kind, parts, count, bytes);
        written.setRelease(end);
        return baseLsn() + end;
    }

    /// Nothing more is appended.
    void seal() {
        sealed = true;
    }

    boolean sealed() {
        return sealed;
    }

    /// Whether it is sealed and all of it is durable.
    boolean synced() {
        return synced;
    }

    /// Forces what has been written and returns the LSN before which everything in it is durable:
    /// for a sealed segment the start of the next.
    long force() throws IOException {
        boolean whole = sealed;
        long size = written.getAcquire();
        if (size > forced) {
            file.force();
            forced = size;
        }
        synced = whole;
        return whole ? nextLsn() : baseLsn() + size;
    }

    long finalSize() {
        return written.getAcquire();
    }

    /// Cuts what was preallocated and not used, durably.
    void trim() throws IOException {
        file.truncate(written.getAcquire());
        file.force();
    }

    void close() throws IOException {
        if (!closed) {
            closed = true;
            file.close();
        }
    }

    boolean closed() {
        return closed;
    }
}
