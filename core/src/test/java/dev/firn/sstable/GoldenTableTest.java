package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A tiny table, byte for byte: a change of the format does not go unnoticed, and tables that were
/// written once stay readable. After a wanted change `mvn -Dquick -pl core test
/// -Dtest=GoldenTableTest -Dfirn.golden.update=true` writes the file anew.
class GoldenTableTest {
    private static final Path GOLDEN =
            Path.of("src/test/resources/dev/firn/sstable/tiny-table.txt");

    private static final List<Version> ENTRIES = List.of(
            Version.put(bytes("fruit/apple"), 7, bytes("red")),
            Version.delete(bytes("fruit/apple"), 5),
            Version.put(bytes("fruit/apricot"), 6, bytes("orange")),
            Version.put(bytes("fruit/banana-green"), 8, bytes("")),
            Version.put(bytes("fruit/banana-green-small"), 4, bytes("unripe")));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void theWriterWritesTheGoldenFile() throws IOException {
        try (Rig rig = new Rig()) {
            byte[] file = rig.write(rig.settings("none", 1024, 10), ENTRIES);
            String dump = TableDump.of(file);
            if (Boolean.getBoolean("firn.golden.update")) {
                Files.createDirectories(GOLDEN.getParent());
                Files.writeString(GOLDEN, dump);
            }
            assertThat(dump).isEqualTo(Files.readString(GOLDEN));
            assertThat(TableDump.parse(dump)).isEqualTo(file);
        }
    }

    @Test
    void theGoldenFileIsRead() throws IOException {
        byte[] file = TableDump.parse(Files.readString(GOLDEN));
        try (Rig rig = new Rig();
                Table table = rig.open(file);
                TableCursor cursor = rig.cursor(table)) {
            assertThat(rig.verify(table)).isEmpty();
            Rig.assertSame(Rig.forward(cursor), ENTRIES);
            for (Version v : ENTRIES) {
                assertThat(rig.get(table, v.key(), v.trailer() >>> 8).isSame(v)).isTrue();
            }
            assertThat(rig.get(table, bytes("fruit/apple"), 4)).isNull();
            assertThat(table.facts().smallest().bytes()).isEqualTo(bytes("fruit/apple"));
            assertThat(Arrays.equals(table.facts().largest().bytes(),
                    bytes("fruit/banana-green-small"))).isTrue();
        }
    }
}
