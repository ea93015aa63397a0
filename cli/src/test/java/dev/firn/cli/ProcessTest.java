package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firn.Firn;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a process of its own shows: pipes that close, devices that are full, locks of others.
class ProcessTest {
    @TempDir
    Path temporary;

    private Path storeOf(int entries) {
        Path store = temporary.resolve("store");
        Cli.runWith(IntStream.range(0, entries).mapToObj(i -> String.format("%07d\tvalue %d", i, i))
                .collect(Collectors.joining("\n")), "load", store, "-");
        return store;
    }

    @Test
    void aScanEndsSilentlyWhenNobodyReadsOn() throws Exception {
        Process scan = Cli.process("scan", storeOf(100_000)).start();
        try (BufferedReader out = scan.inputReader()) {
            assertThat(out.readLine()).isEqualTo("0000000\tvalue 0");
        }
        String err = new String(scan.getErrorStream().readAllBytes(), UTF_8);
        assertThat(scan.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(err).isEmpty();
        assertThat(scan.exitValue()).isZero();
    }

    @Test
    void aFullDiskBehindTheOutputIsAnError() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        for (Object[] command : new Object[][]{{"dump", storeOf(100)},
            {"get", storeOf(1), "0000000"}, {"--help"}}) {
            Process dump = Cli.process(command).redirectOutput(full.toFile()).start();
            String err = new String(dump.getErrorStream().readAllBytes(), UTF_8);
            assertThat(dump.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(err).contains("cannot write the output: No space left").hasLineCount(1);
            assertThat(dump.exitValue()).isEqualTo(1);
        }
    }

    @Test
    void theHolderOfALockIsNamed() throws Exception {
        Path store = temporary.resolve("store");
        try (Firn firn = Firn.open(store)) {
            firn.put(new byte[1], new byte[1]);
            Process get = Cli.process("get", store, "k").start();
            String err = new String(get.getErrorStream().readAllBytes(), UTF_8);
            assertThat(get.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(get.exitValue()).isEqualTo(1);
            assertThat(err).hasLineCount(1).contains(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void aCommandNeedsNoNativeAccessAndWarnsOfNothing() throws Exception {
        var process = Cli.process("put", temporary.resolve("store"), "k", "v");
        process.command().add(1, "--illegal-native-access=deny");
        process.command().add(2, "--sun-misc-unsafe-memory-access=deny");
        Process put = process.redirectErrorStream(true).start();
        assertThat(new String(put.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(put.waitFor()).isZero();
    }
}
