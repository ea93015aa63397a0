package dev.firn.bench.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A run as a file of JSON lines: where it ran, then each measurement as it was made.
///
/// @param machine where it ran, or null when the file does not tell
/// @param results the measurements, in order
public record Results(@Nullable Machine machine, List<Result> results) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /// Copies the list.
    public Results {
        results = List.copyOf(results);
    }

    private record Line(@Nullable Machine machine, @Nullable Result result) {}

    static void append(Path file, Machine machine) throws IOException {
        append(file, new Line(machine, null));
    }

    static void append(Path file, Result result) throws IOException {
        append(file, new Line(null, result));
    }

    private static void append(Path file, Line line) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /// Reads a file.
    ///
    /// @throws IOException naming the line that is none
    public static Results read(Path file) throws IOException {
        Machine machine = null;
        List<Result> results = new ArrayList<>();
        int number = 0;
        for (String text : Files.readAllLines(file)) {
            number++;
            try {
                Line line = JSON.readValue(text, Line.class);
                if (line.machine != null) {
                    machine = line.machine;
                }
                if (line.result != null) {
                    results.add(line.result);
                }
            } catch (JsonProcessingException e) {
                throw new IOException(file + ", line " + number + ": " + e.getOriginalMessage(),
                        e);
            }
        }
        return new Results(machine, results);
    }
}
