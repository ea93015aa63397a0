package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A table, byte for byte with what the bytes mean: `offset  bytes  meaning`. It knows the layout
/// on its own, from the text of the format, and uses none of the reading code.
final class TableDump {
    private static final int PER_LINE = 16;
    private static final String[] KINDS =
            {"?", "data", "value", "index", "filter", "top index", "properties"};

    private final byte[] file;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private TableDump(byte[] file) {
        this.file = file;
    }

    static String of(byte[] file) {
        var dump = new TableDump(file);
        dump.dump();
        return dump.out.toString();
    }

    /// The bytes of a dump.
    static byte[] parse(String dump) {
        var hex = new StringBuilder();
        dump.lines().filter(line -> line.startsWith("0"))
                .forEach(line -> hex.append(line, 6,
                        Math.min(line.length(), 6 + PER_LINE * 3 - 1)));
        return HexFormat.of().parseHex(hex.toString().replace(" ", ""));
    }

    /// The offset and length of all blocks, found by walking the envelopes.
    static List<int[]> blocks(byte[] file) {
        var blocks = new ArrayList<int[]>();
        for (int at = 0; at < file.length - 80;) {
            int length = 16 + Bytes.getInt(file, at + 8);
            blocks.add(new int[]{at, length});
            at += length;
        }
        return blocks;
    }

    private void dump() {
        for (int[] block : blocks(file)) {
            int kind = file[at + 1];
            out.append("# ").append(KINDS[kind]).append(" block\n");
            field(2, "codec " + file[at] + ", kind " + kind);
            field(2, "reserved");
            number(4, "raw length");
            number(4, "stored length");
            field(4, "checksum");
            int end = block[0] + block[1];
            switch (kind) {
                case 1, 3, 5 -> sorted(kind == 1);
                case 6 -> properties(end);
                default -> field(end - at, "lines of the filter");
            }
        }
        out.append("# footer\n");
        field(8, "magic");
        number(4, "format version");
        number(4, "length of the footer");
        field(8, "id of the store");
        field(8, "id of the table");
        number(8, "bytes of the file");
        number(8, "offset of the top index");
        number(8, "offset of the properties");
        number(4, "bytes of the top index");
        number(4, "bytes of the properties");
        field(12, "reserved");
        field(4, "checksum");
    }

    private void sorted(boolean isData) {
        int start = at;
        int count = Bytes.getInt(file, at);
        int payloadLength = Bytes.getInt(file, at + 4);
        int prefix = Bytes.getInt(file, at + 8);
        int[] widths = {file[at + 12], file[at + 13], file[at + 14], file[at + 15] >> 1 & 1};
        long trailerBase = Bytes.getLong(file, at + 16);
        int tailBase = Bytes.getInt(file, at + 24);
        number(4, "entries");
        number(4, "payload length");
        number(4, "shared prefix");
        field(4, "widths: offset " + widths[0] + ", trailer " + widths[1] + ", tail " + widths[2]
                + "; flags " + file[start + 15]);
        field(8, "trailer base");
        number(4, "tail base");
        field(4, "reserved");
        for (int i = 0; i < count; i++) {
            field(8, "word " + i);
        }
        int[] offsets = new int[count + 1];
        int[] tails = new int[count];
        offsets[count] = payloadLength;
        for (int i = 0; i < count; i++) {
            offsets[i] = (int) little(at, widths[0]);
            long trailer = trailerBase + little(at + widths[0], widths[1]);
            tails[i] = tailBase + (int) little(at + widths[0] + widths[1], widths[2]);
            field(widths[0] + widths[1] + widths[2] + widths[3], "head " + i + ": offset "
                    + offsets[i] + ", " + (trailer == -1
                            ? "before all versions"
                            : "sequence " + (trailer >>> 8) + " kind " + (trailer & 0xff))
                    + ", tail " + tails[i]);
        }
        field(prefix, "shared prefix");
        for (int i = 0; i < count; i++) {
            int rest = Math.max(0, tails[i] - 8);
            field(rest, "rest of key " + i);
            field(offsets[i + 1] - offsets[i] - rest, (isData ? "value " : "handle ") + i);
        }
        field(8, "end of the block");
    }

    private void properties(int end) {
        while (at < end) {
            int nameLength = file[at];
            String name = new String(file, at + 1, nameLength, StandardCharsets.US_ASCII);
            boolean required = file[at + 1 + nameLength] == 1;
            int length = Bytes.getInt(file, at + 2 + nameLength);
            field(1 + nameLength, name);
            field(5, (required ? "required, " : "optional, ") + length + " bytes");
            field(length, length == 8 && !name.equals("engine")
                    ? "= " + Bytes.getLong(file, at)
                    : "");
        }
    }

    private long little(int from, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (file[from + i] & 0xffL) << (8 * i);
        }
        return value;
    }

    private void number(int bytes, String what) {
        field(bytes, what + " " + little(at, bytes));
    }

    private void field(int bytes, String what) {
        for (int done = 0; done < bytes; done += PER_LINE) {
            int n = Math.min(PER_LINE, bytes - done);
            String hex = HexFormat.ofDelimiter(" ").formatHex(file, at, at + n);
            out.append("%04x  %-47s  %s".formatted(at, hex, done == 0 ? what : "").stripTrailing())
                    .append('\n');
            at += n;
        }
    }
}
