package dev.firn.engine.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A script of 200 steps, crashed at every operation on files. `-Dfirn.seed=N` runs a part.
@Tag("proof")
class EveryCrashTest {
    private static final int OPERATIONS_MIN = 400;

    @Test
    void noOperationOnFilesIsAWrongMomentToDie() throws Exception {
        List<Long> crashed = new ArrayList<>();
        TreeSet<Long> counts = new TreeSet<>();
        EveryCrashAttack attack = new EveryCrashAttack(round -> {
            crashed.addAll(round.crashed());
            counts.add(round.operations());
        });
        Volume.reach(getClass(), attack, Count.ROUNDS, EveryCrashAttack.ROUNDS);
        System.out.println("crashed before " + crashed.size() + " operations on files of "
                + counts);
        if (Long.getLong("firn.seed") == null) {
            assertThat(counts).as("rounds of one life").hasSize(1);
            long operations = counts.first();
            assertThat(operations).isGreaterThan(OPERATIONS_MIN);
            assertThat(crashed).containsExactlyInAnyOrderElementsOf(
                    LongStream.range(0, operations).boxed().toList());
        }
    }
}
