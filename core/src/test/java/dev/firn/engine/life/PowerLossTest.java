package dev.firn.engine.life;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Simulated power loss in whole lives. `-Dfirn.seed=N` runs one.
@Tag("proof")
class PowerLossTest {
    @Test
    void leavesAPrefixWithEverythingThatIsDurable() throws Exception {
        Volume.reach(getClass(), new PowerLossAttack(), Count.STATES,
                Long.getLong("firn.states", 100_000));
    }
}
