package dev.firn.cli.text;

/// The rules of well-formed UTF-8 (Unicode, table 3-7): no overlong forms, no surrogates, nothing
/// above U+10FFFF.
public final class Utf8 {
    private Utf8() {}

    /// Whether all bytes are well-formed UTF-8.
    public static boolean isValid(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes, at, bytes.length);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /// The length of the well-formed sequence that starts at an index and ends before `end`, or 0
    /// when there is none.
    static int sequenceLength(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xff;
        int length = lead < 0x80
                ? 1
                : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (length <= 1 || at + length > end) {
            return length <= 1 ? length : 0;
        }
        int second = bytes[at + 1] & 0xff;
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
