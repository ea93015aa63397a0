package dev.firn.cli.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Strings and white space of JSON (RFC 8259) within a line.
final class JsonText {
    private final TextInput in;

    JsonText(TextInput in) {
        this.in = in;
    }

    void skipSpace() throws IOException {
        while (in.peek() == ' ' || in.peek() == '\t' || in.peek() == '\r') {
            in.read();
        }
    }

    /// Reads a string, from its opening quote to its closing one, as UTF-8.
    byte[] string(String what, long bytesMax) throws IOException, MalformedEntryException {
        var field = new Field(what, bytesMax);
        in.read();
        while (true) {
            int b = in.peek();
            if (b == TextInput.END || b == '\n') {
                throw new MalformedEntryException("a string that is never closed");
            }
            in.read();
            if (b == '"') {
                break;
            } else if (b == '\\') {
                escape(field);
            } else if (b < 0x20) {
                throw new MalformedEntryException(
                        "a control character in a string; expected \\u00HH");
            } else {
                field.add(b);
            }
        }
        byte[] bytes = field.take();
        if (!Utf8.isValid(bytes)) {
            throw new MalformedEntryException(
                    "the " + what + " is not UTF-8; expected base64 in \"" + what + "64\"");
        }
        return bytes;
    }

    private void escape(Field field) throws IOException, MalformedEntryException {
        int b = in.peek();
        int meant =
                switch (b) {
                    case '"', '\\', '/', 'u' -> b;
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    default -> throw new MalformedEntryException(
                            "a backslash that begins no escape of JSON");
                };
        in.read();
        if (meant != 'u') {
            field.add(meant);
            return;
        }
        for (byte utf8 : unicode().getBytes(StandardCharsets.UTF_8)) {
            field.add(utf8 & 0xff);
        }
    }

    /// A character, or the two that make a pair.
    private String unicode() throws IOException, MalformedEntryException {
        char c = hex();
        if (!Character.isSurrogate(c)) {
            return String.valueOf(c);
        }
        if (Character.isHighSurrogate(c) && in.peek() == '\\') {
            in.read();
            if (in.peek() == 'u') {
                in.read();
                char low = hex();
                if (Character.isLowSurrogate(low)) {
                    return new String(new char[]{c, low});
                }
            }
        }
        throw new MalformedEntryException("half of a surrogate pair, which is no character");
    }

    private char hex() throws IOException, MalformedEntryException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = in.peek() < 0x80 ? Character.digit(in.peek(), 16) : -1;
            if (digit < 0) {
                throw new MalformedEntryException("expected four hexadecimal digits after \\u");
            }
            in.read();
            code = code << 4 | digit;
        }
        return (char) code;
    }
}
