package dev.firn.record;

import static dev.firn.record.RecordFormat.FIRST;
import static dev.firn.record.RecordFormat.FLAG_SYNCED;
import static dev.firn.record.RecordFormat.FRAGMENT_HEADER_BYTES;
import static dev.firn.record.RecordFormat.FRAGMENT_PAYLOAD_MAX;
import static dev.firn.record.RecordFormat.FULL;
import static dev.firn.record.RecordFormat.LAST;
import static dev.firn.record.RecordFormat.LENGTH_AT;
import static dev.firn.record.RecordFormat.MIDDLE;
import static dev.firn.record.RecordFormat.RECORD_BYTES_MAX;
import static dev.firn.record.RecordFormat.SYNCED_AT;
import static dev.firn.record.RecordFormat.SYNCED_HEADER_BYTES;

import dev.firn.storage.DiskFullException;
import dev.firn.storage.WriteFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Appends records to one segment file.
///
/// A record counts only when all its fragments are written: when a write throws, the offset stays
/// where the record began and the next append overwrites what there is of it. Nothing of the failed
/// record can come back, because its chain has no end and a continued chain depends on the
/// checksums before it. After a [DiskFullException] that next append is legal; after any other
/// failure the content is unknown and the owner stops.
///
/// Fragments are put together in one array on the heap, where the checksum is cheapest, and handed
/// to the file in one write each. One thread at a time. The file is its owner's, who forces and
/// closes it.
public final class RecordWriter {
    private final WriteFile file;
    private final SegmentHeader header;
    private final long segmentSalt;
    private final byte[] scratch;
    private final MemorySegment scratchMemory;
    private final CRC32C crc = new CRC32C();
    private long offset;
    private long syncedLsn;
    private long carriedLsn;

    /// A writer at the start of a file; [#writeHeader] comes first.
    public RecordWriter(WriteFile file, SegmentHeader header) {
        this(file, header, RecordFormat.HEADER_BYTES, new byte[RecordFormat.FRAGMENT_BYTES_MAX]);
    }

    /// A writer behind the last record of a file of which everything before `offset` is durable.
    public RecordWriter(WriteFile file, SegmentHeader header, long offset) {
        this(file, header, offset, new byte[RecordFormat.FRAGMENT_BYTES_MAX]);
        synced(header.baseLsn() + offset);
    }

    RecordWriter(WriteFile file, SegmentHeader header, long offset, byte[] scratch) {
        this.file = file;
        this.header = header;
        this.segmentSalt = header.salt();
        this.syncedLsn = header.startLsn();
        this.carriedLsn = header.startLsn();
        this.offset = offset;
        this.scratch = scratch;
        this.scratchMemory = MemorySegment.ofArray(scratch);
    }

    /// The segment's header.
    public SegmentHeader header() {
        return header;
    }

    /// Where the next record starts, in bytes.
    public long offset() {
        return offset;
    }

    /// Writes the segment header.
    public void writeHeader() throws IOException {
        byte[] bytes = header.encode();
        file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /// Tells that everything before an LSN is durable. The next record carries it.
    public void synced(long lsn) {
        syncedLsn = lsn;
    }

    /// Appends a record of the bytes of the first `count` parts, heap or native.
    ///
    /// @return the offset behind it, where the next one starts
    /// @throws IllegalArgumentException when the record is longer than
    ///         [RecordFormat#RECORD_BYTES_MAX] or the kind is not in 1 to 255
    public long append(int kind, MemorySegment[] parts, int count) throws IOException {
        return append(kind, parts, count, payloadBytes(kind, parts, count));
    }

    /// The same for parts that are known to have `total` bytes.
    long append(int kind, MemorySegment[] parts, int count, long total) throws IOException {
        try {
            return appendAll(kind, parts, count, total);
        } catch (DiskFullException e) {
            wipe(e);
            throw e;
        }
    }

    /// Spoils the start of a record that was not written completely. That is a second safeguard,
    /// for a recycled file whose old bytes happen to complete it: the missing end byte tells as
    /// well. So it may fail for want of space.
    private void wipe(DiskFullException reason) throws IOException {
        try {
            file.write(offset, MemorySegment.ofArray(new byte[Long.BYTES]), 0, Long.BYTES);
        } catch (DiskFullException e) {
            reason.addSuppressed(e);
        }
    }

    private long appendAll(int kind, MemorySegment[] parts, int count, long total)
            throws IOException {
        int prefix = syncedLsn > carriedLsn ? SYNCED_HEADER_BYTES : FRAGMENT_HEADER_BYTES;
        if (total <= FRAGMENT_PAYLOAD_MAX) {
            int at = prefix;
            clearPadding(prefix, (int) total);
            for (int i = 0; i < count; i++) {
                int length = (int) parts[i].byteSize();
                MemorySegment.copy(parts[i], 0, scratchMemory, at, length);
                at += length;
            }
            offset = write(offset, kind, FULL, prefix, (int) total, 0);
        } else {
            offset = appendChain(kind, parts, prefix, total);
        }
        if (prefix == SYNCED_HEADER_BYTES) {
            carriedLsn = syncedLsn;
        }
        return offset;
    }

    static long payloadBytes(int kind, MemorySegment[] parts, int count) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += parts[i].byteSize();
        }
        if (total > RECORD_BYTES_MAX || total < 0) {
            throw new IllegalArgumentException(
                    "a log record holds " + RECORD_BYTES_MAX + " bytes at most, not " + total);
        }
        if (kind < 1 || kind > 255) {
            throw new IllegalArgumentException("a record kind is 1 to 255, not " + kind);
        }
        return total;
    }

    private long appendChain(int kind, MemorySegment[] parts, int firstPrefix, long total)
            throws IOException {
        long at = offset;
        int part = 0;
        long partAt = 0;
        int prefix = firstPrefix;
        int type = FIRST;
        int crcBefore = 0;
        for (long left = total; left > 0;) {
            int length = (int) Math.min(left, FRAGMENT_PAYLOAD_MAX);
            clearPadding(prefix, length);
            for (int filled = 0; filled < length;) {
                long step = Math.min(length - filled, parts[part].byteSize() - partAt);
                MemorySegment.copy(parts[part], partAt, scratchMemory, prefix + filled, step);
                filled += (int) step;
                partAt += step;
                if (partAt == parts[part].byteSize()) {
                    part++;
                    partAt = 0;
                }
            }
            left -= length;
            at = write(at, kind, left == 0 ? LAST : type, prefix, length, crcBefore);
            crcBefore = Bytes.getInt(scratch, RecordFormat.CRC_AT);
            type = MIDDLE;
            prefix = FRAGMENT_HEADER_BYTES;
        }
        return at;
    }

    /// Comes before header, payload and end byte: the last eight bytes hold the padding.
    private void clearPadding(int prefix, int length) {
        Bytes.putLong(scratch, (int) RecordFormat.fragmentBytes(prefix, length) - Long.BYTES,
                0);
    }

    /// Completes the fragment whose payload is in the scratch, writes it and returns where it ends.
    private long write(long at, int kind, int type, int prefix, int length, int crcBefore)
            throws IOException {
        long salt = RecordFormat.salt(segmentSalt, at);
        int flags = 0;
        if (prefix == SYNCED_HEADER_BYTES) {
            flags = FLAG_SYNCED;
            Bytes.putLong(scratch, SYNCED_AT, syncedLsn ^ salt);
        }
        // One store of eight bytes, as the checksum loads them: loads that span two stores wait (7
        // ns).
        long tags = type | (long) kind << 8 | (long) flags << 16;
        Bytes.putLong(scratch, LENGTH_AT, length | tags << Integer.SIZE);
        if (type >= MIDDLE) {
            salt = RecordFormat.chainedSalt(segmentSalt, at, crcBefore);
        }
        Bytes.putInt(scratch, RecordFormat.CRC_AT,
                RecordFormat.checksum(crc, salt, scratch, 0, prefix + length));
        long bytes = RecordFormat.fragmentBytes(prefix, length);
        scratch[(int) bytes - 1] = RecordFormat.endByte(salt);
        file.write(at, scratchMemory, 0, bytes);
        return at + bytes;
    }
}
