package dev.firn.engine.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A script of 200 operations, crashed at every operation on files. `-Dfirn.seed=N` runs a part.
@Tag("proof")
class EveryCrashTest {
    @Test
    void noOperationOnFilesIsAWrongMomentToDie() throws Exception {
        Tally tally =
                Volume.reach(
                        getClass(), new EveryCrashAttack(), Count.ROUNDS, EveryCrashAttack.ROUNDS);
        assertThat(tally.of(Count.STATES)).isPositive();
    }
}
