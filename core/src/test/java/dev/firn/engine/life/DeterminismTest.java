package dev.firn.engine.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Tally;
import dev.firn.storage.ReadFile;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.SimulatedStorage.Operation;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A life is decided by its seed: operations on files and their order, names of files and every
/// byte. What a seed has found can be found again.
class DeterminismTest {
    private static final int STEPS = 1_500;

    /// What a life has done to files, and what it leaves.
    private record Trace(List<Operation> operations, NavigableMap<String, byte[]> files) {
        static Trace of(Script script) throws IOException {
            return of(script, (_, _, _) -> {});
        }

        static Trace of(Script script, Life.Watch watch) throws IOException {
            List<Operation> operations = new ArrayList<>();
            SimulatedStorage storage =
                    Life.run(script, new Tally(), (life, now, operation) -> {
                        operations.add(operation);
                        watch.before(life, now, operation);
                    });
            watch.require();
            watch.close();
            return new Trace(operations, bytes(storage));
        }

        void assertSame(Trace other) {
            assertThat(operations).isEqualTo(other.operations);
            assertThat(files.keySet()).hasSizeGreaterThan(2).isEqualTo(other.files.keySet());
            files.forEach((name, bytes) -> assertThat(
                    Arrays.mismatch(bytes, other.files.get(name)))
                    .as("first difference in %s", name).isEqualTo(-1));
        }
    }

    /// Three seeds in a row have the three shapes.
    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9, 1_000_003, -5})
    void oneSeedDoesTheSameAndLeavesTheSameBytes(long seed) throws IOException {
        for (boolean crashes : new boolean[]{false, true}) {
            Script script = RandomSteps.life(seed, STEPS, crashes);
            Trace first = Trace.of(script);
            assertThat(first.files.keySet()).anyMatch(name -> name.endsWith(".sst"));
            first.assertSame(Trace.of(script));
        }
    }

    /// The text of a script says all of it.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aScriptThatIsReadBackDoesTheSame(long seed) throws IOException {
        Script script = RandomSteps.restless(seed, 200);
        Script again = Script.parse(script.text());
        assertThat(again).isEqualTo(script);
        Trace.of(script).assertSame(Trace.of(again));
    }

    /// Looking at what crashes leave, recovering it and writing to it changes nothing.
    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void crashingALifeDoesNotDisturbIt(long seed) throws IOException {
        Script script = RandomSteps.restless(seed, 40);
        Tally first = new Tally();
        Tally second = new Tally();
        Trace crashed = Trace.of(script, new CrashPoints(script, first));
        crashed.assertSame(Trace.of(script));
        crashed.assertSame(Trace.of(script, new CrashPoints(script, second)));
        assertThat(first.all()).isNotEmpty().isEqualTo(second.all());
    }

    @Test
    void anotherSeedLeavesOtherBytes() throws IOException {
        Trace first = Trace.of(RandomSteps.life(7, STEPS, false));
        Trace second = Trace.of(RandomSteps.life(10, STEPS, false));
        assertThat(first.operations).isNotEqualTo(second.operations);
    }

    private static NavigableMap<String, byte[]> bytes(SimulatedStorage storage)
            throws IOException {
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
