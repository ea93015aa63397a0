package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stores whose files were cut off, altered or taken away: every command says one clear line, none shows a
/// stack trace, none prints a wrong value.
class DamageTest {
    private static final int ENTRIES = 2_000;

    @TempDir
    Path temporary;
    private Path good;
    private String text;

    @BeforeEach
    void make() {
        good = temporary.resolve("good");
        text = IntStream.range(0, ENTRIES)
                .mapToObj(i -> String.format("key%05d\tvalue of %d", i, i))
                .collect(Collectors.joining("\n", "", "\n"));
        Cli.runWith(text, "load", good, "-");
        Cli.run("flush", good);
        Cli.runWith("later1\tx\nlater2\ty\n", "load", good, "-");
        text += "later1\tx\nlater2\ty\n";
        assertThat(Cli.run("dump", good).out()).isEqualTo(text);
    }

    @Test
    void aFlippedBitAnywhereIsToldOrHarmless() throws Exception {
        for (Path file : files(good)) {
            long size = Files.size(file);
            for (long seed = 0; seed < 12 && size > 0; seed++) {
                var random = new Random(seed);
                // Logs are preallocated: most of them is nothing. So some places are near the start.
                long at = random.nextBoolean()
                        ? random.nextLong(size)
                        : random.nextLong(Math.min(size, 400));
                byte[] bytes = Files.readAllBytes(file);
                bytes[(int) at] ^= (byte) (1 << random.nextInt(8));
                check(file, bytes, file.getFileName() + " bit flipped at " + at + ", seed " + seed);
            }
        }
    }

    @Test
    void aTruncatedFileIsToldOrHarmless() throws Exception {
        for (Path file : files(good)) {
            byte[] bytes = Files.readAllBytes(file);
            for (long seed = 0; seed < 8 && bytes.length > 0; seed++) {
                int to = seed == 0 ? 0 : new Random(seed).nextInt(bytes.length);
                check(file, java.util.Arrays.copyOf(bytes, to),
                        file.getFileName() + " cut to " + to);
            }
        }
    }

    @Test
    void aManifestThatLostEditsNeverCostsATable() throws Exception {
        Path manifest = files(good).stream()
                .filter(f -> f.getFileName().toString().startsWith("MANIFEST")).findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(manifest);
        for (int to = 0; to < bytes.length; to += 3) {
            check(manifest, java.util.Arrays.copyOf(bytes, to), "manifest cut to " + to);
        }
    }

    @Test
    void damageThatHidesAllElseIsToldWithWhatToDo() throws Exception {
        for (String name : List.of("CURRENT", "MANIFEST-000001")) {
            Path damaged = copy();
            Files.write(damaged.resolve(name), new byte[0]);
            var verified = Cli.run("verify", damaged);
            assertThat(verified.code()).isEqualTo(1);
            assertThat(verified.out()).matches("2 files, .* checked, of each file by itself\\n");
            assertThat(verified.err()).hasLineCount(2).startsWith("firn verify: " + name
                    + " at offset 0: ").contains("Put the whole directory back from a copy");
        }
    }

    @Test
    void whatIsNoFileInPlaceOfATableIsNamed() throws Exception {
        Path damaged = copy();
        Path table = files(damaged).stream().filter(f -> f.toString().endsWith(".sst")).findFirst()
                .orElseThrow();
        Files.delete(table);
        Files.createDirectory(table);
        var verified = Cli.run("verify", damaged);
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out()).contains("checked");
        assertThat(verified.err()).hasLineCount(2).contains(
                "firn verify: " + table.getFileName() + ": is not a regular file but a directory,"
                        + " a link or a pipe, say; move that away, and put the file itself in its"
                        + " place")
                .doesNotContain("Exception");
    }

    @Test
    void aMissingTableIsNamed() throws Exception {
        Path damaged = copy();
        Path table = files(damaged).stream().filter(f -> f.toString().endsWith(".sst")).findFirst()
                .orElseThrow();
        Files.delete(table);
        String name = table.getFileName().toString();
        var verified = Cli.run("verify", damaged);
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.err()).contains(name);
        var got = Cli.run("get", damaged, "key00007");
        assertThat(got.code()).isEqualTo(1);
        assertThat(got.err()).hasLineCount(1).contains(name);
    }

    private void check(Path file, byte[] bytes, String what) throws IOException {
        Path damaged = copy();
        Files.write(damaged.resolve(file.getFileName().toString()), bytes);
        var dumped = Cli.run("dump", damaged);
        assertThat(dumped.code()).as(what + dumped.err()).isIn(0, 1);
        if (dumped.code() == 0) {
            assertThat(text).as(what).startsWith(dumped.out());
        } else {
            assertThat(text).as(what)
                    .startsWith(dumped.out().substring(0, dumped.out().lastIndexOf('\n') + 1));
            assertThat(dumped.err()).as(what).hasLineCount(1).startsWith("firn dump: ");
        }
        var verified = Cli.run("verify", damaged);
        assertThat(verified.code()).as(what + verified.err()).isIn(0, 1);
        assertThat(verified.err()).as(what).doesNotContain("\tat ");
        for (String line : List.of("get DIR key00700", "stats DIR", "tree DIR", "put DIR new value",
                "compact DIR")) {
            var result = Cli.run((Object[]) line.replace("DIR", damaged.toString()).split(" "));
            assertThat(result.code()).as(what + ": " + line + result.err()).isIn(0, 1);
            assertThat(result.err()).as(what + ": " + line).hasLineCount(result.code());
            if (line.startsWith("get") && result.code() == 0) {
                assertThat(result.out()).as(what).isEqualTo("value of 700\n");
            }
        }
    }

    private Path copy() throws IOException {
        Path copy = Files.createTempDirectory(temporary, "damaged");
        for (Path file : files(good)) {
            Files.copy(file, copy.resolve(file.getFileName().toString()));
        }
        return copy;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(f -> !f.endsWith("LOCK")).sorted().toList();
        }
    }

    @Test
    void aStoreOfSomethingElse() throws Exception {
        Path other = Files.createDirectory(temporary.resolve("other"));
        Files.writeString(other.resolve("CURRENT"), "MANIFEST-000001\n");
        Files.write(other.resolve("MANIFEST-000001"), "not ours at all".repeat(50).getBytes(UTF_8));
        for (String line : List.of("get DIR k", "put DIR k v", "dump DIR", "tree DIR",
                "verify DIR")) {
            var result = Cli.run((Object[]) line.replace("DIR", other.toString()).split(" "));
            assertThat(result.code()).as(line).isEqualTo(1);
            assertThat(result.err()).as(line).isNotEmpty().doesNotContain("\tat ");
        }
    }
}
