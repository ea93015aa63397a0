package dev.firn.sstable;

import dev.firn.KeyspaceOptions;
import org.jspecify.annotations.Nullable;

/// How a table is written.
///
/// @param codec what data and value blocks are compressed with
/// @param blockBytes the size of a data block before compression
/// @param filterBitsPerKey the size of the filter, 0 for none
/// @param owner the keyspace that is noted in it, or null
public record TableSettings(BlockCodec codec, int blockBytes, int filterBitsPerKey,
        @Nullable TableOwner owner) {
    /// Settings of a table in which no keyspace is noted.
    public TableSettings(BlockCodec codec, int blockBytes, int filterBitsPerKey) {
        this(codec, blockBytes, filterBitsPerKey, null);
    }

    /// What the options of a keyspace say, with a codec that may be another one.
    public static TableSettings of(KeyspaceOptions options, BlockCodec codec,
            @Nullable TableOwner owner) {
        return new TableSettings(codec, options.blockBytes(), options.filterBitsPerKey(), owner);
    }
}
