package dev.firn.engine;

import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A store is linearizable: puts, deletes, batches over two keyspaces, reads, and snapshots, beside
/// freezes, flushes and merges. A batch is seen whole or not at all.
///
/// Stress mode: threads really run at the same time, as the log and the memtable are native memory,
/// which Lincheck's model checker does not see. The histories share a store, each with keys of its
/// own. What must be caught for certain is in `BetweenSteps`.
@Tag("lincheck")
class CommitPipelineLincheckTest {
    @Test
    void writesReadsAndSnapshotsAreLinearizable() {
        new StressOptions().iterations(10).invocationsPerIteration(60).threads(2)
                .actorsPerThread(5).actorsBefore(2).actorsAfter(3).minimizeFailedScenario(false)
                .sequentialSpecification(Model.class).check(Operations.class);
    }

    /// The store of all histories.
    private static final class Shared {
        static final Store STORE =
                Store.open(Path.of("pipeline"), new SimulatedStorage(), Options.defaults(),
                        SharedResources.create(24L << 20, 1, 0), true, 1);
        static final List<Keyspace> SPACES =
                List.of(STORE.keyspace("left"), STORE.keyspace("right"));
        static final AtomicLong HISTORIES = new AtomicLong();

        private Shared() {}
    }

    @Param(name = "space", gen = IntGen.class, conf = "0:1")
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public static class Operations {
        private final byte[] key = TestData.number(Shared.HISTORIES.incrementAndGet());

        @Operation
        public void put(@Param(name = "space") int space, @Param(name = "value") int value) {
            Shared.SPACES.get(space).put(key, new byte[]{(byte) value});
        }

        @Operation
        public void delete(@Param(name = "space") int space) {
            Shared.SPACES.get(space).delete(key);
        }

        @Operation
        public void batch(@Param(name = "value") int value) {
            byte[] bytes = {(byte) value};
            Shared.STORE.write(WriteBatch.create().put(Shared.SPACES.get(0), key, bytes)
                    .put(Shared.SPACES.get(1), key, bytes));
        }

        @Operation
        public @Nullable Integer get(@Param(name = "space") int space) {
            return number(Shared.SPACES.get(space).get(key));
        }

        @Operation
        public String snapshot() {
            try (Snapshot snapshot = Shared.STORE.snapshot()) {
                return number(snapshot.in(Shared.SPACES.get(0)).get(key)) + " "
                        + number(snapshot.in(Shared.SPACES.get(1)).get(key));
            }
        }

        @Operation
        public void freeze(@Param(name = "space") int space) {
            Shared.STORE.commits().freeze(List.of((StoreKeyspace) Shared.SPACES.get(space)));
        }

        private static @Nullable Integer number(byte @Nullable [] value) {
            return value == null ? null : (int) value[0];
        }
    }

    /// The same, one operation after the other.
    public static class Model {
        private final @Nullable Integer[] values = new Integer[2];

        public void put(int space, int value) {
            values[space] = value;
        }

        public void delete(int space) {
            values[space] = null;
        }

        public void batch(int value) {
            values[0] = value;
            values[1] = value;
        }

        public @Nullable Integer get(int space) {
            return values[space];
        }

        public String snapshot() {
            return values[0] + " " + values[1];
        }

        public void freeze(int space) {
            // Nothing that anybody sees.
        }
    }
}
