package dev.firn.manifest;

import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import dev.firn.util.Varint;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The bytes of a manifest file with what they mean, a line a thing: offset, hexadecimal, meaning.
/// Follows docs/format/manifest.md and docs/format/log.md on its own, but for the text of a change.
final class ManifestDump {
    private static final int BYTES_PER_LINE = 24;

    private final byte[] bytes;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private ManifestDump(byte[] bytes) {
        this.bytes = bytes;
    }

    static String of(byte[] bytes) throws CorruptException {
        var dump = new ManifestDump(bytes);
        dump.header();
        while (dump.at < bytes.length) {
            dump.record();
        }
        return dump.out.toString();
    }

    /// The bytes that a dump shows.
    static byte[] parse(String dump) {
        var hex = new StringBuilder();
        dump.lines().filter(line -> line.matches("[0-9a-f]{6}  [0-9a-f]+( .*)?"))
                .forEach(line -> hex.append(line.split(" +")[1]));
        return HexFormat.of().parseHex(hex);
    }

    private void header() {
        line(8, "magic \"" + new String(bytes, 0, 8, StandardCharsets.US_ASCII) + "\"");
        line(4, "version " + Bytes.getInt(bytes, at));
        line(4, "segment kind " + bytes[at] + ", zeros");
        line(8, "store id %016x".formatted(Bytes.getLong(bytes, at)));
        line(8, "file number " + Bytes.getLong(bytes, at));
        line(8, "base LSN " + Bytes.getLong(bytes, at));
        line(8, "start LSN " + Bytes.getLong(bytes, at));
        line(8, "capacity " + Bytes.getLong(bytes, at));
        line(4, "zeros");
        line(4, "checksum");
    }

    private void record() throws CorruptException {
        int start = at;
        int length = Bytes.getInt(bytes, at + 4);
        int kind = bytes[at + 9];
        boolean synced = (Bytes.getShort(bytes, at + 10) & 1) != 0;
        out.append("# ").append(kind == 16 ? "edit" : kind == 17 ? "synced" : "?").append('\n');
        line(4, "checksum");
        line(4, "payload of " + length + " bytes");
        line(4, "fragment type " + bytes[at] + ", record kind " + kind + ", flags "
                + Bytes.getShort(bytes, at + 2));
        if (synced) {
            line(8, "synced up to an LSN, salted");
        }
        int end = at + length;
        while (at < end) {
            change();
        }
        int padding = (8 - (at - start) % 8) % 8;
        if (padding > 0) {
            line(padding, "padding");
        }
    }

    private void change() throws CorruptException {
        int body = at + Varint.length(Varint.get(bytes, at));
        int length = (int) Varint.get(bytes, body);
        int end = body + Varint.length(length) + length;
        VersionEdit edit = EditDecoder.decode(bytes, at, end - at, "dump", at);
        line(end - at, ManifestText.text(edit.changes().getFirst()));
    }

    private void line(int length, String meaning) {
        for (int from = 0; from < length; from += BYTES_PER_LINE) {
            int part = Math.min(BYTES_PER_LINE, length - from);
            String hex = HexFormat.of().formatHex(bytes, at + from, at + from + part);
            out.append("%06x  %-48s  %s".formatted(at + from, hex, from == 0 ? meaning : "")
                    .stripTrailing()).append('\n');
        }
        at += length;
    }
}
