package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts on standard input.
class ShellTest {
    @TempDir
    Path temporary;
    private Path store;

    @BeforeEach
    void name() {
        store = temporary.resolve("store");
    }

    private Cli.Result script(String... lines) {
        return Cli.runWith(String.join("\n", lines), "shell", store);
    }

    @Test
    void theLanguageOfTheCourse() {
        var result = script("p 10 7", "p 12 22", "p 11 2", "g 10", "g 13", "r 10 12", "d 10",
                "g 10", "r 10 13", "r 5 6");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEqualTo("7\n\n10:7 11:2\n\n11:2 12:22\n\n");
        assertThat(script("s").out()).contains("default · hybrid").contains("memory");
    }

    @Test
    void longCommands() {
        var result = script("# a script", "put \"a key\" \"\\x41\\tb\"", "put b \"\"",
                "get \"a key\"", "range a b",
                "scan --reverse --keys-only", "scan --prefix \"a \" --count", "delete b",
                "dump jsonl", "flush", "compact",
                "tree", "explain \"a key\"", "use other", "keyspaces", "put k v", "scan", "help",
                "quit", "put never v");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith(
                        "A\tb\na key\tA\\tb\nb\na key\n1\n{\"key\": \"a key\", \"value\": \"A\\tb\"}\ndefault · hybrid")
                .contains("the value (its sequence number is not kept)")
                .contains("default\nother\nk\tv\n")
                .contains("r  range A B");
        assertThat(Cli.run("get", store, "never").code()).isEqualTo(1);
    }

    @Test
    void aWrongLineIsToldWithItsNumberAndTheScriptGoesOn() {
        var result = script("put a 1", "put b", "nonsense", "get \"a", "load /nothing.tsv",
                "use a/b", "scan --limit x",
                "scan --bogus", "dump xml", "get a");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEqualTo("1\n");
        assertThat(result.err().lines()).hasSize(9);
        assertThat(result.err().lines().toList().get(0))
                .isEqualTo("firn shell: line 2: expected: put KEY VALUE");
        assertThat(result.err()).contains("line 3: no command 'nonsense'; there are put, get")
                .contains("line 4: a quote that is never closed")
                .contains("line 5: /nothing.tsv: no such file")
                .contains("line 6: a keyspace's name")
                .contains("line 9: no format 'xml'")
                .endsWith("firn shell: 8 commands failed\n");
    }

    @Test
    void filesAreLoadedByTheEndingOfTheirNames() throws Exception {
        var pairs = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(5).putInt(-3)
                .putInt(77).putInt(88);
        Path course = Files.write(temporary.resolve("0 0.dat"), pairs.array());
        Path tsv = Files.writeString(temporary.resolve("a.tsv"), "t\t1\n");
        Path lines = Files.writeString(temporary.resolve("a.txt"), "l\n2\n");
        var result = script("l \"" + course + "\"", "load " + tsv, "l " + lines, "scan");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("5\t-3\n77\t88\nl\t2\nt\t1\n");
        Files.write(course, new byte[]{1, 2, 3});
        assertThat(script("l \"" + course + "\"").err()).contains("ends within a pair");
    }

    @Test
    void binaryInputAndEndlessLinesAreSurvived() {
        var noise = new byte[200_000];
        new java.util.Random(5).nextBytes(noise);
        var result = Cli.runWith(noise, "shell", store);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).doesNotContain("\tat ");
        result = Cli.runWith("put k " + "v".repeat(17 << 20) + "\nput k v\nget k\n", "shell",
                store);
        assertThat(result.err())
                .startsWith("firn shell: line 1: the line is longer than 16,777,216 bytes\n");
        assertThat(result.out()).isEqualTo("v\n");
    }

    @Test
    void valuesArePrintedAsTheyAreIntoAPipe() {
        var result = script("put k \\x00\\xff\\n", "get k");
        assertThat(result.bytes()).isEqualTo(new byte[]{0, (byte) 0xff, '\n', '\n'});
        assertThat(new String(result.bytes(), UTF_8)).hasSize(4);
    }
}
