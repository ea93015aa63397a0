package dev.firn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `firn dump-file`: what it prints where, and its exit codes.
class DumpFileTest {
    @TempDir
    Path temporary;
    private Path store;

    @BeforeEach
    void make() {
        store = temporary.resolve("store");
        Cli.runWith("ada\t1815\ngrace\t1906\n", "load", store, "-");
        Cli.run("flush", store);
        Cli.run("put", store, "-e", "new\\nline", "secret");
    }

    private Path file(String ending) throws Exception {
        try (var files = Files.list(store)) {
            return files.filter(f -> f.toString().endsWith(ending)).sorted().toList().getLast();
        }
    }

    @Test
    void everyFileOfASoundStoreExits0() throws Exception {
        try (var files = Files.list(store)) {
            for (Path file : files.toList()) {
                var result = Cli.run("dump-file", file);
                assertThat(result.err()).isEmpty();
                assertThat(result.code()).as(result.out()).isZero();
                assertThat(result.out()).startsWith("            " + file.getFileName() + ": ");
            }
        }
    }

    @Test
    void optionsTellMore() throws Exception {
        assertThat(Cli.run("dump-file", file(".log")).out()).contains("key of 8 bytes: new\\nline")
                .doesNotContain("secret");
        assertThat(Cli.run("dump-file", file(".log"), "--values").out()).contains("secret");
        assertThat(Cli.run("dump-file", file(".sst")).out()).doesNotContain("put");
        assertThat(Cli.run("dump-file", "--entries", file(".sst")).out())
                .contains("sequence 2 put, value of 4 bytes, key of 5 bytes: grace");
    }

    @Test
    void damageIsPrintedWithAllTheRestAndExits1() throws Exception {
        Path table = file(".sst");
        byte[] bytes = Files.readAllBytes(table);
        bytes[20] ^= 1;
        Files.write(table, bytes);
        var result = Cli.run("dump-file", table);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("         0    DAMAGE: wrong checksum of a data block")
                .contains("index block 0: ", "properties block 0: ");
        assertThat(result.err()).isEqualTo("firn dump-file: 1 damage found\n");
    }

    @Test
    void wrongUsageExits2AndAMissingFile1() {
        assertThat(Cli.run("dump-file").code()).isEqualTo(2);
        assertThat(Cli.run("dump-file", "a", "b").code()).isEqualTo(2);
        assertThat(Cli.run("dump-file", "a", "--bogus").code()).isEqualTo(2);
        var missing = Cli.run("dump-file", store.resolve("000099.sst"));
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).hasLineCount(1).contains("000099.sst: no such file");
        var directory = Cli.run("dump-file", store);
        assertThat(directory.code()).isEqualTo(1);
        assertThat(directory.err()).hasLineCount(1).contains("is not a regular file");
    }
}
