package dev.firn.record;

import static dev.firn.record.RecordFormat.ALIGNMENT;
import static dev.firn.record.RecordFormat.CRC_AT;
import static dev.firn.record.RecordFormat.FIRST;
import static dev.firn.record.RecordFormat.FLAG_SYNCED;
import static dev.firn.record.RecordFormat.FRAGMENT_HEADER_BYTES;
import static dev.firn.record.RecordFormat.FRAGMENT_PAYLOAD_MAX;
import static dev.firn.record.RecordFormat.FULL;
import static dev.firn.record.RecordFormat.HEADER_BYTES;
import static dev.firn.record.RecordFormat.LAST;
import static dev.firn.record.RecordFormat.LENGTH_AT;
import static dev.firn.record.RecordFormat.MIDDLE;
import static dev.firn.record.RecordFormat.SYNCED_AT;
import static dev.firn.record.RecordFormat.SYNCED_HEADER_BYTES;
import static dev.firn.record.RecordFormat.TYPE_AT;

import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Looks at one place of a segment after the other and says whether a fragment stands there. Trusts
/// nothing: whatever the bytes are, it neither throws (except for the file's own failures) nor
/// reads past the limit, and its memory is one [ReadWindow].
final class FragmentReader {
    private final SegmentHeader header;
    private final long segmentSalt;
    private final long limit;
    private final ReadWindow window;
    private final CRC32C crc = new CRC32C();

    private int type;
    private int kind;
    private int flags;
    private int length;
    private int storedCrc;
    private long payloadAt;
    private long endOffset;
    private long syncedLsn;
    private String problem = "";

    /// Reads fragments that lie below `limit`, which is not beyond the end of the file.
    FragmentReader(ReadFile file, SegmentHeader header, long limit) {
        this.header = header;
        this.segmentSalt = header.salt();
        this.limit = limit;
        this.window = new ReadWindow(file);
    }

    /// Whether a valid fragment stands at an offset; [#problem] says why not.
    ///
    /// @param chained whether it has to continue a record
    /// @param crcBefore the checksum of the fragment before, when chained
    boolean load(long at, boolean chained, int crcBefore) throws IOException {
        if (limit - at < FRAGMENT_HEADER_BYTES) {
            return invalid("no room for a fragment");
        }
        int i = window.index(at, FRAGMENT_HEADER_BYTES);
        byte[] a = window.bytes();
        type = a[i + TYPE_AT];
        kind = a[i + TYPE_AT + 1] & 0xff;
        flags = Bytes.getShort(a, i + TYPE_AT + 2);
        length = Bytes.getInt(a, i + LENGTH_AT);
        if (type == 0) {
            return invalid("no fragment");
        }
        if (type < FULL || type > LAST || kind == 0) {
            return invalid("no fragment of type " + type + ", kind " + kind);
        }
        if (chained != (type >= MIDDLE)) {
            return invalid(chained ? "the record does not go on" : "a fragment without its start");
        }
        boolean more = type == FIRST || type == MIDDLE;
        if (length < 0 || length > FRAGMENT_PAYLOAD_MAX
                || (more && length != FRAGMENT_PAYLOAD_MAX)) {
            return invalid("impossible fragment length " + length);
        }
        int prefix = prefix();
        int bytes = (int) RecordFormat.fragmentBytes(prefix, length);
        if (limit - at < bytes) {
            return invalid("fragment of " + length + " bytes reaches past the end");
        }
        i = window.index(at, bytes);
        storedCrc = Bytes.getInt(a, i + CRC_AT);
        long salt = RecordFormat.salt(segmentSalt, at);
        syncedLsn = prefix == SYNCED_HEADER_BYTES ? Bytes.getLong(a, i + SYNCED_AT) ^ salt : 0;
        if (chained) {
            salt = RecordFormat.chainedSalt(segmentSalt, at, crcBefore);
        }
        int expected = RecordFormat.checksum(crc, salt, a, i, prefix + length);
        if (storedCrc != expected) {
            return invalid("fragment checksum 0x" + Integer.toHexString(storedCrc)
                    + ", expected 0x" + Integer.toHexString(expected));
        }
        if (a[i + bytes - 1] != RecordFormat.endByte(salt)) {
            return invalid("a fragment without its end byte");
        }
        payloadAt = at + prefix;
        endOffset = at + bytes;
        return true;
    }

    /// The first valid fragment at or behind an offset that says that something beyond `lsn` was
    /// durable when it was written; its offset, or -1. Where it is, [#syncedLsn] is what it says.
    ///
    /// Only the first fragment of a record can say so, and only about this life of the log.
    long findSyncedBeyond(long lsn, long from) throws IOException {
        if (lsn < header.startLsn()) {
            return -1;
        }
        for (long at = Math.max(from, HEADER_BYTES); limit - at >= SYNCED_HEADER_BYTES;
                at += ALIGNMENT) {
            int i = window.index(at, SYNCED_HEADER_BYTES);
            byte[] a = window.bytes();
            int tags = Bytes.getInt(a, i + TYPE_AT);
            if (tags >>> 16 != FLAG_SYNCED || (tags & 0xff) < FULL || (tags & 0xff) > FIRST) {
                continue;
            }
            long claim = Bytes.getLong(a, i + SYNCED_AT) ^ RecordFormat.salt(segmentSalt, at);
            if (claim > lsn && claim <= header.baseLsn() + at && load(at, false, 0)) {
                return at;
            }
        }
        return -1;
    }

    /// The first valid `full` or `first` fragment at or behind an offset, or -1. The end byte is
    /// looked at before the checksum is computed: bytes that imitate fragments cost little then.
    long findStart(long from) throws IOException {
        for (long at = Math.max(from, HEADER_BYTES); limit - at >= FRAGMENT_HEADER_BYTES;
                at += ALIGNMENT) {
            int i = window.index(at, FRAGMENT_HEADER_BYTES);
            byte[] a = window.bytes();
            int said = Bytes.getInt(a, i + LENGTH_AT);
            int tags = Bytes.getInt(a, i + TYPE_AT);
            if ((tags & 0xff) < FULL || (tags & 0xff) > FIRST || said < 0
                    || said > FRAGMENT_PAYLOAD_MAX) {
                continue;
            }
            int prefix = (tags >>> 16 & FLAG_SYNCED) != 0
                    ? SYNCED_HEADER_BYTES
                    : FRAGMENT_HEADER_BYTES;
            int bytes = (int) RecordFormat.fragmentBytes(prefix, said);
            if (limit - at < bytes) {
                continue;
            }
            byte end = window.bytes()[window.index(at, bytes) + bytes - 1];
            if (end == RecordFormat.endByte(RecordFormat.salt(segmentSalt, at))
                    && load(at, false, 0)) {
                return at;
            }
        }
        return -1;
    }

    private boolean invalid(String why) {
        problem = why;
        return false;
    }

    private int prefix() {
        return (flags & FLAG_SYNCED) != 0 ? SYNCED_HEADER_BYTES : FRAGMENT_HEADER_BYTES;
    }

    /// Why the last [#load] found no fragment.
    String problem() {
        return problem;
    }

    boolean ends() {
        return type == FULL || type == LAST;
    }

    int kind() {
        return kind;
    }

    /// Flags that this version does not know.
    int unknownFlags() {
        return flags & ~FLAG_SYNCED;
    }

    int length() {
        return length;
    }

    int storedCrc() {
        return storedCrc;
    }

    long syncedLsn() {
        return syncedLsn;
    }

    /// Where the fragment ends and the next one may start.
    long endOffset() {
        return endOffset;
    }

    /// Copies the payload of the fragment just loaded.
    void copyPayload(MemorySegment to, long toAt) throws IOException {
        int i = window.index(payloadAt, length);
        Bytes.copy(window.bytes(), i, to, toAt, length);
    }
}
