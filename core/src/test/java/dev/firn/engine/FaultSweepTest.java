package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.engine.FaultLies.About;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A store whose disk fails at every operation, one after the other.
@Tag("proof")
class FaultSweepTest {
    @Test
    void everyOperationOfEveryScriptFails() throws Exception {
        Tally tally = Volume.reach(FaultSweepTest.class, new FaultSweep(), Count.ROUNDS,
                FaultSweep.ROUNDS);
        if (Long.getLong("firn.seed") == null) {
            assertThat(tally.of(Count.FAULTS)).isGreaterThan(5_000);
        }
    }

    /// The control: of the forces in all scripts one each is a lie, and the comparison after a power
    /// loss has to see that. It does not where nothing depends on that force: the file is forced
    /// once more before somebody relies on it (a log after each group of writes, the directory for
    /// the next name), there was nothing new in it (a log that is forced again when it closes), or
    /// what it holds is held by another file too until later (a table whose log is still there).
    @ParameterizedTest
    @EnumSource
    void lyingForcesAreCaught(About about) {
        long all = 0;
        long caught = 0;
        for (int number = 0; number < FaultScript.COUNT; number++) {
            FaultScript script = FaultScript.of(number);
            long forces = FaultLies.count(script, about);
            for (long n = 1; n <= forces; n++) {
                all++;
                caught += FaultLies.isCaught(script, about, n) ? 1 : 0;
            }
        }
        System.out.println("lying forces caught, " + about + ": " + caught + " of " + all);
        assertThat(caught).as("of %s", all).isPositive();
    }

    /// An honest device is not taken for a liar.
    @Test
    void honestForcesAreBelieved() {
        for (int number = 0; number < FaultScript.COUNT; number++) {
            FaultScript script = FaultScript.of(number);
            assertThat(FaultLies.isCaught(script, About.LOG, 0)).as(script.name()).isFalse();
        }
    }
}
