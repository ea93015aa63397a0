package dev.firn.sstable;

import java.io.IOException;

/// A way to compress a block, named in the block by its id.
///
/// One instance is used by many threads at a time. What a call needs to work with (hash tables,
/// native deflaters) an implementation keeps in a pool of its own; a call allocates nothing in the
/// long run. Blocks are compressed one by one and know nothing of each other.
///
/// **Adding a codec** (Zstd, say, in a module of its own that depends on a native library):
/// implement this interface with an unused id of 16 or above (lower ones belong to Firn), hand an
/// instance to [Codecs#Codecs(BlockCodec...)], and tables whose blocks name the id can be read. A
/// store opened without it still opens; reading a block it cannot decompress is an error that names
/// the id. Once tables were written the id is bound to the format for good.
public interface BlockCodec {
    /// What stands in the block; unique and stable.
    byte id();

    /// A short lower-case name for people: `lz4`.
    String name();

    /// The most bytes [#compress] can make of so many.
    int maxCompressedLength(int rawLength);

    /// Compresses `length` bytes of `src`. The same input gives the same output, whatever was
    /// compressed before.
    ///
    /// @param dst has room for [#maxCompressedLength] bytes from `dstAt` on; all of that room may
    ///     be overwritten, nothing else is
    /// @return how many bytes were written; it may be more than `length`, and the caller then
    ///     stores the block as it is
    int compress(byte[] src, int at, int length, byte[] dst, int dstAt);

    /// Restores a block of `rawLength` bytes from `length` bytes of `src`.
    ///
    /// The input may be hostile. Nothing outside of the two given ranges is read or written (what
    /// the target range holds after an exception is undefined), and the work is bounded by the
    /// lengths.
    ///
    /// @throws IOException when the input is not the complete compressed form of exactly
    ///     `rawLength` bytes; it knows neither file nor offset, the caller adds them
    void decompress(byte[] src, int at, int length, byte[] dst, int dstAt, int rawLength)
            throws IOException;
}
