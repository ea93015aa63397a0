package dev.firn.hostile;

import dev.firn.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Puts checksums right in changed files, so that whoever reads them gets to see the change. Made
/// from the text of the formats alone.
final class Forge {
    private static final int LOG_HEADER = 64;
    private static final int FOOTER = 80;
    private static final int ENVELOPE = 16;
    private static final int FRAGMENT_PAYLOAD_MAX = 65512;

    private Forge() {}

    private static long mix(long x) {
        long y = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
        return y ^ y >>> 31;
    }

    private static int crc(byte[] a, int at, int length) {
        var crc = new CRC32C();
        crc.update(a, at, length);
        return (int) crc.getValue();
    }

    /// The header of a log or manifest, by the store and number that it names.
    static void logHeader(byte[] a) {
        if (a.length >= LOG_HEADER) {
            Bytes.putInt(a, 60, crc(a, 0, 60) ^ (int) (segmentSalt(a) >>> 32));
        }
    }

    private static long segmentSalt(byte[] a) {
        return mix(Bytes.getLong(a, 16) + mix(Bytes.getLong(a, 24)));
    }

    /// Header and fragments of a log or manifest: each fragment begins where the one before says
    /// that it ends.
    static void log(byte[] a) {
        logHeader(a);
        if (a.length < LOG_HEADER) {
            return;
        }
        int before = 0;
        for (int at = LOG_HEADER; at >= 0 && at + 12 <= a.length;) {
            int next = fragment(a, at, before);
            before = Bytes.getInt(a, at);
            at = next;
        }
    }

    /// Seals the fragment at an offset; returns where it ends, or -1 when it does not fit.
    private static int fragment(byte[] a, int at, int crcBefore) {
        int length = Bytes.getInt(a, at + 4);
        int type = a[at + 8];
        int head = (a[at + 10] & 1) != 0 ? 20 : 12;
        if (type == 0 || length < 0 || length > FRAGMENT_PAYLOAD_MAX) {
            return -1;
        }
        int end = (at + head + length + 8) & -8;
        if (end > a.length) {
            return -1;
        }
        long salt = mix(segmentSalt(a) + at);
        if (type > 2) {
            salt = mix(salt + Integer.toUnsignedLong(crcBefore));
        }
        Bytes.putInt(a, at, crc(a, at + 4, head + length - 4) ^ (int) (salt >>> 32));
        a[end - 1] = (byte) (salt | 0x80);
        return end;
    }

    private static long tableMix(long x) {
        return mix(x + 0x9e3779b97f4a7c15L);
    }

    /// Puts the checksum of a range of a table into its field.
    private static void seal(byte[] a, int at, int length, int field, long tableId) {
        Bytes.putInt(a, field, (int) tableMix(tableId + tableMix(at)));
        Bytes.putInt(a, field, crc(a, at, length));
    }

    /// Footer and blocks of a table: each block begins where the one before says that it ends.
    static void table(byte[] a) {
        int footer = a.length - FOOTER;
        if (footer < 0) {
            return;
        }
        long id = Bytes.getLong(a, footer + 24);
        for (int at = 0; at + ENVELOPE <= footer;) {
            int stored = Bytes.getInt(a, at + 8);
            if (stored < 0 || stored > footer - at - ENVELOPE) {
                break;
            }
            seal(a, at, ENVELOPE + stored, at + 12, id);
            at += ENVELOPE + stored;
        }
        block(a, footer, 48, 60, id);
        block(a, footer, 40, 56, id);
        seal(a, footer, FOOTER, footer + 76, id);
    }

    /// A block that the footer tells the place of.
    private static void block(byte[] a, int footer, int atField, int bytesField, long id) {
        long at = Bytes.getLong(a, footer + atField);
        int bytes = Bytes.getInt(a, footer + bytesField);
        if (at >= 0 && bytes >= ENVELOPE && at <= footer - bytes) {
            seal(a, (int) at, bytes, (int) at + 12, id);
        }
    }

    /// What `CURRENT` has to say, with its checksum.
    static byte[] current(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return (line + " crc32c %08x\n".formatted(crc(bytes, 0, bytes.length)))
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
