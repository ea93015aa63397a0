package dev.firn.engine;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Readers see nothing wrong whatever happens beside them.
@Tag("proof")
class ReadersAttackTest {
    private static final long OPERATIONS = 300_000;

    @Test
    void readersSeeNothingWrong() throws Exception {
        Volume.reach(ReadersAttackTest.class, new ReadersAttack(), Count.OPERATIONS, OPERATIONS);
    }
}
