package dev.firn;

/// How the blocks of a table are compressed. The id of the codec is stored in every block, so a
/// keyspace may hold tables of several codecs and the choice may change at any time.
public enum Compression {
    /// Blocks are stored as they are.
    NONE,
    /// LZ4 block format: fast both ways, about half the size on text-like data.
    LZ4,
    /// Deflate (level 1) of the JDK: slower, smaller; fit for the last level.
    DEFLATE
}
