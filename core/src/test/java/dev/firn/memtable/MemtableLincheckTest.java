package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.memtable.SmallMap.Keys;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.util.function.Function;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A memtable with writes under a lock and reads in both directions beside it is linearizable.
///
/// Lincheck makes the histories and judges them; threads really run at the same time (stress mode),
/// because its model checker does not see accesses to memory segments. `MemtableByTurns` tries the
/// orders of accesses one by one.
@Tag("lincheck")
class MemtableLincheckTest {
    private static final int PATIENCE = 2_000;

    @Test
    void theFirstKeys() {
        stress(2).sequentialSpecification(FewModel.class).check(Few.class);
    }

    @Test
    void aFullNode() {
        stress(2).sequentialSpecification(FourModel.class).check(Four.class);
    }

    @Test
    void aNodeTakenAwayBeforeItsSuccessorStandsIsNoticed() {
        assertThatThrownBy(() -> stress(100).sequentialSpecification(FourModel.class)
                .check(HastyReplacement.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static StressOptions stress(int iterations) {
        return new StressOptions().iterations(iterations).invocationsPerIteration(100).threads(2)
                .actorsPerThread(4).actorsBefore(3).actorsAfter(2).minimizeFailedScenario(false);
    }

    public static class Few extends Operations {
        public Few() {
            super(Keys.FEW, NodeWriter::new);
        }
    }

    public static class FewModel extends Model {
        public FewModel() {
            super(Keys.FEW);
        }
    }

    public static class Four extends Operations {
        public Four() {
            super(Keys.FOUR, NodeWriter::new);
        }
    }

    public static class FourModel extends Model {
        public FourModel() {
            super(Keys.FOUR);
        }
    }

    /// Broken on purpose.
    public static class HastyReplacement extends Operations {
        public HastyReplacement() {
            super(Keys.FOUR, arena -> new NodeWriter(arena) {
                @Override
                void replace(int reference, long slot, int child) {
                    super.replace(reference, slot, 0);
                    dawdle();
                    super.replace(reference, slot, child);
                }
            });
        }
    }

    private static void dawdle() {
        for (int i = 0; i < PATIENCE; i++) {
            Thread.onSpinWait();
        }
    }

    @Param(name = "key", gen = IntGen.class, conf = "0:5")
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public abstract static class Operations {
        private final ChunkPool pool = new ChunkPool(new MemoryBudget(16 << 20), 64 << 10);
        private final SmallMap map;

        private Operations(Keys keys, Function<MemtableArena, NodeWriter> nodes) {
            map = new SmallMap(keys, pool, nodes);
        }

        @Operation
        public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
            map.put(key, value);
        }

        @Operation
        public void delete(@Param(name = "key") int key) {
            map.delete(key);
        }

        @Operation
        public @Nullable Integer get(@Param(name = "key") int key) {
            return map.get(key, map.visible());
        }

        @Operation
        public String ascend(@Param(name = "key") int key) throws IOException {
            return map.ascend(key, map.visible());
        }

        @Operation
        public String descend(@Param(name = "key") int key) throws IOException {
            return map.descend(key, map.visible());
        }

        @Validate
        public void giveBack() {
            map.close();
            pool.close();
            if (pool.budget().used() != 0) {
                throw new AssertionError("memory is not given back");
            }
        }
    }

    /// The same, one operation after the other.
    public abstract static class Model {
        private final SmallModel model;

        private Model(Keys keys) {
            model = new SmallModel(keys);
        }

        public void put(int key, int value) {
            model.put(key, value);
        }

        public void delete(int key) {
            model.delete(key);
        }

        public @Nullable Integer get(int key) {
            return model.get(key);
        }

        public String ascend(int key) {
            return model.ascend(key);
        }

        public String descend(int key) {
            return model.descend(key);
        }
    }
}
