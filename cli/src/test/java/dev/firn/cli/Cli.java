package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs commands inside the test, through the real command line.
final class Cli {
    private Cli() {}

    /// What a command left behind.
    record Result(int code, byte[] bytes, String err) {
        String out() {
            return new String(bytes, UTF_8);
        }

        List<String> lines() {
            return out().lines().toList();
        }
    }

    static Result run(Object... args) {
        return runWith(new byte[0], args);
    }

    static Result runWith(String input, Object... args) {
        return runWith(input.getBytes(UTF_8), args);
    }

    static Result runWith(byte[] input, Object... args) {
        return runWith(new ByteArrayInputStream(input), args);
    }

    static Result runWith(InputStream input, Object... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] words = Arrays.stream(args).map(String::valueOf).toArray(String[]::new);
        int code = FirnCommand.run(Stdio.piped(input, out, err), words);
        return new Result(code, out.toByteArray(), err.toString(UTF_8));
    }

    /// A JVM of its own for the command.
    static ProcessBuilder process(Object... args) {
        var command =
                new ArrayList<String>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FirnCommand.class.getName()));
        Arrays.stream(args).map(String::valueOf).forEach(command::add);
        return new ProcessBuilder(command);
    }
}
