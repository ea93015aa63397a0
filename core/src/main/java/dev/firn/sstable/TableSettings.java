package dev.firn.sstable;

import dev.firn.KeyspaceOptions;

/// How a table is written.
///
/// @param codec what data and value blocks are compressed with
/// @param blockBytes the size of a data block before compression
/// @param filterBitsPerKey the size of the filter, 0 for none
public record TableSettings(BlockCodec codec, int blockBytes, int filterBitsPerKey) {
    /// What the options of a keyspace say, with a codec that may be another one.
    public static TableSettings of(KeyspaceOptions options, BlockCodec codec) {
        return new TableSettings(codec, options.blockBytes(), options.filterBitsPerKey());
    }
}
