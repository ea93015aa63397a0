package dev.firn.engine;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random damage and random repairs.
@Tag("proof")
class RepairAttackTest {
    private static final long DAMAGES = 1_500;

    @Test
    void whatIsNotDamagedIsSaved() throws Exception {
        Volume.reach(RepairAttackTest.class, new RepairAttack(), Count.DAMAGES, DAMAGES);
    }
}
