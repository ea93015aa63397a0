package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.cli.text.EntryFormat;
import dev.firn.cli.text.RandomBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadDumpTest {
    @TempDir
    Path temporary;

    /// Any keys and values, dumped, loaded into another store and dumped again: the same entries, and the same
    /// text.
    @ParameterizedTest
    @EnumSource
    void anythingSurvivesDumpAndLoad(EntryFormat format) throws Exception {
        for (long seed = 0; seed < 5; seed++) {
            var random = new Random(seed);
            Path first = temporary.resolve("first" + seed);
            Path second = temporary.resolve("second" + seed);
            var model = new TreeMap<String, String>();
            try (Firn store = Firn.open(first)) {
                for (int i = 0; i < 400; i++) {
                    byte[] key = RandomBytes.of(random, 20);
                    byte[] value = RandomBytes.of(random, 60);
                    store.put(key, value);
                    model.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
                }
            }
            var dumped = Cli.run("dump", first, "--format", format);
            assertThat(dumped.code()).isZero();
            var loaded = Cli.runWith(dumped.bytes(), "load", second, "-", "--format", format);
            assertThat(loaded.err()).isEmpty();
            assertThat(loaded.out()).startsWith(model.size() + " entries loaded in ");
            assertThat(Cli.run("dump", second, "--format", format).bytes()).as("seed %d", seed)
                    .isEqualTo(dumped.bytes());
            try (Firn store = Firn.open(second); var entries = store.stream(KeyRange.all())) {
                var found = new TreeMap<String, String>();
                entries.forEach(e -> found.put(HexFormat.of().formatHex(e.key()),
                        HexFormat.of().formatHex(e.value())));
                assertThat(found).as("seed %d", seed).isEqualTo(model);
            }
        }
    }

    @Test
    void theFormatIsThatOfTheFileName() throws Exception {
        Path store = temporary.resolve("store");
        Files.writeString(temporary.resolve("a.csv"), "k1,v1\n");
        Files.writeString(temporary.resolve("a.JSONL"), "{\"key\":\"k2\",\"value\":\"v2\"}\n");
        Files.writeString(temporary.resolve("a.lines"), "k3\nv3\n");
        Files.writeString(temporary.resolve("a.txt"), "k4\tv4\n");
        for (String file : new String[]{"a.csv", "a.JSONL", "a.lines", "a.txt"}) {
            assertThat(Cli.run("load", store, temporary.resolve(file)).err()).isEmpty();
        }
        assertThat(Cli.run("scan", store).out()).isEqualTo("k1\tv1\nk2\tv2\nk3\tv3\nk4\tv4\n");
        assertThat(Cli.run("load", store, temporary.resolve("a.csv"), "--format=lines").err())
                .contains("a.csv:1: a key without a value");
    }

    @Test
    void aMalformedLineEndsTheLoadBehindWhatWasGood() {
        Path store = temporary.resolve("store");
        String text = IntStream.rangeClosed(1, 2_500).mapToObj(i -> String.format("k%05d\tv", i))
                .collect(Collectors.joining("\n")) + "\nbad\nlater\tv\n";
        var result = Cli.runWith(text, "load", store, "-");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("firn load: standard input:2501: no tab; expected KEY<tab>VALUE;"
                        + " loaded 2,500 entries before it; --skip-bad goes on\n");
        assertThat(Cli.run("scan", store, "--count").out()).isEqualTo("2500\n");
        assertThat(Cli.run("get", store, "later").code()).isEqualTo(1);
    }

    @Test
    void badLinesAreSkippedAndCounted() {
        Path store = temporary.resolve("store");
        String text = "a\t1\n" + "bad\n".repeat(25) + "b\t2\n";
        var result = Cli.runWith(text, "load", store, "-", "--skip-bad");
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("2 entries loaded, 25 bad lines skipped in ");
        assertThat(result.err()).hasLineCount(11)
                .startsWith("firn load: skipped: standard input:2: no tab")
                .contains("further bad lines are only counted");
        assertThat(Cli.run("scan", store).out()).isEqualTo("a\t1\nb\t2\n");
    }

    @Test
    void anEntryThatDoesNotFitTheMemoryIsABadLine() {
        Path store = temporary.resolve("store");
        String text = "a\t1\nb\t2\nbig\t" + "x".repeat(9 << 20) + "\nc\t3\n";
        var result = Cli.runWith(text, "load", store, "-", "--memory", "8m");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("firn load: standard input:3: the entry has 9.0 MiB,"
                + " which does not fit the memory budget of 8.0 MiB; --memory 29m has room for it;"
                + " loaded 2 entries before it; --skip-bad goes on\n");
        assertThat(Cli.run("scan", store).out()).isEqualTo("a\t1\nb\t2\n");
        result = Cli.runWith(text, "load", store, "-", "--memory", "8m", "--skip-bad");
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("3 entries loaded, 1 bad line skipped in ");
        assertThat(result.err()).hasLineCount(1).startsWith("firn load: skipped: standard input:3:"
                + " the entry has 9.0 MiB");
        assertThat(Cli.run("scan", store).out()).isEqualTo("a\t1\nb\t2\nc\t3\n");
        result = Cli.runWith(text, "load", store, "-", "--memory", "29m");
        assertThat(result.out()).startsWith("4 entries loaded in ");
        assertThat(Cli.run("scan", store, "--keys-only").out()).isEqualTo("a\nb\nbig\nc\n");
    }

    @Test
    void aKeyThatIsTooLongIsABadLine() {
        Path store = temporary.resolve("store");
        String text = "a\t1\n" + "k".repeat((64 << 10) + 1) + "\tv\nc\t3\n";
        assertThat(Cli.runWith(text, "load", store, "-").err())
                .isEqualTo("firn load: standard input:2: the key is longer than 65,536 bytes;"
                        + " loaded 1 entry before it; --skip-bad goes on\n");
        assertThat(Cli.runWith(text, "load", store, "-", "--skip-bad").code()).isZero();
        assertThat(Cli.run("scan", store).out()).isEqualTo("a\t1\nc\t3\n");
    }

    /// What was loaded is in tables then, and the next command has nothing to replay; a small load
    /// stays in the log.
    @Test
    void muchThatWasLoadedIsFlushed() {
        Path store = temporary.resolve("store");
        for (int small = 0; small < 3; small++) {
            Cli.runWith("k" + small + "\t" + "v".repeat(1 << 20) + "\n", "load", store, "-");
        }
        assertThat(Cli.run("stats", store, "--json").out()).contains("\"memtableEntries\":3");
        String large = IntStream.range(0, 20).mapToObj(i -> i + "\t" + "v".repeat(100_000))
                .collect(Collectors.joining("\n"));
        Cli.runWith(large, "load", store, "-", "--keyspace", "other");
        assertThat(Cli.run("stats", store, "--json").out()).contains("\"memtableEntries\":0")
                .doesNotContain("\"memtableEntries\":3");
        assertThat(Cli.run("scan", store, "--count").out()).isEqualTo("3\n");
    }

    @Test
    void anUnknownMemberOfAnObjectIsRefusedByName() {
        Path store = temporary.resolve("store");
        String text = "{\"key\": \"a\", \"value\": \"1\"}\n"
                + "{\"key\": \"b\", \"ttl\": 7, \"value\": \"2\"}\n";
        assertThat(Cli.runWith(text, "load", store, "-", "--format", "jsonl").err())
                .startsWith("firn load: standard input:2: unknown member \"ttl\"; expected")
                .hasLineCount(1);
        assertThat(Cli.runWith(text, "load", store, "-", "--format", "JSONL", "--skip-bad").out())
                .startsWith("1 entry loaded, 1 bad line skipped");
    }

    @Test
    void emptyInputMakesAnEmptyStore() {
        Path store = temporary.resolve("store");
        assertThat(Cli.runWith("", "load", store, "-").out()).startsWith("0 entries loaded");
        assertThat(Cli.run("dump", store).bytes()).isEmpty();
        assertThat(Cli.run("scan", store, "--count").out()).isEqualTo("0\n");
    }

    @Test
    void aValueOfMegabytesGoesThrough() {
        Path store = temporary.resolve("store");
        byte[] value = new byte[9 << 20];
        new Random(1).nextBytes(value);
        try (Firn firn = Firn.open(store)) {
            firn.put("big".getBytes(UTF_8), value);
        }
        for (EntryFormat format : EntryFormat.values()) {
            var dumped = Cli.run("dump", store, "--format", format);
            Path other = temporary.resolve("other-" + format);
            assertThat(Cli.runWith(dumped.bytes(), "load", other, "-", "--format", format).err())
                    .isEmpty();
            assertThat(Cli.run("get", "-n", other, "big").bytes()).isEqualTo(value);
        }
    }
}
