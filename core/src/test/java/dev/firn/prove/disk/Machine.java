package dev.firn.prove.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// What this machine has and can do.
final class Machine {
    private Machine() {}

    /// @throws TestAbortedException when one of the programs is not there
    static void needs(String... programs) {
        for (String program : programs) {
            if (!has(program)) {
                throw new TestAbortedException("there is no " + program);
            }
        }
    }

    static boolean has(String program) {
        Stream<String> places = Stream.concat(
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":")),
                Stream.of("/sbin", "/usr/sbin"));
        return places.anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /// @throws TestAbortedException when file systems cannot be mounted
    static void needsRoot() {
        if (!isRoot()) {
            throw new TestAbortedException("mounting needs root");
        }
    }

    static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /// Runs a command, which must succeed.
    static void run(String... command) throws IOException, InterruptedException {
        String said = attempt(command);
        if (!said.isEmpty()) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    /// Runs a command.
    ///
    /// @return why it failed, or nothing
    static String attempt(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        return exit == 0 ? "" : "exit " + exit + " " + said.strip();
    }
}
