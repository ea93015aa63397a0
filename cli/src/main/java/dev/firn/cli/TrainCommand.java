package dev.firn.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `firn train`: runs each short command once, so that the launcher's run that records which
/// classes to keep ready sees them all. Not for people.
@Command(name = "train", hidden = true, description = "Part of the launcher.")
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("firn-train");
        String store = directory.toString();
        try {
            run("", "put", store, "key", "value");
            run("a\tb\nc\td\n", "load", store, "-");
            run("", "get", store, "key");
            run("", "get", store, "missing");
            run("", "scan", store, "--limit", "3");
            run("", "delete", store, "a");
            run("", "flush", store);
            run("", "get", store, "key");
            run("", "dump", store);
            run("", "compact", store);
            run("", "stats", store);
            run("", "stats", store, "--json");
            run("", "tree", store);
            run("", "verify", store);
            run("p 1 2\ng 1\ns\n", "shell", store);
            run("", "--help");
            run("", "get", "--nonsense");
        } finally {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        return ExitCode.OK;
    }

    private static void run(String input, String... args) {
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        FirnCommand.run(
                Stdio.piped(in, OutputStream.nullOutputStream(), OutputStream.nullOutputStream()),
                args);
    }
}
