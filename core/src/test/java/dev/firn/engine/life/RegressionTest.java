package dev.firn.engine.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that failed once, or that lead to a place that was hard to get right: each is run, and
/// crashed at some points and at all points.
@Tag("proof")
class RegressionTest {
    private static final Path FILES =
            Path.of("src/test/resources/dev/firn/engine/regressions");

    static Stream<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void isPassed(String name) {
        Script script = read(name);
        Tally tally = new Tally();
        Life.run(script, tally, new CrashPoints(script, tally));
        Life.run(script, tally, new EveryCrash(script, tally, 1, 0));
        assertThat(script.steps()).isNotEmpty();
    }

    private static Script read(String name) {
        try {
            return Script.parse(Files.readString(FILES.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
