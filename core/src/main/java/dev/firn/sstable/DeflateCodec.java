package dev.firn.sstable;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Deflate of the JDK, level 1, without the zlib wrapper (blocks have a checksum already).
///
/// A deflater and an inflater hold native memory (some 300 and 40 KiB), so a few of each are kept.
public final class DeflateCodec implements BlockCodec {
    /// The id in the block.
    public static final byte ID = 2;

    private static final int SPARES = 8;
    private static final byte[] NOTHING = {};

    private final Spares<Deflater> deflaters = new Spares<>(SPARES);
    private final Spares<Inflation> inflations = new Spares<>(SPARES);

    /// An inflater, and a place for the byte behind the end that must not come.
    private static final class Inflation {
        final Inflater inflater = new Inflater(true);
        final byte[] beyond = new byte[1];
    }

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public String name() {
        return "deflate";
    }

    /// Generous: some builds of zlib spend nine bits on a byte at level 1.
    @Override
    public int maxCompressedLength(int rawLength) {
        return Math.addExact(rawLength, rawLength / 8 + 64);
    }

    @Override
    public int compress(byte[] src, int at, int length, byte[] dst, int dstAt) {
        Deflater spare = deflaters.take();
        Deflater deflater = spare != null ? spare : new Deflater(1, true);
        int room = maxCompressedLength(length);
        int made = 0;
        try {
            deflater.setInput(src, at, length);
            deflater.finish();
            while (!deflater.finished()) {
                int n = deflater.deflate(dst, dstAt + made, room - made);
                if (n == 0 && !deflater.finished()) {
                    throw new IllegalStateException(
                            "deflate made more than " + room + " of " + length);
                }
                made += n;
            }
        } finally {
            // Inputs are replaced so that a kept deflater does not keep somebody's array alive.
            deflater.reset();
            deflater.setInput(NOTHING);
            if (!deflaters.give(deflater)) {
                deflater.end();
            }
        }
        return made;
    }

    @Override
    public void decompress(byte[] src, int at, int length, byte[] dst, int dstAt, int rawLength)
            throws IOException {
        Inflation spare = inflations.take();
        Inflation inflation = spare != null ? spare : new Inflation();
        Inflater inflater = inflation.inflater;
        try {
            inflater.setInput(src, at, length);
            int made = 0;
            while (made < rawLength) {
                int n = inflater.inflate(dst, dstAt + made, rawLength - made);
                if (n == 0) {
                    throw new IOException("deflated block ends after " + made + " of " + rawLength);
                }
                made += n;
            }
            // The end mark may still have to be read, which takes a place to write to.
            if (!inflater.finished() && inflater.inflate(inflation.beyond) != 0) {
                throw new IOException("deflated block goes on after " + rawLength + " bytes");
            }
            if (!inflater.finished() || inflater.getRemaining() != 0) {
                throw new IOException("deflated block does not end where it should");
            }
        } catch (DataFormatException e) {
            throw new IOException("deflated block is malformed: " + e.getMessage(), e);
        } finally {
            inflater.reset();
            inflater.setInput(NOTHING);
            if (!inflations.give(inflation)) {
                inflater.end();
            }
        }
    }
}
