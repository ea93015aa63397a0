package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.OperationKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A store whose disk fails at every operation, one after the other.
@Tag("proof")
class FaultSweepTest {
    @Test
    void everyOperationOfEveryScriptFails() throws Exception {
        Tally tally = Volume.reach(FaultSweepTest.class, new FaultSweep(), Count.ROUNDS,
                FaultSweep.ROUNDS);
        if (Long.getLong("firn.seed") == null) {
            assertThat(tally.of(Count.FAULTS)).isGreaterThan(10_000);
        }
    }

    /// The control: from the n-th force on the device says that it is done and does nothing. Such a
    /// device cannot be found out while it runs; but the comparison after a power loss must see that
    /// what it took is gone, for every n.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5})
    void aLyingForceIsCaught(int number) {
        FaultScript script = FaultScript.of(number);
        FaultRun honest = life(script, 0);
        long forces = honest.storage.count(OperationKind.FORCE);
        assertThat(lossesOf(honest)).as("honest").isNull();
        assertThat(forces).isGreaterThan(5);
        for (long n = 1; n <= forces; n++) {
            FaultRun run = life(script, n);
            assertThat(run.storage.fired()).isPositive();
            assertThat(lossesOf(run)).as("from force " + n + " of " + forces + " on").isNotNull();
        }
    }

    /// A life up to a write that was acknowledged with SYNC.
    private static FaultRun life(FaultScript script, long liesFrom) {
        FaultRun run = new FaultRun(script.start(), 1, false, false);
        if (liesFrom > 0) {
            run.storage.add(FaultRule.sticky(OperationKind.FORCE, liesFrom,
                    new Fault.LyingForce()));
        }
        script.body().accept(run);
        run.put("default", 1, 30, dev.firn.Durability.SYNC);
        return run;
    }

    /// What a power loss makes of it that takes all that was not forced, or null if nothing.
    private static Violation lossesOf(FaultRun run) {
        try {
            run.checkPowerLoss();
            return null;
        } catch (Violation v) {
            return v;
        } finally {
            run.close();
        }
    }
}
