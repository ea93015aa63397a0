package dev.firn.record;

import static dev.firn.record.RecordFormat.BASE_AT;
import static dev.firn.record.RecordFormat.CAPACITY_AT;
import static dev.firn.record.RecordFormat.HEADER_BYTES;
import static dev.firn.record.RecordFormat.HEADER_CRC_AT;
import static dev.firn.record.RecordFormat.KIND_AT;
import static dev.firn.record.RecordFormat.MAGIC;
import static dev.firn.record.RecordFormat.NUMBER_AT;
import static dev.firn.record.RecordFormat.START_AT;
import static dev.firn.record.RecordFormat.STORE_ID_AT;
import static dev.firn.record.RecordFormat.VERSION;
import static dev.firn.record.RecordFormat.VERSION_AT;

import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// What a segment says about itself in its first 64 bytes ([RecordFormat] has the layout).
///
/// A log is one address space of LSNs. A segment takes `capacity` of it from `baseLsn` on, used or
/// not, and the position of a byte is base plus offset: so the header can be written, and forced,
/// before anybody knows how full the segment before will get.
///
/// @param kind [RecordFormat#WRITE_AHEAD_LOG] or [RecordFormat#MANIFEST]
/// @param storeId the store it belongs to
/// @param number the number in its name
/// @param baseLsn the LSN of its offset 0
/// @param startLsn where this life of the log began: a recovery that rewrites the log starts a new
///        one. Claims of what is synced reach back to here, not further
/// @param capacity how many bytes were preallocated, or 0 for a file that grows
public record SegmentHeader(int kind, long storeId, long number, long baseLsn, long startLsn,
        long capacity) {

    /// The header of a manifest file, which grows and has an address space of its own.
    public static SegmentHeader manifest(long storeId, long number) {
        return new SegmentHeader(RecordFormat.MANIFEST, storeId, number, 0, 0, 0);
    }

    /// The LSN at which the next segment's offset 0 lies.
    long nextLsn() {
        return baseLsn + capacity;
    }

    long salt() {
        return RecordFormat.segmentSalt(storeId, number);
    }

    byte[] encode() {
        byte[] a = new byte[HEADER_BYTES];
        Bytes.putLong(a, 0, MAGIC);
        Bytes.putInt(a, VERSION_AT, VERSION);
        a[KIND_AT] = (byte) kind;
        Bytes.putLong(a, STORE_ID_AT, storeId);
        Bytes.putLong(a, NUMBER_AT, number);
        Bytes.putLong(a, BASE_AT, baseLsn);
        Bytes.putLong(a, START_AT, startLsn);
        Bytes.putLong(a, CAPACITY_AT, capacity);
        Bytes.putInt(a, HEADER_CRC_AT, checksum(a));
        return a;
    }

    /// Reads the header of a file and checks that it is the expected one.
    ///
    /// @throws CorruptException when it is not
    static SegmentHeader read(ReadFile file, int kind, long storeId, long number)
            throws IOException {
        if (file.bytes() < HEADER_BYTES) {
            throw corrupt(file, "a segment header of 64 bytes expected, the file has "
                    + file.bytes());
        }
        byte[] a = new byte[HEADER_BYTES];
        file.copy(0, MemorySegment.ofArray(a), 0, HEADER_BYTES);
        if (Bytes.getLong(a, 0) != MAGIC) {
            throw corrupt(file, "not a log segment: magic " + hex(Bytes.getLong(a, 0)));
        }
        int version = Bytes.getInt(a, VERSION_AT);
        int crc = Bytes.getInt(a, HEADER_CRC_AT);
        if (crc != checksum(a)) {
            throw corrupt(file, "segment header checksum " + hex(crc & 0xffff_ffffL) + ", expected "
                    + hex(checksum(a) & 0xffff_ffffL));
        }
        if (version != VERSION) {
            throw corrupt(file, "log format version " + version + ", this software knows 1");
        }
        SegmentHeader header = decode(a);
        header.check(file, kind, storeId, number);
        return header;
    }

    /// Reads the header of a file of whatever store, kind and number.
    ///
    /// @throws CorruptException when it is not whole
    public static SegmentHeader readAny(ReadFile file) throws IOException {
        if (file.bytes() < HEADER_BYTES) {
            throw corrupt(file, "a segment header of 64 bytes expected, the file has "
                    + file.bytes());
        }
        byte[] a = new byte[HEADER_BYTES];
        file.copy(0, MemorySegment.ofArray(a), 0, HEADER_BYTES);
        SegmentHeader said = decode(a);
        return read(file, said.kind, said.storeId, said.number);
    }

    /// A header for a segment of the write-ahead log whose own cannot be read: its records can be
    /// checked with it, and nothing else be told.
    public static SegmentHeader guessedLog(long storeId, long number) {
        return new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, storeId, number, 0, 0, 0);
    }

    /// What the bytes of a header say, right or wrong.
    static SegmentHeader decode(byte[] a) {
        return new SegmentHeader(a[KIND_AT], Bytes.getLong(a, STORE_ID_AT),
                Bytes.getLong(a, NUMBER_AT), Bytes.getLong(a, BASE_AT), Bytes.getLong(a, START_AT),
                Bytes.getLong(a, CAPACITY_AT));
    }

    private void check(ReadFile file, int expectedKind, long expectedStore, long expectedNumber)
            throws CorruptException {
        if (storeId != expectedStore) {
            throw corrupt(file, "belongs to store " + hex(storeId) + ", not " + hex(expectedStore));
        }
        if (number != expectedNumber) {
            throw corrupt(file, "was written as number " + number + ", not " + expectedNumber);
        }
        if (kind != expectedKind) {
            throw corrupt(file, "segment kind " + kind + ", expected " + expectedKind);
        }
        if (capacity < 0 || baseLsn < 0 || startLsn < 0 || startLsn > baseLsn || nextLsn() < 0) {
            throw corrupt(file, "impossible positions in the segment header");
        }
    }

    private static int checksum(byte[] a) {
        CRC32C crc = new CRC32C();
        crc.update(a, 0, HEADER_CRC_AT);
        long salt = RecordFormat.segmentSalt(Bytes.getLong(a, STORE_ID_AT),
                Bytes.getLong(a, NUMBER_AT));
        return (int) crc.getValue() ^ (int) (salt >>> 32);
    }

    private static CorruptException corrupt(ReadFile file, String what) {
        return new CorruptException(file.name(), 0, what);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
