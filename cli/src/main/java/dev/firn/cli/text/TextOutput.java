package dev.firn.cli.text;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Buffered output of bytes and of text in UTF-8. Not thread-safe.
///
/// A failed write throws [OutputClosedException] when nobody reads any more (`firn scan … | head`),
/// else [OutputFailedException]; so a command needs no thought about its output, and a full disk
/// behind `firn dump … > file` is not taken for a closed pipe.
public final class TextOutput extends OutputStream {
    private final OutputStream target;
    private final byte[] buffer = new byte[1 << 16];
    private int used;

    /// Output to a stream, which is not buffered itself.
    public TextOutput(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int b) {
        if (used == buffer.length) {
            drain();
        }
        buffer[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        int at = from;
        int left = length;
        while (left > 0) {
            if (used == buffer.length) {
                drain();
            }
            int some = Math.min(left, buffer.length - used);
            System.arraycopy(bytes, at, buffer, used, some);
            used += some;
            at += some;
            left -= some;
        }
    }

    /// Writes text.
    public TextOutput print(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /// Writes text and ends the line.
    public TextOutput println(String text) {
        print(text);
        write('\n');
        return this;
    }

    /// Hands everything to the stream below.
    @Override
    public void flush() {
        drain();
        try {
            target.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Flushes; the stream below stays open, for it is the process's.
    @Override
    public void close() {
        flush();
    }

    private void drain() {
        int length = used;
        used = 0;
        try {
            target.write(buffer, 0, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(IOException e) {
        String message = String.valueOf(e.getMessage());
        // The only thing that tells EPIPE from ENOSPC; the launcher sees to it that messages are
        // English.
        boolean closed = message.contains("Broken pipe") || message.contains("Pipe closed");
        return closed ? new OutputClosedException(e) : new OutputFailedException(e);
    }

    /// Nobody reads the output any more.
    public static final class OutputClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutputClosedException(Throwable cause) {
            super(cause);
        }
    }

    /// The output could not be written.
    public static final class OutputFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutputFailedException(Throwable cause) {
            super("cannot write the output: " + cause.getMessage(), cause);
        }
    }
}
