package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firn.Firn;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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

    /// On a file system of a few MiB, mounted in a name space of the test's own.
    @Test
    void aLoadIntoAFullDiskTellsTheLineAndLosesNothing() throws Exception {
        Path mount = Files.createDirectory(temporary.resolve("mount"));
        String mounted = "mount -t tmpfs -o size=6m tmpfs " + mount + " && ";
        assumeTrue(isDone("unshare", "-rm", "sh", "-c", mounted + "true"),
                "no name space to mount in");
        Path text = temporary.resolve("lines.tsv");
        Files.writeString(text, IntStream.range(0, 300_000)
                .mapToObj(i -> String.format("%07d\tvalue %d", i, i))
                .collect(Collectors.joining("\n")));
        String script = mounted + "for i in 1 2; do " + shell("load", mount + "/d", text)
                + "; echo exit $?; done; " + shell("scan", mount + "/d", "--count");
        Process process = new ProcessBuilder("unshare", "-rm", "sh", "-c", script).start();
        List<String> out = process.inputReader().lines().toList();
        List<String> err = process.errorReader().lines().toList();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(out).startsWith("exit 1", "exit 1").hasSize(3);
        assertThat(err).hasSize(2);
        var told = Pattern.compile("firn load: .*lines.tsv:(\\d+): .*no space.* is left;.*"
                + "; loaded ([0-9,]+) entries before it").matcher(err.getFirst());
        assertThat(told).as(err.getFirst()).matches();
        int loaded = Integer.parseInt(told.group(2).replace(",", ""));
        assertThat(Integer.parseInt(told.group(1))).isEqualTo(loaded + 1);
        assertThat(loaded).isGreaterThan(10_000);
        // The second one writes the same entries again, as far as there is space.
        assertThat(out.getLast()).isEqualTo(Integer.toString(loaded));
    }

    private static String shell(Object... args) {
        return Cli.process(args).command().stream().map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
    }

    private static boolean isDone(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// The file system a person may only read: told without names of classes and once.
    @Test
    void aReadOnlyFileSystemIsTold() throws Exception {
        Path store = storeOf(3);
        Path mount = Files.createDirectory(temporary.resolve("read-only"));
        String mounted = "mount --bind " + store + " " + mount + " && mount -o remount,ro,bind "
                + mount + " && ";
        assumeTrue(isDone("unshare", "-rm", "sh", "-c", mounted + "true"),
                "no name space to mount in");
        Process process = new ProcessBuilder("unshare", "-rm", "sh", "-c",
                mounted + shell("put", mount, "k", "v") + "; " + shell("get", mount, "0000002"))
                .redirectErrorStream(true).start();
        assertThat(process.inputReader().lines().toList()).containsExactly(
                "firn put: " + mount + "/LOCK: the file system is read-only", "value 2");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
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
