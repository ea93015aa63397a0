package dev.firn.cli.text;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Buffered input that counts its lines. A byte order mark at the start is skipped. Not
/// thread-safe.
public final class TextInput {
    /// What [#read] and [#peek] return at the end.
    static final int END = -1;

    private final InputStream source;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long consumedBefore;
    private long line = 1;
    private int last = '\n';

    /// Input from a stream.
    ///
    /// @throws IOException when its start cannot be read
    public TextInput(InputStream source) throws IOException {
        this.source = source;
        while (end < 3 && fill()) {
            // A pipe may deliver the mark in pieces.
        }
        if (end >= 3 && buffer[0] == (byte) 0xef && buffer[1] == (byte) 0xbb
                && buffer[2] == (byte) 0xbf) {
            at = 3;
        }
    }

    /// The number of the line that the next byte belongs to, from 1.
    long line() {
        return line;
    }

    /// How many bytes were read.
    public long position() {
        return consumedBefore + at;
    }

    /// The next byte, or [#END].
    int read() throws IOException {
        int b = peek();
        if (b != END) {
            at++;
            last = b;
            if (b == '\n') {
                line++;
            }
        }
        return b;
    }

    /// The next byte, or [#END], without going beyond it.
    int peek() throws IOException {
        if (at == end) {
            consumedBefore += at;
            at = 0;
            end = 0;
            if (!fill()) {
                return END;
            }
        }
        return buffer[at] & 0xff;
    }

    /// The next byte, where a carriage return and a line feed are one line feed.
    int readUnix() throws IOException {
        int b = read();
        return b == '\r' && peek() == '\n' ? read() : b;
    }

    /// Reads a line as bytes, without its end; null at the end of the input.
    ///
    /// @throws MalformedEntryException when it is longer than a limit; the whole line was passed
    ///     over then
    public byte @Nullable [] readLine(int bytesMax) throws IOException, MalformedEntryException {
        if (peek() == END) {
            return null;
        }
        var field = new Field("line", bytesMax);
        long number = line;
        try {
            for (int b = readUnix(); b != '\n' && b != END; b = readUnix()) {
                field.add(b);
            }
        } catch (MalformedEntryException e) {
            skipLine(number);
            throw e;
        }
        return field.take();
    }

    /// Goes to the start of the line after the one of a number, unless it is at the start of one
    /// already.
    void skipLine(long number) throws IOException {
        while ((line == number || last != '\n') && peek() != END) {
            int stop = at;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            if (stop == end) {
                at = end;
                last = 0;
            } else {
                at = stop;
                read();
            }
        }
    }

    /// Goes to the start of the next line that holds something, when it is at the start of a line.
    void skipBlankLines() throws IOException {
        while (peek() == '\n' || (peek() == '\r' && peekSecond() == '\n')) {
            readUnix();
        }
    }

    private int peekSecond() throws IOException {
        if (at + 1 == end) {
            consumedBefore += at;
            buffer[0] = buffer[at];
            at = 0;
            end = 1;
            fill();
        }
        return at + 1 < end ? buffer[at + 1] & 0xff : END;
    }

    private boolean fill() throws IOException {
        int got = source.read(buffer, end, buffer.length - end);
        end += Math.max(got, 0);
        return got > 0;
    }
}
