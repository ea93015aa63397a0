package dev.firn.cli.text;

import dev.firn.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the files of the LSM course project: pairs of signed 32-bit integers, little-endian, key
/// and value in turn, with nothing between them. They become their decimal text, which is what one
/// types to find them.
public final class IntegerPairsReader implements EntryReader {
    private final InputStream in;
    private long pairs;

    /// A reader of a buffered stream.
    public IntegerPairsReader(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable Entry next() throws IOException, MalformedEntryException {
        byte[] pair = in.readNBytes(8);
        if (pair.length == 0) {
            return null;
        }
        if (pair.length < 8) {
            throw new MalformedEntryException(
                    "ends within a pair of 32-bit integers, after " + pairs + " whole ones");
        }
        pairs++;
        return new Entry(decimal(pair, 0), decimal(pair, 4));
    }

    @Override
    public long line() {
        return 0;
    }

    private static byte[] decimal(byte[] pair, int at) {
        int n = ByteBuffer.wrap(pair).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        return Integer.toString(n).getBytes(StandardCharsets.US_ASCII);
    }
}
