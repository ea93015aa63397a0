package dev.firn.record;

import dev.firn.storage.DiskFullException;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Where segments come from and go to: makes new ones, of a new or a recycled file, keeps one
/// prepared, and takes back the retired.
///
/// A segment's blocks, header and name are durable before it is handed out. So a record in it is as
/// durable as the next force makes it, and a segment with a damaged header was either never used or
/// is corrupt. Only files that this process wrote are recycled: one that an earlier process may
/// have renamed can hold records of the very number it will be given next.
///
/// Guarded by the log's maintenance lock, but for [#hasPrepared].
final class SegmentSupply {
    /// Kept free at the end of every segment for the close record and the link to the next segment.
    static final long RESERVED_BYTES =
            RecordFormat.recordBytes(0) + RecordFormat.recordBytes(Long.BYTES);

    /// The size of a segment when the disk has no room for a usual one.
    private static final long SMALL_SEGMENT_BYTES = 64 << 10;

    /// A retired file.
    private record Spare(String name, long bytes) {}

    private final Storage storage;
    private final long storeId;
    private final LogOptions options;
    private final LongSupplier numbers;
    private final byte[] scratch = new byte[RecordFormat.FRAGMENT_BYTES_MAX];
    private final ArrayDeque<Spare> spares = new ArrayDeque<>();
    private long nextBytes;
    private volatile @Nullable LogSegment prepared;

    SegmentSupply(Storage storage, long storeId, LogOptions options, LongSupplier numbers) {
        this.storage = storage;
        this.storeId = storeId;
        this.options = options;
        this.numbers = numbers;
        this.nextBytes = options.firstSegmentBytes();
    }

    /// Something that happened after which the log must not go on.
    static final class Fatal extends IOException {
        private static final long serialVersionUID = 1L;

        Fatal(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// Whether the next segment is ready. Any thread.
    boolean hasPrepared() {
        return prepared != null;
    }

    /// Makes the next segment ahead of time.
    void prepare(long baseLsn, long startLsn) throws IOException {
        if (prepared == null) {
            prepared = create(baseLsn, startLsn, 0);
        }
    }

    /// A segment that starts at an LSN and has room for a record of so many bytes.
    LogSegment take(long baseLsn, long startLsn, long recordBytes) throws IOException {
        LogSegment ready = prepared;
        if (ready != null) {
            prepared = null;
            if (ready.fits(recordBytes)) {
                return ready;
            }
            retire(ready);
        }
        return create(baseLsn, startLsn, recordBytes);
    }

    /// Takes back what [#take] returned and nobody has used.
    void giveBack(LogSegment segment) {
        prepared = segment;
    }

    private LogSegment create(long baseLsn, long startLsn, long recordBytes) throws IOException {
        long needed = RecordFormat.HEADER_BYTES + recordBytes + RESERVED_BYTES;
        long wanted = Math.max(nextBytes, needed);
        LogSegment segment;
        try {
            segment = createOf(wanted, baseLsn, startLsn);
        } catch (DiskFullException e) {
            segment = createSmall(e, wanted, needed, baseLsn, startLsn);
            // Where space is short it stays so for a while: one large try for each small segment.
            nextBytes = options.firstSegmentBytes();
            return segment;
        }
        nextBytes = Math.min(options.segmentBytesMax(), 2 * nextBytes);
        return segment;
    }

    /// On a full disk: one of the usual first size, or else one that is just large enough to delete
    /// something, or to write a batch of small entries.
    private LogSegment createSmall(DiskFullException full, long wanted, long needed, long baseLsn,
            long startLsn) throws IOException {
        DiskFullException last = full;
        long tried = wanted;
        for (long bytes : new long[]{options.firstSegmentBytes(), SMALL_SEGMENT_BYTES}) {
            long least = Math.max(bytes, needed);
            if (least < tried) {
                tried = least;
                try {
                    return createOf(least, baseLsn, startLsn);
                } catch (DiskFullException e) {
                    last = e;
                }
            }
        }
        throw last;
    }

    private LogSegment createOf(long bytes, long baseLsn, long startLsn)
            throws IOException {
        long number = numbers.getAsLong();
        String name = RecordFormat.logName(number);
        Spare spare = spares.peek();
        long capacity = bytes;
        WriteFile file;
        if (spare != null && spare.bytes >= bytes) {
            spares.remove();
            capacity = spare.bytes;
            file = storage.recycleLog(spare.name, name, capacity);
        } else {
            file = storage.createLog(name, bytes);
        }
        RecordWriter writer = new RecordWriter(file, new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG,
                storeId, number, baseLsn, startLsn, capacity), RecordFormat.HEADER_BYTES, scratch);
        makeDurable(file, writer);
        return new LogSegment(file, writer);
    }

    private void makeDurable(WriteFile file, RecordWriter writer) throws IOException {
        try {
            writer.writeHeader();
        } catch (DiskFullException e) {
            discard(file, e);
            throw e;
        } catch (Throwable t) {
            closeAfter(t, file);
            throw new Fatal(t);
        }
        try {
            file.force();
            storage.syncDirectory();
        } catch (Throwable t) {
            closeAfter(t, file);
            throw new Fatal(t);
        }
    }

    private void discard(WriteFile file, IOException reason) {
        closeAfter(reason, file);
        try {
            storage.delete(file.name());
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static void closeAfter(Throwable reason, WriteFile file) {
        try {
            file.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /// Takes a segment that is not needed any more: keeps its file or deletes it.
    void retire(LogSegment segment) throws IOException {
        segment.close();
        long bytes = segment.capacity();
        if (spares.size() < options.recycleMax() && bytes >= nextBytes
                && bytes <= options.segmentBytesMax()) {
            spares.add(new Spare(segment.name(), bytes));
        } else {
            storage.delete(segment.name());
        }
    }

    /// Deletes what is not part of the log.
    void deleteAll() throws IOException {
        LogSegment ready = prepared;
        if (ready != null) {
            prepared = null;
            ready.close();
            storage.delete(ready.name());
        }
        for (Spare spare = spares.poll(); spare != null; spare = spares.poll()) {
            storage.delete(spare.name);
        }
    }

    /// Closes the prepared segment and leaves all files as they are.
    void close() throws IOException {
        LogSegment ready = prepared;
        if (ready != null) {
            ready.close();
        }
    }
}
