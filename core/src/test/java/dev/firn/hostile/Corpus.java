package dev.firn.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Inputs that are kept with the sources: for each target a directory of small files. What a fuzzer
/// found goes there, so that it stays found.
final class Corpus {
    private static final Path ROOT = Path.of("src/test/resources/dev/firn/hostile/corpus");

    private Corpus() {}

    /// The directory of a target.
    static Path of(FuzzTarget target) {
        return ROOT.resolve(target.name().replace(' ', '-'));
    }

    static List<byte[]> inputs(FuzzTarget target) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        if (Files.isDirectory(of(target))) {
            try (var files = Files.list(of(target))) {
                for (Path file : files.sorted().toList()) {
                    inputs.add(Files.readAllBytes(file));
                }
            }
        }
        return inputs;
    }

    /// Writes the seeds of a target, and what is kept, to a directory for a fuzzer to begin with.
    ///
    /// @param first a byte to put before each, or -1
    static void write(FuzzTarget target, Path to, int first) throws IOException {
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        inputs.addAll(inputs(target));
        String name = of(target).getFileName().toString();
        for (int i = 0; i < inputs.size(); i++) {
            try (var out = Files.newOutputStream(to.resolve(name + "-" + i))) {
                if (first >= 0) {
                    out.write(first);
                }
                out.write(inputs.get(i));
            }
        }
    }
}
