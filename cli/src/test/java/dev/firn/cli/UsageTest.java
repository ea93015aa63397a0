package dev.firn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command line says before it touches a store.
class UsageTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {
        "demo", "put", "get", "delete", "scan", "load", "dump", "dump-file", "stats", "tree",
        "flush", "compact",
        "verify", "repair", "shell"
    })
    void everyCommandHasHelpVersionAndKeyspace(String command) {
        var help = Cli.run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).startsWith("Usage: firn " + command)
                .contains("--keyspace", "--help", "--version")
                .contains("Exit codes");
        assertThat(help.err()).isEmpty();
        var version = Cli.run(command, "--version");
        assertThat(version.code()).isZero();
        assertThat(version.out()).startsWith("firn ");
        assertThat(Cli.run("--help").out()).contains("\n  " + command + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "put", "get", "delete", "scan", "load", "dump", "stats", "tree", "flush", "compact",
        "verify", "repair", "shell"
    })
    void everyCommandThatOpensAStoreTakesItsMemory(String command) {
        assertThat(Cli.run(command, "--help").out()).contains("--memory=SIZE")
                .containsPattern("minimum:\\s+8m");
    }

    @Test
    void sizesOfMemoryAreUnderstood() throws Exception {
        var size = new MemorySize();
        assertThat(size.convert("8m")).isEqualTo(8L << 20);
        assertThat(size.convert("8388608")).isEqualTo(8L << 20);
        assertThat(size.convert("64MiB")).isEqualTo(64L << 20);
        assertThat(size.convert("64 mb")).isEqualTo(64L << 20);
        assertThat(size.convert("1.5g")).isEqualTo(3L << 29);
        assertThat(size.convert("10000K")).isEqualTo(10_000L << 10);
        assertThat(size.convert("1t")).isEqualTo(1L << 40);
    }

    @Test
    void hiddenCommandsAreNotListed() {
        assertThat(Cli.run("--help").out()).doesNotContain("crash-writer").doesNotContain("train");
        assertThat(Cli.run().err()).doesNotContain("crash-writer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~',
            textBlock = """
                    ~~                          | missing command; there are demo, put
                    nonsense                    | unknown command 'nonsense' (see 'firn --help')
                    gat DIR k                   | unknown command 'gat'; did you mean 'get'? (see 'firn --help')
                    verfiy DIR                  | did you mean 'verify'?
                    get                         | Missing required parameters
                    get DIR                     | 'KEY'
                    get DIR k extra             | unexpected argument 'extra'
                    get --bogus DIR k           | unknown option '--bogus'; if it is a key or value, put -- before it
                    get DIR -k                  | 'KEY'; unknown option '-k'; if it is a key or value, put -- before it
                            load DIR f --skipbad        | unknown option '--skipbad'; did you mean '--skip-bad'?
                    put DIR k                   | 'VALUE'
                    scan DIR --limit x          | 'x' is not a whole number
                    scan DIR --limit -1         | must not be negative
                    scan DIR --prefix a --to b  | --prefix goes with neither
                    dump DIR --format xml       | there is no format 'xml'; there are tsv, csv, jsonl, lines
                    load DIR f --format xml     | there is no format 'xml'; there are tsv, csv, jsonl, lines
                    get -e DIR \\q              | is no escape
                    get DIR \ufffd              | not UTF-8
                    get --keyspace a/b DIR k    | cannot be the name of a keyspace
                    tree DIR --width x          | 'x' is not a whole number
                    tree DIR --width 5          | --width must be 60 to 200, not 5
                    get DIR k --memory 1m       | '1m' is too small; the minimum is 8 MiB (8m)
                    put DIR k v --memory 8388607 | the minimum is 8 MiB
                    get DIR k --memory lots     | 'lots' is no size; expected one such as 64m
                    scan DIR --memory 65t       | '65t' is too large; the maximum is 64.0 TiB
                    """)
    void wrongUsageIsOneLineAndExits2(String line, String message) {
        Object[] args = List.of((line == null ? "" : line).split(" ")).stream()
                .filter(word -> !word.isEmpty()).map(word -> word.equals("DIR") ? directory : word)
                .toArray();
        var result = Cli.run(args);
        assertThat(result.err()).contains(message).hasLineCount(1).startsWith("firn");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aKeyThatIsTooLongIsRefusedWithTheLimit() {
        var result = Cli.run("put", directory, "k".repeat((64 << 10) + 1), "v");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("65,537 bytes").contains("65,536").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get DIR k", "scan DIR", "dump DIR", "stats DIR", "tree DIR",
        "verify DIR", "repair DIR", "delete DIR k",
        "flush DIR", "compact DIR"})
    void aMissingDirectoryIsNotMade(String line) throws Exception {
        Path missing = directory.resolve("missing");
        Path file = Files.createFile(directory.resolve("file"));
        var result = Cli.run((Object[]) line.replace("DIR", missing.toString()).split(" "));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains(missing + ": no such directory");
        assertThat(missing).doesNotExist();
        result = Cli.run((Object[]) line.replace("DIR", file.toString()).split(" "));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("is not a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"put FILE k v", "load FILE -", "shell FILE", "demo FILE"})
    void aFileIsNoDirectoryToCreateAStoreIn(String line) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        var result = Cli.run((Object[]) line.replace("FILE", file.toString()).split(" "));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("is not a directory");
    }

    @Test
    void aMissingFileToLoadMakesNoStore() {
        var result = Cli.run("load", directory.resolve("store"), directory.resolve("nothing.tsv"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("nothing.tsv: no such file");
        result = Cli.run("load", directory.resolve("store"), directory);
        assertThat(result.err()).hasLineCount(1).contains("is a directory");
        assertThat(directory).isEmptyDirectory();
    }
}
