package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.util.zip.CRC32C;

/// The checksums of tables: CRC32C over a range in which the four bytes of the checksum itself
/// stand for a *salt*, a mix of the table's id and the range's offset in the file.
///
/// With the salt a block that is whole, but belongs to another table or another place, fails its
/// checksum. Any change of a run of up to 32 bits is found for certain, as with plain CRC32C.
final class Checksum {
    private Checksum() {}

    /// The salt for bytes at an offset of a table's file.
    static int salt(long tableId, long offset) {
        return (int) mix(tableId + mix(offset));
    }

    /// Writes the checksum of the range into its field.
    static void put(CRC32C crc, byte[] a, int at, int length, int field, int salt) {
        Bytes.putInt(a, field, compute(crc, a, at, length, field, salt));
    }

    /// Whether the field holds the checksum of the range. Changes the field.
    static boolean matches(CRC32C crc, byte[] a, int at, int length, int field, int salt) {
        return Bytes.getInt(a, field) == compute(crc, a, at, length, field, salt);
    }

    private static int compute(CRC32C crc, byte[] a, int at, int length, int field, int salt) {
        Bytes.putInt(a, field, salt);
        crc.reset();
        crc.update(a, at, length);
        return (int) crc.getValue();
    }

    /// Spreads a number over all 64 bits (the finalizer of SplitMix64); one to one, 0 moved away.
    static long mix(long x) {
        x += 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
