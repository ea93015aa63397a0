package dev.firn.engine.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Scripts that fail become short. The failures are those of wrong judges, as the store has none.
class ShrinkingTest {
    @Test
    void whatTheFailureNeedsIsLeftAndNothingElse() {
        List<Integer> numbers = IntStream.range(0, 500).boxed().toList();
        int[] asked = new int[1];
        List<Integer> left = Shrinking.shrink(numbers, list -> {
            asked[0]++;
            return list.containsAll(List.of(3, 77, 78, 421));
        }, 10_000);
        assertThat(left).containsExactly(3, 77, 78, 421);
        assertThat(asked[0]).isLessThan(400);
    }

    @Test
    void aListOfOneAndImpatienceAreNoProblem() {
        assertThat(Shrinking.shrink(List.of(1), _ -> true, 10)).containsExactly(1);
        assertThat(Shrinking.shrink(List.of(1, 2), _ -> true, 10)).hasSize(1);
        assertThat(Shrinking.shrink(List.of(1, 2, 3, 4), list -> list.contains(4), 1))
                .containsExactly(3, 4);
    }

    /// A judge who does not want a table to be deleted: somebody has to write, flush, write and
    /// merge before that happens.
    @Test
    void aScriptOfAFailureBecomesShort() throws Exception {
        Script script = RandomSteps.restless(5, 400);
        Failing.Run judge = (s, counts) -> Life.run(s, counts, new Life.Watch() {
            private boolean deleted;

            @Override
            public void before(
                    Life life, SimulatedStorage storage, SimulatedStorage.Operation operation) {
                deleted |= operation.kind() == OperationKind.DELETE
                        && operation.name().endsWith(".sst");
            }

            @Override
            public void require() {
                if (deleted) {
                    throw new Violation(Violation.Kind.LOST, "a table");
                }
            }
        });
        Violation failure = Failing.failure(script, new Tally(), judge);
        assertThat(failure).isNotNull();
        assertThatThrownBy(() -> Failing.run("shrinking test", script, new Tally(), judge))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("lost: a table")
                .hasMessageContaining("shortened from 400 to ");
        Script shortest =
                Script.parse(Files.readString(Path.of("target/regressions/shrinking-test-5.txt")));
        assertThat(shortest.steps().size()).isBetween(1, 20);
        for (int i = 0; i < shortest.steps().size(); i++) {
            List<Step> without = new ArrayList<>(shortest.steps());
            without.remove(i);
            assertThat(Failing.failure(shortest.with(without), new Tally(), judge))
                    .as("without step %s", i).isNull();
        }
        assertThat(Failing.failure(shortest, new Tally(), judge)).isNotNull();
    }
}
