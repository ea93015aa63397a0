package dev.firn.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// Prints a segment byte by byte, with what each means. Written from docs/format/log.md and not from the
/// code: it shares no constant, no checksum and no arithmetic with what it checks.
final class SegmentDump {
    private final StringBuilder out = new StringBuilder();
    private final byte[] bytes;
    private final ByteBuffer numbers;
    private long salt;
    private long base;

    private SegmentDump(byte[] bytes) {
        this.bytes = bytes;
        this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static String of(byte[] bytes) {
        SegmentDump dump = new SegmentDump(bytes);
        dump.header();
        int at = 64;
        int crcBefore = 0;
        while (at + 16 <= bytes.length && bytes[at + 8] != 0) {
            int crc = dump.numbers.getInt(at);
            at = dump.fragment(at, crcBefore);
            crcBefore = crc;
        }
        dump.rest(at);
        return dump.out.toString();
    }

    private void header() {
        long storeId = numbers.getLong(16);
        long number = numbers.getLong(24);
        salt = mix(storeId + mix(number));
        base = numbers.getLong(32);
        line(0, 8, "magic \"FIRN-LOG\"");
        line(8, 4, "format version " + numbers.getInt(8));
        line(12, 1, "segment kind " + bytes[12]);
        line(13, 3, "zero");
        line(16, 8, "store id 0x" + Long.toHexString(storeId));
        line(24, 8, "file number " + number);
        line(32, 8, "base LSN " + base);
        line(40, 8, "start LSN " + numbers.getLong(40));
        line(48, 8, "capacity " + numbers.getLong(48));
        line(56, 4, "zero");
        line(60, 4, "checksum" + verdict(numbers.getInt(60), crc(0, 60) ^ (int) (salt >>> 32)));
    }

    private int fragment(int at, int crcBefore) {
        int length = numbers.getInt(at + 4);
        int type = bytes[at + 8];
        boolean synced = (numbers.getShort(at + 10) & 1) != 0;
        int payload = at + (synced ? 20 : 12);
        int end = (payload + length) / 8 * 8 + 8;
        long first = mix(salt + at);
        long own = type > 2 ? mix(first + (crcBefore & 0xffff_ffffL)) : first;
        out.append('\n');
        int expected = crc(at + 4, payload + length) ^ (int) (own >>> 32);
        line(at, 4, "checksum" + verdict(numbers.getInt(at), expected));
        line(at + 4, 4, "payload of " + length + " bytes");
        line(at + 8, 1, "type " + type + " " + new String[]{"full", "first", "middle", "last"}[type
                - 1]);
        line(at + 9, 1, "record kind " + (bytes[at + 9] & 0xff));
        line(at + 10, 2, synced ? "flags: synced LSN follows" : "no flags");
        if (synced) {
            line(at + 12, 8, "synced up to LSN " + (numbers.getLong(at + 12) ^ first)
                    + ", masked with 0x" + Long.toHexString(first));
        }
        for (int i = payload; i < payload + length; i += 8) {
            if (i >= payload + 32) {
                out.append("        ...\n");
                break;
            }
            line(i, Math.min(8, payload + length - i), "payload");
        }
        if (end - 1 > payload + length) {
            line(payload + length, end - 1 - payload - length, "padding");
        }
        line(end - 1, 1, "end byte"
                + (bytes[end - 1] == (byte) (own | 0x80) ? ", right" : ", WRONG"));
        return end;
    }

    private void rest(int at) {
        if (at < bytes.length) {
            boolean zeros = Arrays.equals(bytes, at, bytes.length, new byte[bytes.length - at], 0,
                    bytes.length - at);
            out.append(String.format("%n%06x  %d %s bytes up to the capacity%n", at,
                    bytes.length - at, zeros ? "zero" : "other"));
        }
    }

    private void line(int at, int length, String what) {
        String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, at, at + length);
        out.append(String.format("%06x  %-23s  %s%n", at, hex, what));
    }

    private static String verdict(int found, int expected) {
        return found == expected ? ", right" : ", WRONG";
    }

    private int crc(int from, int to) {
        int crc = -1;
        for (int i = from; i < to; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) != 0 ? 0x82f6_3b78 : 0);
            }
        }
        return ~crc;
    }

    private static long mix(long x) {
        long a = x ^ (x >>> 30);
        long b = a * 0xbf58476d1ce4e5b9L;
        long c = b ^ (b >>> 27);
        long d = c * 0x94d049bb133111ebL;
        return d ^ (d >>> 31);
    }
}
