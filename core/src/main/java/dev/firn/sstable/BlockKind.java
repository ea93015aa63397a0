package dev.firn.sstable;

/// What a block holds. The codes are stored; 7 is reserved for range tombstones.
enum BlockKind {
    /// Entries, see [SortedBlock].
    DATA(1, "data", TableFormat.SORTED_RAW_MAX),
    /// A piece of a large value, see [LargeValue].
    VALUE(2, "value", TableFormat.VALUE_PIECE),
    /// A part of the index: where data blocks are, see [SortedBlock].
    INDEX(3, "index", TableFormat.SORTED_RAW_MAX),
    /// A part of the filter, see [Filter].
    FILTER(4, "filter", TableFormat.FILTER_BLOCK),
    /// Where the index blocks are, see [SortedBlock].
    TOP_INDEX(5, "top index", Integer.MAX_VALUE),
    /// What is known about the whole table, see [TableProperties].
    PROPERTIES(6, "properties", TableFormat.PROPERTIES_MAX);

    /// Codes are below this.
    static final int CODES = 8;

    private final int code;
    private final String title;
    private final int rawMax;

    BlockKind(int code, String title, int rawMax) {
        this.code = code;
        this.title = title;
        this.rawMax = rawMax;
    }

    /// The stored code.
    int code() {
        return code;
    }

    /// The name for people.
    String title() {
        return title;
    }

    /// The most bytes a block of the kind has before compression. Those without a limit here are
    /// never compressed, so the file is their limit.
    int rawMax() {
        return rawMax;
    }

    /// Whether blocks of the kind may be compressed.
    boolean isCompressible() {
        return this == DATA || this == VALUE || this == INDEX;
    }

    /// The name of a code, for messages: also of those reserved and unknown.
    static String nameOf(int code) {
        for (BlockKind kind : values()) {
            if (kind.code == code) {
                return kind.title;
            }
        }
        return code == 7 ? "range tombstones (reserved)" : "unknown kind " + code;
    }
}
