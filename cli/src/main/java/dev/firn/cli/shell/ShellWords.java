package dev.firn.cli.shell;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// Splits a line of the shell into words. Words are separated by spaces or tabs; double quotes hold
/// together what has spaces, or is empty. Inside and outside of quotes `\t` `\n` `\r` `\\` `\"` and
/// `\xHH` stand for a byte.
final class ShellWords {
    private final byte[] line;
    private int at;

    private ShellWords(byte[] line) {
        this.line = line;
    }

    /// The words of a line; none, if it is blank or a comment, which begins with `#`.
    static List<byte[]> split(byte[] line) throws ShellException {
        return new ShellWords(line).split();
    }

    private List<byte[]> split() throws ShellException {
        var words = new ArrayList<byte[]>();
        while (true) {
            while (at < line.length && isSpace(line[at])) {
                at++;
            }
            if (at == line.length || (words.isEmpty() && line[at] == '#')) {
                return words;
            }
            words.add(word());
        }
    }

    private byte[] word() throws ShellException {
        var word = new ByteArrayOutputStream();
        boolean quoted = false;
        while (at < line.length && (quoted || !isSpace(line[at]))) {
            byte b = line[at++];
            if (b == '"') {
                quoted = !quoted;
            } else if (b == '\\') {
                word.write(escape());
            } else {
                word.write(b);
            }
        }
        if (quoted) {
            throw new ShellException("a quote that is never closed");
        }
        return word.toByteArray();
    }

    private int escape() throws ShellException {
        int b = at < line.length ? line[at++] : -1;
        return switch (b) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '\\', '"' -> b;
            case 'x' -> hex() << 4 | hex();
            default -> throw new ShellException(
                    "a backslash that begins no escape; there are \\t \\n \\r \\\\ \\\" and \\xHH");
        };
    }

    private int hex() throws ShellException {
        int digit = at < line.length ? Character.digit(line[at++], 16) : -1;
        if (digit < 0) {
            throw new ShellException("expected two hexadecimal digits after \\x");
        }
        return digit;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }
}
