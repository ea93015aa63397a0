package dev.firn;

import java.util.Objects;

/// What can be chosen for a keyspace when it is created. Persisted in the manifest.
///
/// @param shape the shape of the tree; [CompactionShape#HYBRID] unless told
/// @param compression the codec of tables that stay long (the upper, soon rewritten ones may be
///     stored uncompressed); [Compression#LZ4] unless told
/// @param blockBytes the size of a data block before compression, 1 KiB to 64 KiB; 4 KiB unless
///     told
/// @param filterBitsPerKey the size of the bloom filter, 0 (none) to 20 bits a key; 10 unless told
/// @param tableBytes the size at which a compaction's output table is closed, 64 KiB to 1 GiB; 64
///     MiB unless told
public record KeyspaceOptions(
        CompactionShape shape,
        Compression compression,
        int blockBytes,
        int filterBitsPerKey,
        long tableBytes) {

    private static final KeyspaceOptions DEFAULTS =
            new KeyspaceOptions(CompactionShape.HYBRID, Compression.LZ4, 4096, 10, 64L << 20);

    /// Checks the values.
    public KeyspaceOptions {
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(compression, "compression");
        checkRange("blockBytes", blockBytes, 1024, 64 << 10);
        checkRange("filterBitsPerKey", filterBitsPerKey, 0, 20);
        checkRange("tableBytes", tableBytes, 64L << 10, 1L << 30);
    }

    /// The values used when nothing is said.
    public static KeyspaceOptions defaults() {
        return DEFAULTS;
    }

    /// These options with another shape.
    public KeyspaceOptions withShape(CompactionShape shape) {
        return new KeyspaceOptions(shape, compression, blockBytes, filterBitsPerKey, tableBytes);
    }

    /// These options with another codec.
    public KeyspaceOptions withCompression(Compression compression) {
        return new KeyspaceOptions(shape, compression, blockBytes, filterBitsPerKey, tableBytes);
    }

    /// These options with another block size in bytes.
    public KeyspaceOptions withBlockBytes(int blockBytes) {
        return new KeyspaceOptions(shape, compression, blockBytes, filterBitsPerKey, tableBytes);
    }

    /// These options with another filter size in bits a key.
    public KeyspaceOptions withFilterBitsPerKey(int filterBitsPerKey) {
        return new KeyspaceOptions(shape, compression, blockBytes, filterBitsPerKey, tableBytes);
    }

    /// These options with another bound for the size of a table in bytes.
    public KeyspaceOptions withTableBytes(long tableBytes) {
        return new KeyspaceOptions(shape, compression, blockBytes, filterBitsPerKey, tableBytes);
    }

    static void checkRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be between " + least + " and " + most + ", not " + value);
        }
    }
}
