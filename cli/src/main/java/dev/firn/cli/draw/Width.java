package dev.firn.cli.draw;

import dev.firn.KeyBytes;
import dev.firn.cli.text.Escapes;

/// How many columns text takes on a terminal, and text cut to fit. A character counts as one
/// column, wide ones of East Asia as two, combining ones as none; escape sequences of [Paint] as
/// none.
public final class Width {
    /// From and to of the ranges whose characters take two columns.
    private static final int[] WIDE = {
        0x1100, 0x115f, 0x2e80, 0xa4cf, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe30, 0xfe6f, 0xff00,
        0xff60,
        0xffe0, 0xffe6, 0x1f300, 0x1faff, 0x20000, 0x3fffd,
    };

    private Width() {}

    /// The columns of a text.
    public static int of(String text) {
        int columns = 0;
        for (int at = 0; at < text.length();) {
            if (text.charAt(at) == '\u001b') {
                int end = text.indexOf('m', at);
                at = end < 0 ? text.length() : end + 1;
                continue;
            }
            int c = text.codePointAt(at);
            columns += ofCodePoint(c);
            at += Character.charCount(c);
        }
        return columns;
    }

    private static int ofCodePoint(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || c == 0x200d) {
            return 0;
        }
        boolean wide = false;
        for (int i = 0; i < WIDE.length; i += 2) {
            wide |= c >= WIDE[i] && c <= WIDE[i + 1];
        }
        return wide ? 2 : 1;
    }

    /// The text, or as much of it as fits and an ellipsis.
    public static String cut(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        var kept = new StringBuilder();
        int used = 0;
        for (int at = 0; at < text.length();) {
            int c = text.codePointAt(at);
            used += ofCodePoint(c);
            if (used > columns - 1) {
                break;
            }
            kept.appendCodePoint(c);
            at += Character.charCount(c);
        }
        return columns <= 0 ? "" : kept.append('…').toString();
    }

    /// A key as text that fits: escaped, cut, and visible when it is empty.
    public static String key(KeyBytes key, int columns) {
        byte[] bytes = key.toArray();
        // A key may have 64 KiB; no more of it is looked at than may be shown.
        String text =
                Escapes.escape(bytes.length > 400 ? java.util.Arrays.copyOf(bytes, 400) : bytes);
        return bytes.length == 0 ? cut("(empty)", columns) : cut(text, columns);
    }
}
