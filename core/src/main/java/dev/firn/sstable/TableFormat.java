package dev.firn.sstable;

/// The layout of a table's file, from the outside in; the normative text is
/// `docs/format/sstable.md`.
///
/// ```
/// +--------------------------------------------+ 0
/// | data blocks, each preceded by the value    |
/// | blocks of the large values it refers to    |
/// +--------------------------------------------+
/// | index blocks                               |
/// +--------------------------------------------+
/// | filter blocks                              |
/// +--------------------------------------------+
/// | top index block                            |
/// +--------------------------------------------+
/// | properties block                           |
/// +--------------------------------------------+
/// | footer, 80 bytes                           |
/// +--------------------------------------------+ end of file
/// ```
///
/// All numbers are little-endian. Nothing lies between blocks. Data, index and filter blocks are
/// numbered from 0 in this order: the number is the block's *ordinal*, its place in the cache.
final class TableFormat {
    /// The only version there is.
    static final int VERSION = 1;

    /// The longest key.
    static final int KEY_MAX = 1 << 16;

    /// The longest value.
    static final int VALUE_MAX = 1 << 30;

    /// The longest value that stands in its entry; a longer one gets blocks of its own.
    static final int VALUE_INLINE_MAX = 256 << 10;

    /// How much of a large value a value block holds; the last one holds the rest.
    static final int VALUE_PIECE = 256 << 10;

    /// The size at which an index block is closed, once it has [#INDEX_ENTRIES_MIN] entries.
    static final int INDEX_BLOCK = 4 << 10;

    /// See [#INDEX_BLOCK]: keeps the top index small when keys are enormous.
    static final int INDEX_ENTRIES_MIN = 4;

    /// How much of the filter a filter block holds; the last one holds the rest.
    static final int FILTER_BLOCK = 4 << 10;

    /// The most a data or index block has before compression: one entry of the longest key and the
    /// longest inline value, or four of the longest separators, and what surrounds them.
    static final int SORTED_RAW_MAX = 512 << 10;

    /// The most the properties take: two longest keys, and much room for more.
    static final int PROPERTIES_MAX = 1 << 20;

    private TableFormat() {}
}
