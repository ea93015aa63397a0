package dev.firn.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.WriteFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The format in the code, in docs/format/log.md and in the golden dump are the same. A change of the
/// format that is meant is written into the golden file by running this test with
/// `-Dfirn.golden=write`.
class LogFormatTest {
    private static final Path GOLDEN = Path
            .of("src/test/resources/dev/firn/record/segment.txt");

    private final SimulatedStorage storage = new SimulatedStorage();

    private interface Content {
        void write(RecordWriter writer) throws IOException;
    }

    private byte[] segment(long capacity, Content content) throws IOException {
        storage.create();
        SegmentHeader header = new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, 0x1122334455667788L,
                7, 4096, 1024, capacity);
        try (WriteFile file = storage.createLog("000007.log", capacity)) {
            RecordWriter writer = new RecordWriter(file, header);
            writer.writeHeader();
            content.write(writer);
        }
        return TestLog.bytes(storage, "000007.log");
    }

    private static MemorySegment[] text(String text) {
        return new MemorySegment[]{MemorySegment.ofArray(text.getBytes(UTF_8))};
    }

    private String smallSegment() throws IOException {
        byte[] link = new byte[8];
        Bytes.putLong(link, 0, 8);
        return SegmentDump.of(segment(512, writer -> {
            writer.append(RecordFormat.BATCH, text("hello, firn"), 1);
            writer.append(RecordFormat.BATCH, text(""), 1);
            writer.synced(4096 + writer.offset());
            writer.append(RecordFormat.BATCH, text("snow that stays"), 1);
            writer.append(RecordFormat.LINK, new MemorySegment[]{MemorySegment.ofArray(link)}, 1);
        }));
    }

    @Test
    void theGoldenSegmentIsWrittenAsEver() throws IOException {
        String dump = smallSegment();
        if ("write".equals(System.getProperty("firn.golden"))) {
            Files.writeString(GOLDEN, dump);
        }
        assertThat(dump).doesNotContain("WRONG").isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void theDocumentShowsTheGoldenSegment() throws IOException {
        assertThat(block("example")).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void theDocumentHasTheOffsetsOfTheCode() throws IOException {
        assertThat(block("offsets")).isEqualTo(offsets());
    }

    @Test
    void anIndependentDecoderAgreesOnRecordsOfSeveralFragments() throws IOException {
        byte[] record = TestLog.record(new Random(1), 1, 200_000);
        String dump = SegmentDump.of(segment(1 << 18, writer -> {
            writer.synced(4096);
            writer.append(RecordFormat.BATCH,
                    new MemorySegment[]{MemorySegment.ofArray(record)}, 1);
            writer.append(RecordFormat.CLOSE, new MemorySegment[0], 0);
        }));
        assertThat(dump).contains("type 2 first", "type 3 middle", "type 4 last", "type 1 full",
                "synced up to LSN 4096").doesNotContain("WRONG");
        assertThat(dump.split("right", -1)).hasSize(1 + 1 + 5 * 2);
    }

    private static String offsets() {
        StringBuilder out = new StringBuilder();
        out.append("segment header\n");
        row(out, 0, "8", "magic", "\"FIRN-LOG\"");
        row(out, RecordFormat.VERSION_AT, "u32", "version", "" + RecordFormat.VERSION);
        row(out, RecordFormat.KIND_AT, "u8", "segment kind", RecordFormat.WRITE_AHEAD_LOG
                + " write-ahead log, " + RecordFormat.MANIFEST + " manifest");
        row(out, RecordFormat.KIND_AT + 1, "3", "zero", "");
        row(out, RecordFormat.STORE_ID_AT, "u64", "store id", "");
        row(out, RecordFormat.NUMBER_AT, "u64", "file number", "");
        row(out, RecordFormat.BASE_AT, "u64", "base LSN", "");
        row(out, RecordFormat.START_AT, "u64", "start LSN", "");
        row(out, RecordFormat.CAPACITY_AT, "u64", "capacity", "");
        row(out, RecordFormat.CAPACITY_AT + 8, "4", "zero", "");
        row(out, RecordFormat.HEADER_CRC_AT, "u32", "checksum", "");
        row(out, RecordFormat.HEADER_BYTES, "", "first fragment", "");
        out.append("\nfragment\n");
        row(out, RecordFormat.CRC_AT, "u32", "checksum", "");
        row(out, RecordFormat.LENGTH_AT, "u32", "payload length",
                "at most " + RecordFormat.FRAGMENT_PAYLOAD_MAX);
        row(out, RecordFormat.TYPE_AT, "u8", "type",
                RecordFormat.FULL + " full, " + RecordFormat.FIRST + " first, "
                        + RecordFormat.MIDDLE + " middle, " + RecordFormat.LAST + " last");
        row(out, RecordFormat.TYPE_AT + 1, "u8", "record kind",
                RecordFormat.BATCH + " batch, " + RecordFormat.CLOSE + " close, "
                        + RecordFormat.LINK + " link; manifest: from "
                        + RecordFormat.MANIFEST_KIND_MIN);
        row(out, RecordFormat.TYPE_AT + 2, "u16", "flags",
                "bit 0 (" + RecordFormat.FLAG_SYNCED + "): a synced LSN follows");
        row(out, RecordFormat.SYNCED_AT, "u64", "synced LSN", "only with the flag, masked");
        out.append(String.format("%2d or %d  payload%n", RecordFormat.FRAGMENT_HEADER_BYTES,
                RecordFormat.SYNCED_HEADER_BYTES));
        out.append("          0 to 7 zeros\n");
        out.append("          u8   end byte        ends at a multiple of " + RecordFormat.ALIGNMENT
                + "\n");
        return out.toString();
    }

    private static void row(StringBuilder out, int at, String type, String name, String values) {
        out.append(
                String.format("%2d        %-4s %-15s %s", at, type, name, values).stripTrailing())
                .append('\n');
    }

    /// A fenced block of the document that follows a marker.
    private static String block(String marker) throws IOException {
        String document = Files.readString(Path.of("../docs/format/log.md"));
        int start = document.indexOf("<!-- " + marker + " -->");
        assertThat(start).as("the marker %s", marker).isNotNegative();
        start = document.indexOf("```text\n", start) + "```text\n".length();
        return document.substring(start, document.indexOf("```\n", start));
    }
}
