package dev.firn.record;

import java.util.zip.CRC32C;

/// The layout of a log segment, of the write-ahead log and of the manifest alike. All numbers are
/// little-endian. `docs/format/log.md` is the normative text; this is the only code that knows it.
///
/// ```
/// segment   +--------------------------------+ 0
///           | header (64 bytes)              |
///           +--------------------------------+ 64
///           | fragment                       |
///           +--------------------------------+ next multiple of 8
///           | fragment ...                   |
///           +--------------------------------+
///           | zeros, or stale bytes of an    |
///           | older segment in the same file |
///           +--------------------------------+ capacity
///
/// header     0        8         12     13     16         24       32
///            | magic  | version | kind | zero | store id | number | base LSN |
///            | 8      | u32     | u8   | 3    | u64      | u64    | u64      |
///            40          48         56     60
///            | start LSN | capacity | zero | crc |
///            | u64       | u64      | 4    | u32 |
///
/// fragment   0     4        8      9      10      12               12 or 20
///            | crc | length | type | kind | flags | [synced LSN] | payload | zeros  | end |
///            | u32 | u32    | u8   | u8   | u16   | u64          |         | 0 to 7 | u8  |
/// ```
///
/// A record is one `full` fragment or a chain `first`, `middle`…, `last`. A fragment's checksum
/// covers everything behind it up to the end of the payload; it is xored with a salt made of store
/// id, file number and offset, and, in a chain, of the checksum before it. So bytes that are stale,
/// moved, of another store or of another attempt to write the same record do not pass. The end byte
/// is made of the salt and never zero: a write that was cut short, if only by zeros, is no
/// fragment.
public final class RecordFormat {
    /// The first bytes of every segment, "FIRN-LOG" read as text.
    public static final long MAGIC = 0x474f_4c2d_4e52_4946L;
    /// The only version of the format so far.
    public static final int VERSION = 1;

    /// Segment kind: write-ahead log.
    public static final int WRITE_AHEAD_LOG = 1;
    /// Segment kind: manifest.
    public static final int MANIFEST = 2;

    /// Record kind of the write-ahead log: a batch of the engine.
    public static final int BATCH = 1;
    /// Record kind of the write-ahead log: the log was closed cleanly behind this record.
    public static final int CLOSE = 2;
    /// Record kind of the write-ahead log, last of its segment: the number (u64) of the segment
    /// that goes on.
    public static final int LINK = 3;
    /// The first of the kinds that belong to the manifest.
    public static final int MANIFEST_KIND_MIN = 16;

    /// Fragment type: a whole record.
    static final int FULL = 1;
    /// Fragment type: the start of a record.
    static final int FIRST = 2;
    /// Fragment type: neither start nor end.
    static final int MIDDLE = 3;
    /// Fragment type: the end of a record of several fragments.
    static final int LAST = 4;

    /// Flag of `full` and `first`: everything before an LSN that follows is durable.
    static final int FLAG_SYNCED = 1;

    /// Offsets in the segment header.
    static final int VERSION_AT = 8;
    public static final int KIND_AT = 12;
    static final int STORE_ID_AT = 16;
    static final int NUMBER_AT = 24;
    static final int BASE_AT = 32;
    static final int START_AT = 40;
    static final int CAPACITY_AT = 48;
    static final int HEADER_CRC_AT = 60;
    /// Size of the segment header: where the first fragment starts.
    public static final int HEADER_BYTES = 64;

    /// Offsets in a fragment.
    static final int CRC_AT = 0;
    static final int LENGTH_AT = 4;
    static final int TYPE_AT = 8;
    static final int SYNCED_AT = 12;
    /// Size of a fragment's header without and with the synced LSN.
    public static final int FRAGMENT_HEADER_BYTES = 12;
    static final int SYNCED_HEADER_BYTES = 20;

    /// Fragments start at multiples of this.
    static final int ALIGNMENT = 8;
    /// The most bytes a fragment takes.
    static final int FRAGMENT_BYTES_MAX = 64 << 10;
    /// The most payload a fragment carries; `first` and `middle` carry exactly this.
    static final int FRAGMENT_PAYLOAD_MAX = FRAGMENT_BYTES_MAX - SYNCED_HEADER_BYTES - 4;
    /// The most payload a record carries.
    public static final long RECORD_BYTES_MAX = (1L << 31) - (1 << 20);

    /// No segment has a file that is larger: it holds the largest record with room to spare.
    public static final long SEGMENT_BYTES_MAX = 1L << 32;

    private RecordFormat() {}

    /// The name of a segment of the write-ahead log.
    public static String logName(long number) {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, 6 - digits.length())) + digits + ".log";
    }

    /// The most bytes a record of so many takes in a segment.
    static long recordBytes(long payload) {
        if (payload <= FRAGMENT_PAYLOAD_MAX) {
            return fragmentBytes(SYNCED_HEADER_BYTES, payload);
        }
        long before = (payload - 1) / FRAGMENT_PAYLOAD_MAX;
        long middle = fragmentBytes(FRAGMENT_HEADER_BYTES, FRAGMENT_PAYLOAD_MAX);
        long last = payload - before * FRAGMENT_PAYLOAD_MAX;
        return FRAGMENT_BYTES_MAX + (before - 1) * middle
                + fragmentBytes(FRAGMENT_HEADER_BYTES, last);
    }

    /// The bytes a fragment takes: its header, payload, padding and the end byte.
    static long fragmentBytes(int header, long payload) {
        return (header + payload + ALIGNMENT) & -ALIGNMENT;
    }

    /// The last byte of a fragment.
    static byte endByte(long salt) {
        return (byte) (salt | 0x80);
    }

    /// What distinguishes the checksums of one segment from those of all others.
    static long segmentSalt(long storeId, long number) {
        return mix(storeId + mix(number));
    }

    /// The salt of a `full` or `first` fragment. Its upper half goes into the checksum; all of it
    /// masks the synced LSN, so that nearly every false start is told by its first 20 bytes and
    /// looking for fragments behind a hole costs one pass whatever the bytes are.
    static long salt(long segmentSalt, long offset) {
        return mix(segmentSalt + offset);
    }

    /// The salt of a fragment that continues a record: it also depends on the fragment before.
    static long chainedSalt(long segmentSalt, long offset, int crcBefore) {
        return mix(salt(segmentSalt, offset) + Integer.toUnsignedLong(crcBefore));
    }

    /// The checksum of the bytes of a fragment from [#LENGTH_AT] on.
    static int checksum(CRC32C crc, long salt, byte[] a, int at, int length) {
        crc.reset();
        crc.update(a, at + LENGTH_AT, length - LENGTH_AT);
        return (int) crc.getValue() ^ (int) (salt >>> 32);
    }

    /// Spreads every bit over all of them (the finalizer of SplitMix64).
    static long mix(long x) {
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
