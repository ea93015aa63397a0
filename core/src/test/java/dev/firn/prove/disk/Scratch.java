package dev.firn.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory for the time of a round, below the one for temporary files, with the number of this process in its name.
record Scratch(Path path) implements AutoCloseable {
    static Scratch create(String prefix) throws IOException {
        return new Scratch(Files.createTempDirectory(prefix + ProcessHandle.current().pid() + "-"));
    }

    /// Those that processes left which are no more.
    static List<Path> left(String prefix) throws IOException {
        List<Path> left = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            for (Path path : all.toList()) {
                String name = String.valueOf(path.getFileName());
                if (name.matches(prefix + "[0-9]+-[0-9]+")) {
                    long pid = Long.parseLong(name.substring(prefix.length()).split("-")[0]);
                    if (ProcessHandle.of(pid).isEmpty()) {
                        left.add(path);
                    }
                }
            }
        }
        return left;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else was faster.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
