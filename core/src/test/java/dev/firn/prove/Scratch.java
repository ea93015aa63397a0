package dev.firn.prove;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory for the time of a round, below the one for temporary files, with the number of this
/// process in its name: what a process left that was killed is deleted by the next that needs one
/// of the kind.
public record Scratch(Path path) implements AutoCloseable {
    /// Deletes what others of the prefix have left, and makes one.
    public static Scratch create(String prefix) throws IOException {
        for (Path left : left(prefix)) {
            try {
                delete(left);
            } catch (IOException e) {
                // Whoever started the process that still writes there may need it; the next tries.
                continue;
            }
        }
        return beside(prefix);
    }

    /// Makes one, and leaves what others have left.
    public static Scratch beside(String prefix) throws IOException {
        return new Scratch(Files.createTempDirectory(prefix + ProcessHandle.current().pid() + "-"));
    }

    /// Those that processes left which are no more.
    public static List<Path> left(String prefix) throws IOException {
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

    /// Deletes a directory and all that is in it, unless somebody else is faster.
    public static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
