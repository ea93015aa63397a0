package dev.firn.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EntryFormatTest {
    @ParameterizedTest
    @EnumSource
    void anyBytesComeBack(EntryFormat format) throws Exception {
        for (long seed = 0; seed < 400; seed++) {
            var random = new Random(seed);
            var written = new ByteArrayOutputStream();
            var out = new TextOutput(written);
            var entries = new ArrayList<Entry>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                var entry = new Entry(RandomBytes.of(random, 30), RandomBytes.of(random, 60));
                entries.add(entry);
                format.writer(out).write(entry.key(), entry.value());
            }
            out.flush();
            byte[] text = written.toByteArray();
            assertThat(Utf8.isValid(text)).as("seed %d", seed).isTrue();
            int lines = format == EntryFormat.LINES ? 2 * entries.size() : entries.size();
            assertThat(new String(text, UTF_8).chars().filter(c -> c == '\n')).as("seed %d", seed)
                    .hasSize(lines);
            List<Entry> read = read(format, text);
            assertThat(read).as("seed %d", seed).hasSameSizeAs(entries);
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).key()).as("seed %d", seed).isEqualTo(entries.get(i).key());
                assertThat(read.get(i).value()).as("seed %d", seed)
                        .isEqualTo(entries.get(i).value());
            }
        }
    }

    /// The text of each of the formats, exactly: other programs read it too.
    @Test
    void theTextOfEachFormat() {
        assertThat(text(EntryFormat.TSV)).isEqualTo("k,1\tsay \"x\"\\n\\xff\n");
        assertThat(text(EntryFormat.CSV)).isEqualTo("\"k,1\",\"say \"\"x\"\"\\n\\xff\"\n");
        assertThat(text(EntryFormat.JSONL))
                .isEqualTo("{\"key\": \"k,1\", \"value64\": \"c2F5ICJ4Igr/\"}\n");
        assertThat(text(EntryFormat.LINES)).isEqualTo("k,1\nsay \"x\"\\n\\xff\n");
    }

    private static String text(EntryFormat format) {
        var written = new ByteArrayOutputStream();
        var out = new TextOutput(written);
        byte[] value = "say \"x\"\n?".getBytes(UTF_8);
        value[value.length - 1] = (byte) 0xff;
        format.writer(out).write("k,1".getBytes(UTF_8), value);
        out.flush();
        return written.toString(UTF_8);
    }

    /// What people and other programs write is read too: line ends of Windows, no line end at the end, a byte
    /// order mark, blank lines, spaces in JSON, quotes where none are needed.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            TSV   | a\\tb\\r\\n\\r\\nc\\td
            TSV   | \ufeffa\\tb\\n\\n\\nc\\td\\n\\n
            CSV   | a,b\\r\\nc,d
            CSV   | "a","b"\\n\\n"c",d\\n
            JSONL | {"value":"b","key":"a"}\\r\\n\\n { "key" : "\\u0063" , "value64":"ZA==" } \\n
            LINES | a\\r\\nb\\r\\nc\\r\\nd
            """)
    void whatOthersWriteIsRead(EntryFormat format, String text) throws Exception {
        byte[] bytes =
                text.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n").getBytes(UTF_8);
        assertThat(read(format, bytes)).extracting(e -> s(e.key()) + "=" + s(e.value()))
                .containsExactly("a=b", "c=d");
    }

    @Test
    void aQuotedFieldOfCsvMayHoldLineEnds() throws Exception {
        List<Entry> read = read(EntryFormat.CSV, "a,\"1\r\n2\"\nb,3\n".getBytes(UTF_8));
        assertThat(read).extracting(e -> s(e.key()) + "=" + s(e.value()))
                .containsExactly("a=1\r\n2", "b=3");
    }

    @Test
    void aSurrogatePairInJsonIsOneCharacter() throws Exception {
        List<Entry> read = read(EntryFormat.JSONL,
                "{\"key\":\"\\ud83d\\ude00\\/\\b\",\"value\":\"\\u00fc\"}".getBytes(UTF_8));
        assertThat(s(read.getFirst().key())).isEqualTo("😀/\b");
        assertThat(s(read.getFirst().value())).isEqualTo("ü");
    }

    /// The first line of each input is good, so is the last; what is between is not, and is told with its
    /// line and what was expected. Reading goes on behind it.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~',
            textBlock = """
                    TSV   | a\\tb\\nnothing\\nc\\td                           | 2 | no tab
                    TSV   | a\\tb\\n1\\t2\\t3\\nc\\td                         | 2 | more than one tab
                    TSV   | a\\tb\\n1\\tx\\\\q\\nc\\td                        | 2 | \\q is no escape
                    TSV   | a\\tb\\n1\\tx\\\\\\nc\\td                         | 2 | a lone backslash
                    TSV   | a\\tb\\n\\n1\\\\x4\\t\\nc\\td                     | 3 | two hexadecimal digits
                    CSV   | a,b\\nnothing\\nc,d                               | 2 | no comma
                    CSV   | a,b\\n1,2,3\\nc,d                                 | 2 | more than two fields
                    CSV   | a,b\\n1,2"3\\nc,d                                 | 2 | a quote inside
                    CSV   | a,b\\n"1"2,3\\nc,d                                | 2 | text after a closing quote
                    JSONL | {"key":"a","value":"b"}\\nnothing\\n{"key":"c","value":"d"}                    | 2 | no '{'
                    JSONL | {"key":"a","value":"b"}\\n{}\\n{"key":"c","value":"d"}                         | 2 | no string
                    JSONL | {"key":"a","value":"b"}\\n{"key":"c"}\\n{"key":"c","value":"d"}                | 2 | no value
                    JSONL | {"key":"a","value":"b"}\\n{"value":"c"}\\n{"key":"c","value":"d"}              | 2 | no key
                    JSONL | {"key":"a","value":"b"}\\n{"key":1,"value":""}\\n{"key":"c","value":"d"}       | 2 | no string
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a","key64":"YQ=="}\\n{"key":"c","value":"d"} | 2 | twice
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a","x":"y"}\\n{"key":"c","value":"d"}        | 2 | unknown member
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a","value64":"?"}\\n{"key":"c","value":"d"}  | 2 | not base64
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a\\n{"key":"c","value":"d"}                  | 2 | never closed
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a","value":"\\ud800"}\\n{"key":"c","value":"d"} | 2 | surrogate
                    JSONL | {"key":"a","value":"b"}\\n{"key":"a","value":"b"} x\\n{"key":"c","value":"d"}  | 2 | text after
                    LINES | a\\nb\\n1\\\\q\\n2\\nc\\nd                        | 3 | \\q is no escape
                    LINES | a\\nb\\n1\\n2\\\\q\\nc\\nd                        | 4 | \\q is no escape
                    """)
    void aMalformedEntryIsToldAndPassedOver(EntryFormat format, String text, long line,
            String message)
            throws Exception {
        String input = text.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n")
                .replace("\0", "\\");
        EntryReader reader =
                format.reader(new TextInput(new ByteArrayInputStream(input.getBytes(UTF_8))));
        assertThat(s(reader.next().key())).isEqualTo("a");
        assertThatThrownBy(reader::next).isInstanceOfSatisfying(MalformedEntryException.class,
                e -> assertThat(e.line()).isEqualTo(line)).hasMessageContaining(message);
        assertThat(s(reader.next().key())).isEqualTo("c");
        assertThat(reader.next()).isNull();
    }

    @Test
    void aKeyWithoutItsValueAtTheEndIsMalformed() throws Exception {
        EntryReader reader = EntryFormat.LINES.reader(
                new TextInput(new ByteArrayInputStream("a\nb\nc\n".getBytes(UTF_8))));
        reader.next();
        assertThatThrownBy(reader::next).hasMessageContaining("a key without a value");
        assertThat(reader.next()).isNull();
    }

    @Test
    void aQuoteThatIsNeverClosedIsToldWithItsFirstLine() throws Exception {
        EntryReader reader = EntryFormat.CSV.reader(
                new TextInput(new ByteArrayInputStream("a,b\nc,\"d\ne,f\n".getBytes(UTF_8))));
        reader.next();
        assertThatThrownBy(reader::next).isInstanceOfSatisfying(MalformedEntryException.class,
                e -> assertThat(e.line()).isEqualTo(2)).hasMessageContaining("never closed");
        assertThat(reader.next()).isNull();
    }

    /// Bytes without any line end, as many as one likes, are refused as soon as they are longer than a key.
    @ParameterizedTest
    @EnumSource
    void anEndlessLineDoesNotFillTheHeap(EntryFormat format) throws Exception {
        long length = 200L << 20;
        InputStream endless = new InputStream() {
            private long left = length;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] b, int from, int count) {
                int some = (int) Math.min(left, count);
                java.util.Arrays.fill(b, from, from + some, (byte) 'x');
                left -= some;
                return some == 0 ? -1 : some;
            }
        };
        byte[] start = (format == EntryFormat.JSONL ? "{\"key\": \"" : "").getBytes(UTF_8);
        EntryReader reader = format.reader(
                new TextInput(
                        new java.io.SequenceInputStream(new ByteArrayInputStream(start), endless)));
        String expected =
                format == EntryFormat.LINES ? "without a value" : "longer than 65,536 bytes";
        assertThatThrownBy(reader::next).hasMessageContaining(expected);
        assertThat(reader.next()).isNull();
    }

    @Test
    void aBrokenJsonNeverDoesMoreThanThrow() {
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            byte[] line = "{\"key\": \"a\\u00e9\", \"value64\": \"YWJj\"}\n".getBytes(UTF_8);
            for (int i = random.nextInt(4); i >= 0; i--) {
                line[random.nextInt(line.length)] = (byte) random.nextInt(256);
            }
            for (EntryFormat format : EntryFormat.values()) {
                readLeniently(format, line);
            }
        }
    }

    private static void readLeniently(EntryFormat format, byte[] text) {
        try {
            EntryReader reader = format.reader(new TextInput(new ByteArrayInputStream(text)));
            for (int i = 0; i < 100; i++) {
                try {
                    if (reader.next() == null) {
                        return;
                    }
                } catch (MalformedEntryException e) {
                    assertThat(e.line()).isPositive();
                }
            }
            throw new AssertionError("it does not end");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pairsOfIntegersAreReadAsDecimals() throws Exception {
        byte[] bytes = {10, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, -128, 1, 2, 0, 0, 7};
        var reader = new IntegerPairsReader(new ByteArrayInputStream(bytes));
        Entry first = reader.next();
        assertThat(s(first.key()) + "=" + s(first.value())).isEqualTo("10=-1");
        Entry second = reader.next();
        assertThat(s(second.key()) + "=" + s(second.value())).isEqualTo("-2147483648=513");
        assertThatThrownBy(reader::next).hasMessageContaining("after 2 whole ones");
    }

    private static List<Entry> read(EntryFormat format, byte[] text) throws Exception {
        EntryReader reader = format.reader(new TextInput(new ByteArrayInputStream(text)));
        var entries = new ArrayList<Entry>();
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
            entries.add(entry);
        }
        return entries;
    }

    private static String s(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
