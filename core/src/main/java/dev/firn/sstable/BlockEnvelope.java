package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.util.zip.CRC32C;

/// What precedes the bytes of every block on disk.
///
/// ```
///  0        1        2        3        4
/// +--------+--------+-----------------+
/// | codec  | kind   | reserved, 0     |
/// +--------+--------+-----------------+ 4
/// | raw length: before compression    |
/// +-----------------------------------+ 8
/// | stored length: what follows       |
/// +-----------------------------------+ 12
/// | checksum of all of it, salted     |
/// +-----------------------------------+ 16
/// | stored bytes ...                  |
/// ```
///
/// The checksum (see [Checksum]) covers the envelope and the stored bytes; it is salted with the
/// table's id and the offset of the envelope in the file.
final class BlockEnvelope {
    /// The envelope's length; the stored bytes begin behind it.
    static final int LENGTH = 16;

    private static final int CODEC = 0;
    private static final int KIND = 1;
    private static final int RESERVED = 2;
    private static final int RAW_LENGTH = 4;
    private static final int STORED_LENGTH = 8;
    private static final int CHECKSUM = 12;

    private BlockEnvelope() {}

    /// Writes the envelope of stored bytes that are in place behind it.
    static void seal(CRC32C crc, byte[] a, int at, byte codec, BlockKind kind, int rawLength,
            int storedLength, int salt) {
        a[at + CODEC] = codec;
        a[at + KIND] = (byte) kind.code();
        Bytes.putShort(a, at + RESERVED, 0);
        Bytes.putInt(a, at + RAW_LENGTH, rawLength);
        Bytes.putInt(a, at + STORED_LENGTH, storedLength);
        Checksum.put(crc, a, at, LENGTH + storedLength, at + CHECKSUM, salt);
    }

    /// Whether the checksum of a block of `diskLength` bytes, envelope included, is right.
    static boolean isWhole(CRC32C crc, byte[] a, int at, int diskLength, int salt) {
        return Checksum.matches(crc, a, at, diskLength, at + CHECKSUM, salt);
    }

    static byte codec(byte[] a, int at) {
        return a[at + CODEC];
    }

    static int kind(byte[] a, int at) {
        return a[at + KIND] & 0xff;
    }

    /// The checksum as stored, before [#isWhole] has overwritten it.
    static int checksum(byte[] a, int at) {
        return Bytes.getInt(a, at + CHECKSUM);
    }

    static int reserved(byte[] a, int at) {
        return Bytes.getShort(a, at + RESERVED);
    }

    static int rawLength(byte[] a, int at) {
        return Bytes.getInt(a, at + RAW_LENGTH);
    }

    static int storedLength(byte[] a, int at) {
        return Bytes.getInt(a, at + STORED_LENGTH);
    }
}
