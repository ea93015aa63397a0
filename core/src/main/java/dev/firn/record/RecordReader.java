package dev.firn.record;

import dev.firn.record.SegmentEnd.Complete;
import dev.firn.record.SegmentEnd.Corrupt;
import dev.firn.record.SegmentEnd.Torn;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the records of one segment from its start to where the log ends in it.
///
/// The first thing that is not a valid fragment in its place ends the records. Then the rest of the
/// segment is searched for fragments that say that something behind that hole had been synced;
/// these are never handed out, but make the end [Corrupt] instead of [Torn].
///
/// One thread. Memory: one window of 128 KiB on the heap and, native, at most about twice the
/// largest record that the file really contains, whatever lengths it declares. The file is its
/// owner's.
///
/// ```java
/// try (RecordReader reader = RecordReader.open(file, kind, storeId, number)) {
///   while (reader.next()) {
///     use(reader.kind(), reader.bytes());
///   }
///   reader.requireNotCorrupt();
/// }
/// ```
public final class RecordReader implements AutoCloseable {
    /// As final size: nobody knows it.
    public static final long UNKNOWN_SIZE = -1;

    private final ReadFile file;
    private final SegmentHeader header;
    private final long finalSize;
    private final long limit;
    private final long recordBytesMax;
    private final FragmentReader fragment;
    private final RecordBuffer buffer;
    private long position = RecordFormat.HEADER_BYTES;
    private long offset;
    private int kind;
    private int fragments;
    private long syncedLsn;
    private long problemAt;
    private @Nullable SegmentEnd end;

    /// Reads a segment of a header that the caller answers for.
    public RecordReader(ReadFile file, SegmentHeader header, long finalSize, long recordBytesMax) {
        this.file = file;
        this.header = header;
        this.finalSize = finalSize;
        long readable = header.capacity() == 0
                ? file.bytes()
                : Math.min(file.bytes(), header.capacity());
        this.limit = finalSize == UNKNOWN_SIZE ? readable : Math.min(readable, finalSize);
        this.recordBytesMax = recordBytesMax;
        this.fragment = new FragmentReader(file, header, limit);
        this.buffer = new RecordBuffer(file.bytes());
    }

    /// Opens a segment whose size nobody has recorded.
    ///
    /// @throws CorruptException when the header is not one of this kind, store and number
    public static RecordReader open(ReadFile file, int segmentKind, long storeId, long number)
            throws IOException {
        return open(file, segmentKind, storeId, number, UNKNOWN_SIZE,
                RecordFormat.RECORD_BYTES_MAX);
    }

    /// Opens a segment.
    ///
    /// @param finalSize where its records are known to end, or [#UNKNOWN_SIZE]
    /// @param recordBytesMax a longer record is damage
    /// @throws CorruptException when the header is not one of this kind, store and number
    public static RecordReader open(ReadFile file, int segmentKind, long storeId, long number,
            long finalSize, long recordBytesMax) throws IOException {
        SegmentHeader header = SegmentHeader.read(file, segmentKind, storeId, number);
        return new RecordReader(file, header, finalSize, recordBytesMax);
    }

    /// The segment's header.
    public SegmentHeader header() {
        return header;
    }

    /// Goes to the next record.
    ///
    /// @return whether there is one; if not, [#end] says why
    /// @throws CorruptException for a valid record that this version cannot read
    /// @throws IOException when the file cannot be read, which says nothing about its content
    public boolean next() throws IOException {
        if (end != null) {
            return false;
        }
        long hole = load(position);
        if (hole >= 0) {
            end = endAt(hole);
        }
        return hole < 0;
    }

    /// Begins at an offset at which a record starts, instead of the first.
    void startAt(long from) {
        position = from;
    }

    /// Goes to the next whole record at or behind an offset, also behind damage: for those who
    /// salvage. [#endOffset] is where to look for another one.
    public boolean nextWhole(long from) throws IOException {
        for (long at = findRecord(from); at >= 0; at = findRecord(at + RecordFormat.ALIGNMENT)) {
            if (loadAt(at)) {
                return true;
            }
        }
        return false;
    }

    /// Loads the record at an offset, wherever the records ended; [#problem] says why there is
    /// none. For those who look behind a hole: what stands there does not count.
    ///
    /// @throws CorruptException for a valid record that this version cannot read
    boolean loadAt(long from) throws IOException {
        problemAt = load(from);
        return problemAt < 0;
    }

    /// Why [#loadAt] found no record.
    String problem() {
        return fragment.problem() + " at offset " + problemAt;
    }

    /// The first offset at or behind another one at which the start of a record stands, as far as
    /// its first fragment tells, or -1.
    long findRecord(long from) throws IOException {
        return fragment.findStart(from);
    }

    /// Loads the record at an offset; returns -1, or where no fragment stood in its turn.
    private long load(long from) throws IOException {
        offset = from;
        buffer.clear();
        fragments = 0;
        long at = from;
        int crcBefore = 0;
        boolean chained = false;
        do {
            if (!fragment.load(at, chained, crcBefore) || (chained && fragment.kind() != kind)) {
                return at;
            }
            kind = fragment.kind();
            requireReadable(at);
            buffer.append(fragment);
            at = fragment.endOffset();
            crcBefore = fragment.storedCrc();
            syncedLsn = chained ? syncedLsn : fragment.syncedLsn();
            fragments++;
            chained = true;
        } while (!fragment.ends());
        position = at;
        return -1;
    }

    private void requireReadable(long at) throws CorruptException {
        if (fragment.unknownFlags() != 0) {
            throw new CorruptException(file.name(), at, "fragment with unknown flags 0x"
                    + Integer.toHexString(fragment.unknownFlags()) + ", of a newer version?");
        }
        if (buffer.length() + fragment.length() > recordBytesMax) {
            throw new CorruptException(file.name(), offset,
                    "a record of more than " + recordBytesMax + " bytes");
        }
    }

    private SegmentEnd endAt(long hole) throws IOException {
        boolean atEnd = offset >= limit;
        String why = atEnd ? "the records end" : why(hole);
        if (finalSize != UNKNOWN_SIZE) {
            return offset == finalSize
                    ? new Complete(offset)
                    : new Corrupt(offset, why + ", but " + finalSize + " bytes were synced");
        }
        if (offset == file.bytes()) {
            return new Complete(offset);
        }
        long claim = findSyncedBeyond(header.baseLsn() + offset, offset + RecordFormat.ALIGNMENT);
        if (claim < 0) {
            return new Torn(offset, why);
        }
        return new Corrupt(offset, why + ", but the record at offset " + claim
                + " tells that everything was synced up to LSN " + fragment.syncedLsn());
    }

    /// Why the record ends in a hole; where that is, too, unless the record begins there.
    private String why(long hole) {
        return hole == offset ? fragment.problem() : fragment.problem() + ", at " + hole;
    }

    /// The offset of a fragment that says that something beyond an LSN was synced, or -1.
    long findSyncedBeyond(long lsn, long from) throws IOException {
        return fragment.findSyncedBeyond(lsn, from);
    }

    /// The kind of the record.
    public int kind() {
        return kind;
    }

    /// How many fragments the record has.
    int fragments() {
        return fragments;
    }

    /// Up to which LSN everything was durable when the record was written; 0 when it does not say.
    long syncedLsn() {
        return syncedLsn;
    }

    /// The payload of the record, read-only native memory, until the next call.
    public MemorySegment bytes() {
        return buffer.bytes();
    }

    /// Where the record starts, in bytes.
    public long offset() {
        return offset;
    }

    /// Where the record ends and the next one starts, in bytes; what [RecordWriter#append]
    /// returned.
    public long endOffset() {
        return position;
    }

    /// How the records ended.
    ///
    /// @throws IllegalStateException before [#next] has returned false
    public SegmentEnd end() {
        if (end == null) {
            throw new IllegalStateException("there are more records");
        }
        return end;
    }

    /// Throws when the records ended in damage that is no legal torn tail.
    public void requireNotCorrupt() throws CorruptException {
        if (end() instanceof Corrupt corrupt) {
            throw new CorruptException(file.name(), corrupt.offset(), corrupt.why());
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
