package dev.firn.manifest;

/// The layout of an edit in a record of the manifest.
///
/// ```
/// edit   := change*
/// change := tag v | length v | body of that length
/// body   := the values that the kind of change has in version 1 | field*
/// field  := tag v | length v | bytes
/// v      := unsigned LEB128, as short as possible
/// tag    := number << 1 | optional
/// ```
///
/// A change or a field whose number a reader does not know is skipped when it is marked optional;
/// else the store was written by a newer Firn and is refused. The fields of a body have rising
/// numbers. The values are listed in docs/format/manifest.md.
final class EditFormat {
    /// The version of the format of the store that this Firn writes, and the newest that it reads.
    static final int FORMAT_VERSION = 1;

    static final int STORE_CREATED = 1;
    static final int SNAPSHOT_ENDED = 2;
    static final int KEYSPACE_CREATED = 3;
    static final int KEYSPACE_DROPPED = 4;
    static final int NEXT_KEYSPACE = 5;
    static final int TABLE_ADDED = 6;
    static final int TABLE_REMOVED = 7;
    static final int TABLE_TRIMMED = 8;
    static final int FLUSHED = 9;
    static final int LOG_ROTATED = 10;
    static final int LOGS_FROM = 11;
    static final int NEXT_FILE = 12;
    static final int LAST_SEQUENCE = 13;

    /// A field of tables and trims: the first key that may be visible.
    static final int FIELD_LOWER = 1;

    /// A field of tables and trims: the key before which all visible ones are.
    static final int FIELD_UPPER = 2;

    /// The longest key.
    static final int KEY_BYTES_MAX = 64 << 10;

    private EditFormat() {}

    /// The tag of something that a reader must know.
    static int required(int number) {
        return number << 1;
    }
}
