package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.ReadFile;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A life is decided by its seed: files, their names and every byte. What a seed has found can
/// be found again.
class DeterminismTest {
    private static final int OPERATIONS = 1_500;

    /// Three seeds in a row have the three shapes.
    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9, 1_000_003, -5})
    void oneSeedLeavesTheSameBytes(long seed) throws IOException {
        for (boolean crashes : new boolean[]{false, true}) {
            NavigableMap<String, byte[]> first = files(seed, crashes);
            NavigableMap<String, byte[]> second = files(seed, crashes);
            assertThat(first.keySet()).hasSizeGreaterThan(2).isEqualTo(second.keySet());
            assertThat(first.keySet()).anyMatch(name -> name.endsWith(".sst"));
            first.forEach((name, bytes) -> assertThat(
                    Arrays.mismatch(bytes, second.get(name)))
                    .as("first difference in %s, seed %d", name, seed).isEqualTo(-1));
        }
    }

    @Test
    void anotherSeedLeavesOtherBytes() throws IOException {
        NavigableMap<String, byte[]> first = files(7, false);
        NavigableMap<String, byte[]> second = files(10, false);
        assertThat(first.keySet().equals(second.keySet()) && first.entrySet().stream()
                .allMatch(e -> Arrays.equals(e.getValue(), second.get(e.getKey())))).isFalse();
    }

    private static NavigableMap<String, byte[]> files(long seed, boolean crashes)
            throws IOException {
        SimulatedStorage storage = new ModelRun(seed, crashes).run(OPERATIONS).storage();
        NavigableMap<String, byte[]> files = new TreeMap<>();
        for (Storage.FileInfo info : storage.list()) {
            byte[] bytes = new byte[(int) info.bytes()];
            try (ReadFile file = storage.open(info.name())) {
                file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            }
            files.put(info.name(), bytes);
        }
        return files;
    }
}
