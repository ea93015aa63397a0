package dev.firn.sstable;

import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import java.util.zip.CRC32C;

/// The last bytes of a table's file, where reading it begins.
///
/// ```
/// +---------------------------------------------+ 0
/// | magic: "FirnSst" and 0x0a                   |
/// +----------------------+----------------------+ 8
/// | format version       | length of the footer |
/// +----------------------+----------------------+ 16
/// | id of the store                             |
/// +---------------------------------------------+ 24
/// | id of the table                             |
/// +---------------------------------------------+ 32
/// | bytes of the file, footer included          |
/// +---------------------------------------------+ 40
/// | offset of the top index block               |
/// +---------------------------------------------+ 48
/// | offset of the properties block              |
/// +----------------------+----------------------+ 56
/// | bytes of top index   | bytes of properties  |
/// +----------------------+----------------------+ 64
/// | reserved, 0                                 |
/// +----------------------+----------------------+ 72
/// | reserved, 0          | checksum, salted     |
/// +----------------------+----------------------+ 80
/// ```
///
/// @param identity which table it is
/// @param fileBytes the length of the file
/// @param topIndexAt where the top index begins
/// @param topIndexBytes how long it is with its envelope
/// @param propertiesAt where the properties begin
/// @param propertiesBytes how long they are with their envelope
record Footer(TableIdentity identity, long fileBytes, long topIndexAt, int topIndexBytes,
        long propertiesAt, int propertiesBytes) {
    static final int LENGTH = 80;

    private static final long MAGIC = 0x0a7473536e726946L;

    private static final int VERSION = 8;
    private static final int FOOTER_LENGTH = 12;
    private static final int STORE_ID = 16;
    private static final int TABLE_ID = 24;
    private static final int FILE_BYTES = 32;
    private static final int TOP_INDEX_AT = 40;
    private static final int PROPERTIES_AT = 48;
    private static final int TOP_INDEX_BYTES = 56;
    private static final int PROPERTIES_BYTES = 60;
    private static final int RESERVED = 64;
    private static final int RESERVED_2 = 72;
    private static final int CHECKSUM = 76;

    /// Writes it.
    void put(CRC32C crc, byte[] a, int at) {
        Bytes.putLong(a, at, MAGIC);
        Bytes.putInt(a, at + VERSION, TableFormat.VERSION);
        Bytes.putInt(a, at + FOOTER_LENGTH, LENGTH);
        Bytes.putLong(a, at + STORE_ID, identity.storeId());
        Bytes.putLong(a, at + TABLE_ID, identity.tableId());
        Bytes.putLong(a, at + FILE_BYTES, fileBytes);
        Bytes.putLong(a, at + TOP_INDEX_AT, topIndexAt);
        Bytes.putLong(a, at + PROPERTIES_AT, propertiesAt);
        Bytes.putInt(a, at + TOP_INDEX_BYTES, topIndexBytes);
        Bytes.putInt(a, at + PROPERTIES_BYTES, propertiesBytes);
        Bytes.putLong(a, at + RESERVED, 0);
        Bytes.putInt(a, at + RESERVED_2, 0);
        int salt = Checksum.salt(identity.tableId(), fileBytes - LENGTH);
        Checksum.put(crc, a, at, LENGTH, at + CHECKSUM, salt);
    }

    /// Whether the bytes begin like a footer.
    static boolean isLikely(byte[] a) {
        return Bytes.getLong(a, 0) == MAGIC;
    }

    /// Which table the bytes of a footer name, right or wrong.
    static TableIdentity identity(byte[] a) {
        return new TableIdentity(Bytes.getLong(a, STORE_ID), Bytes.getLong(a, TABLE_ID));
    }

    /// Reads and checks the footer of a file of `bytes` bytes that is said to be a certain table.
    static Footer read(CRC32C crc, byte[] a, String file, long bytes, TableIdentity expected)
            throws CorruptException {
        long offset = bytes - LENGTH;
        if (Bytes.getLong(a, 0) != MAGIC) {
            throw new CorruptException(file, offset,
                    "no footer of a table; it is cut off or not a table");
        }
        if (Bytes.getInt(a, VERSION) != TableFormat.VERSION) {
            throw new CorruptException(file, offset, "table format "
                    + Integer.toUnsignedString(Bytes.getInt(a, VERSION))
                    + "; this version of Firn reads " + TableFormat.VERSION);
        }
        TableIdentity found = identity(a);
        int checksum = Bytes.getInt(a, CHECKSUM);
        if (!Checksum.matches(crc, a, 0, LENGTH, CHECKSUM,
                Checksum.salt(found.tableId(), offset))) {
            throw new CorruptException(file, offset, "wrong checksum of the footer: it is 0x"
                    + Integer.toHexString(checksum) + ", but 0x"
                    + Long.toHexString(crc.getValue()) + " was computed");
        }
        if (found.storeId() != expected.storeId()) {
            throw new CorruptException(file, offset, "a table of another store: "
                    + Long.toHexString(found.storeId()) + " instead of "
                    + Long.toHexString(expected.storeId()));
        }
        if (found.tableId() != expected.tableId()) {
            throw new CorruptException(file, offset, "another table of the store: "
                    + Long.toHexString(found.tableId()) + " instead of "
                    + Long.toHexString(expected.tableId()));
        }
        Footer footer = new Footer(found, Bytes.getLong(a, FILE_BYTES),
                Bytes.getLong(a, TOP_INDEX_AT), Bytes.getInt(a, TOP_INDEX_BYTES),
                Bytes.getLong(a, PROPERTIES_AT), Bytes.getInt(a, PROPERTIES_BYTES));
        if (Bytes.getInt(a, FOOTER_LENGTH) != LENGTH || footer.fileBytes != bytes
                || footer.topIndexAt < 0 || footer.topIndexBytes <= BlockEnvelope.LENGTH
                || footer.propertiesBytes <= BlockEnvelope.LENGTH
                || footer.topIndexAt > footer.propertiesAt
                || footer.propertiesAt - footer.topIndexAt != footer.topIndexBytes
                || offset - footer.propertiesAt != footer.propertiesBytes
                || Bytes.getLong(a, RESERVED) != 0 || Bytes.getInt(a, RESERVED_2) != 0) {
            throw new CorruptException(file, offset, "the footer does not fit the file");
        }
        return footer;
    }
}
