package dev.firn.sstable;

import java.io.IOException;
import java.util.Objects;

/// The LZ4 block format, without a frame: see `docs/decisions/0005-own-lz4.md`.
public final class Lz4Codec implements BlockCodec {
    /// The id in the block.
    public static final byte ID = 1;

    private static final int SPARES = 8;

    private final Spares<Lz4Encoder> encoders = new Spares<>(SPARES);

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public String name() {
        return "lz4";
    }

    @Override
    public int maxCompressedLength(int rawLength) {
        return Math.addExact(rawLength, rawLength / 255 + 16);
    }

    @Override
    public int compress(byte[] src, int at, int length, byte[] dst, int dstAt) {
        Objects.checkFromIndexSize(at, length, src.length);
        Objects.checkFromIndexSize(dstAt, maxCompressedLength(length), dst.length);
        Lz4Encoder spare = encoders.take();
        Lz4Encoder encoder = spare != null ? spare : new Lz4Encoder();
        int made = encoder.encode(src, at, length, dst, dstAt);
        encoders.give(encoder);
        return made;
    }

    @Override
    public void decompress(byte[] src, int at, int length, byte[] dst, int dstAt, int rawLength)
            throws IOException {
        Objects.checkFromIndexSize(at, length, src.length);
        Objects.checkFromIndexSize(dstAt, rawLength, dst.length);
        Lz4Decoder.decode(src, at, length, dst, dstAt, rawLength);
    }
}
