package dev.firn.engine.life;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Stores with other options agree. `-Dfirn.seed=N` runs one script.
@Tag("proof")
class OptionSetsTest {
    @Test
    void agreeOnWhatWasWritten() throws Exception {
        Volume.reach(getClass(), new OptionSetsAttack(), Count.ROUNDS, 6);
    }
}
