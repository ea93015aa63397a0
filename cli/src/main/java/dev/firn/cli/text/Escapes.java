package dev.firn.cli.text;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Any bytes as one line of text: tab, line feed, carriage return and backslash are written `\t`,
/// `\n`, `\r` and `\\`; other control characters (also those of U+0080 to U+009F, which terminals
/// obey), the byte order mark and bytes that are not UTF-8 are written `\xHH`, byte by byte; all
/// else is itself.
///
/// So the text is valid UTF-8, does nothing to a terminal, and reading it gives the same bytes.
public final class Escapes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Escapes() {}

    /// The escaped text of bytes.
    public static String escape(byte[] bytes) {
        var text = new ByteArrayOutputStream(bytes.length + 16);
        var out = new TextOutput(text);
        write(bytes, bytes.length, out);
        out.flush();
        return text.toString(StandardCharsets.UTF_8);
    }

    /// Writes the escaped text of the first bytes of an array.
    public static void write(byte[] bytes, int length, TextOutput out) {
        int at = 0;
        while (at < length) {
            byte b = bytes[at];
            if (b >= 0x20 && b != 0x7f && b != '\\') {
                out.write(b);
                at++;
            } else if (b >= 0) {
                writeControl(b, out);
                at++;
            } else {
                at = writeSequence(bytes, at, length, out);
            }
        }
    }

    private static void writeControl(byte b, TextOutput out) {
        switch (b) {
            case '\t' -> out.print("\\t");
            case '\n' -> out.print("\\n");
            case '\r' -> out.print("\\r");
            case '\\' -> out.print("\\\\");
            default -> writeHex(b, out);
        }
    }

    private static int writeSequence(byte[] bytes, int at, int end, TextOutput out) {
        int length = Utf8.sequenceLength(bytes, at, end);
        int lead = bytes[at] & 0xff;
        boolean control = length == 2 && lead == 0xc2 && (bytes[at + 1] & 0xff) < 0xa0;
        boolean mark =
                length == 3 && lead == 0xef && bytes[at + 1] == (byte) 0xbb
                        && bytes[at + 2] == (byte) 0xbf;
        if (length > 0 && !control && !mark) {
            out.write(bytes, at, length);
            return at + length;
        }
        int stop = at + Math.max(length, 1);
        for (int i = at; i < stop; i++) {
            writeHex(bytes[i], out);
        }
        return stop;
    }

    private static void writeHex(byte b, TextOutput out) {
        out.write('\\');
        out.write('x');
        out.write(HEX[b >> 4 & 15]);
        out.write(HEX[b & 15]);
    }

    /// The bytes that escaped text stands for.
    public static byte[] unescape(String text) throws MalformedEntryException {
        var bytes = new ByteArrayOutputStream(text.length());
        try {
            var in = new TextInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            for (int b = in.read(); b != TextInput.END; b = in.read()) {
                bytes.write(b == '\\' ? read(in) : b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Reads what follows a backslash, never beyond the end of the line.
    static int read(TextInput in) throws IOException, MalformedEntryException {
        int b = in.peek();
        int meant =
                switch (b) {
                    case 't' -> '\t';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case '\\' -> '\\';
                    case 'x' -> 'x';
                    default -> throw malformed(b);
                };
        in.read();
        return meant == 'x' ? hexDigit(in) << 4 | hexDigit(in) : meant;
    }

    private static int hexDigit(TextInput in) throws IOException, MalformedEntryException {
        int b = in.peek();
        int digit = b < 0x80 ? Character.digit(b, 16) : -1;
        if (digit < 0) {
            throw new MalformedEntryException("expected two hexadecimal digits after \\x");
        }
        in.read();
        return digit;
    }

    private static MalformedEntryException malformed(int b) {
        String found =
                b > 0x20 && b < 0x7f ? "\\" + (char) b + " is no escape" : "a lone backslash";
        return new MalformedEntryException(found + "; the escapes are \\t \\n \\r \\\\ and \\xHH");
    }
}
