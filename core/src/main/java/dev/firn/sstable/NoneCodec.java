package dev.firn.sstable;

import java.io.IOException;

/// Stores blocks as they are.
public final class NoneCodec implements BlockCodec {
    /// The id in the block.
    public static final byte ID = 0;

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public String name() {
        return "none";
    }

    @Override
    public int maxCompressedLength(int rawLength) {
        return rawLength;
    }

    @Override
    public int compress(byte[] src, int at, int length, byte[] dst, int dstAt) {
        System.arraycopy(src, at, dst, dstAt, length);
        return length;
    }

    @Override
    public void decompress(byte[] src, int at, int length, byte[] dst, int dstAt, int rawLength)
            throws IOException {
        if (length != rawLength) {
            throw new IOException(
                    "block stored without compression has " + length + " bytes instead of "
                            + rawLength);
        }
        System.arraycopy(src, at, dst, dstAt, length);
    }
}
