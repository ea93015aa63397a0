package dev.firn.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes down with what JVM and class path Maven started it, so that `./firn-bench` can start
/// [Bench] with the same, and pass on arguments and exit code as they are.
final class LaunchFiles {
    private LaunchFiles() {}

    /// Writes them.
    ///
    /// @param arguments the directory to write to
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        Files.writeString(directory.resolve("java"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Files.writeString(directory.resolve("classpath"), System.getProperty("java.class.path"));
    }
}
