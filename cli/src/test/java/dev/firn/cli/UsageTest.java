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
        "demo", "put", "get", "delete", "scan", "load", "dump", "stats", "tree", "flush", "compact",
        "verify", "shell"
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

    @Test
    void hiddenCommandsAreNotListed() {
        assertThat(Cli.run("--help").out()).doesNotContain("crash-writer").doesNotContain("train");
        assertThat(Cli.run().err()).doesNotContain("crash-writer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~~                          | Missing command
            nonsense                    | nonsense
            get                         | Missing required parameters
            get DIR                     | 'KEY'
            get DIR k extra             | extra
            get --bogus DIR k           | Unknown option: '--bogus'; put -- before
            put DIR k                   | 'VALUE'
            scan DIR --limit x          | 'x' is not a long
            scan DIR --limit -1         | must not be negative
            scan DIR --prefix a --to b  | --prefix goes with neither
            dump DIR --format xml       | expected one of
            load DIR f --format xml     | expected one of
            get -e DIR \\q              | is no escape
            get DIR \ufffd              | not UTF-8
            get --keyspace a/b DIR k    | cannot be the name of a keyspace
            tree DIR --width x          | 'x' is not an int
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
        "verify DIR", "delete DIR k",
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
