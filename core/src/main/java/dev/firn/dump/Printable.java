package dev.firn.dump;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The beginning of a key or a value as text that does nothing to a terminal: control characters, a
/// backslash and what is not UTF-8 are escaped, as the `firn` command does it.
public final class Printable {
    /// At most so many bytes are shown.
    public static final int BYTES_MAX = 40;

    private Printable() {}

    /// The first bytes, and `…` when there are more.
    public static String text(byte[] bytes) {
        return text(Arrays.copyOf(bytes, Math.min(bytes.length, BYTES_MAX)), bytes.length);
    }

    /// The first of `length` bytes in memory.
    public static String text(MemorySegment memory, long at, int length) {
        byte[] head = new byte[Math.min(length, BYTES_MAX)];
        Bytes.copy(memory, at, head, 0, head.length);
        return text(head, length);
    }

    private static String text(byte[] head, int length) {
        var text = new StringBuilder();
        int at = 0;
        while (at < head.length) {
            int count = sequence(head, at);
            if (count > 0) {
                text.append(new String(head, at, count, StandardCharsets.UTF_8));
                at += count;
            } else {
                text.append(escape(head[at++]));
            }
        }
        return text.append(length > head.length ? "…" : "").toString();
    }

    /// How many bytes from here on are one harmless character; 0 when there is none.
    private static int sequence(byte[] bytes, int at) {
        for (int count = 1; count <= Math.min(4, bytes.length - at); count++) {
            int point = new String(bytes, at, count, StandardCharsets.UTF_8).codePointAt(0);
            byte[] again = Character.toString(point).getBytes(StandardCharsets.UTF_8);
            if (Arrays.equals(again, 0, again.length, bytes, at, at + count)) {
                boolean harmful = Character.isISOControl(point) || point == '\\'
                        || point == 0xfeff;
                return harmful ? 0 : count;
            }
        }
        return 0;
    }

    private static String escape(byte b) {
        return switch (b) {
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\\' -> "\\\\";
            default -> "\\x%02x".formatted(b & 0xff);
        };
    }
}
