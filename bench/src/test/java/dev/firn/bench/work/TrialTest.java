package dev.firn.bench.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.data.Values;
import dev.firn.bench.store.Session;
import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Task.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrialTest {
    private static final long ENTRIES = 2_010;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REOPENKILLED")
    void eachWorkloadMeasuresSomething(Workload workload) throws IOException {
        Measured measured = run(workload, KeyShape.DB);
        assertThat(measured.operations()).isPositive();
        assertThat(measured.rate()).isPositive();
        assertThat(measured.latency().max()).isGreaterThanOrEqualTo(measured.latency().p50());
        assertThat(measured.settleSeconds() != null).isEqualTo(workload.isWriting());
        assertThat(measured.diskBytes()).isPositive();
        assertThat(measured.anonymousPeak()).isPositive();
        if (workload.isCounted()) {
            assertThat(measured.operations()).isEqualTo(ENTRIES);
        }
        if (workload.isSynced()) {
            assertThat(measured.syncsPerWrite()).isBetween(0.01, 1.1);
        }
        if (workload == Workload.FILLRANDOM || workload == Workload.FILLBATCH) {
            assertThat(measured.userBytes()).isEqualTo(ENTRIES * 116);
            assertThat(measured.liveBytes()).isEqualTo(ENTRIES * 116);
        }
        if (workload == Workload.READWHILEPACED) {
            assertThat(measured.beside()).isNotNull();
            assertThat(measured.beside().rate()).isBetween(1_000.0, 25_000.0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyShapeOfKeysWillDo(KeyShape keys) throws IOException {
        assertThat(run(Workload.SEEK10, keys).operations()).isPositive();
        assertThat(run(Workload.YCSBE, keys).operations()).isPositive();
    }

    private Measured run(Workload workload, KeyShape keys) throws IOException {
        Path store = Files.createTempDirectory(directory, "store");
        Path scratch = Files.createTempDirectory(directory, "scratch");
        if (workload.start() != Workload.Start.EMPTY) {
            new Trial(task(Phase.FILL, workload, keys, store, scratch)).fill();
        }
        return new Trial(task(Phase.MEASURE, workload, keys, store, scratch)).run();
    }

    private static Task task(Phase phase, Workload workload, KeyShape keys, Path store,
            Path scratch) {
        return new Task(phase, workload, StoreKind.FIRN, store.toString(), scratch.toString(),
                ENTRIES,
                keys, 100, 16 << 20, 0.02, 0.05, 20_000, 1);
    }

    /// A store that always has the same answer.
    private record Liar(byte[] value) implements Session {
        @Override
        public void put(byte[] key, byte[] value) {}

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) {}

        @Override
        public int get(byte[] key, byte[] target) {
            System.arraycopy(value, 0, target, 0, value.length);
            return value.length == 0 ? -1 : value.length;
        }

        @Override
        public void delete(byte[] key) {}

        @Override
        public long scan(byte[] from, boolean isForward, long limit, Visitor visitor) {
            byte[] key = KeyShape.DB.maker().present(1);
            visitor.entry(key, key.length, value, value.length);
            visitor.entry(key, key.length, value, value.length);
            return 2;
        }

        @Override
        public void close() {}
    }

    @Test
    void wrongAnswersAreNoticed() throws IOException {
        Values values = new Values(100);
        byte[] ofOne = new byte[100];
        values.fill(KeyShape.DB.maker().present(1), 0, ofOne);
        Keys keys = new Keys(new Liar(ofOne), KeyShape.DB, values);
        keys.get(1);
        assertThatThrownBy(() -> keys.get(2)).hasMessage("a wrong value came back for entry 2");
        assertThatThrownBy(() -> keys.miss(3)).hasMessageContaining("never put");
        assertThatThrownBy(() -> keys.scan(2, 10, 20)).hasMessageContaining("begin at the key");
        assertThatThrownBy(() -> keys.scan(1, 10, 20)).hasMessageContaining("not in order");
        assertThatThrownBy(() -> keys.scanAll(true, 20)).hasMessageContaining("not in order");

        Keys empty = new Keys(new Liar(new byte[0]), KeyShape.DB, values);
        assertThatThrownBy(() -> empty.get(1)).hasMessage("entry 1 was not found");
        assertThatThrownBy(() -> empty.scanAll(true, 20)).hasMessageContaining("wrong value");
    }
}
