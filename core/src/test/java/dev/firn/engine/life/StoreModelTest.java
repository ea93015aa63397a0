package dev.firn.engine.life;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random lives of a store beside a model. `-Dfirn.seed=N` runs one.
@Tag("proof")
class StoreModelTest {
    @Test
    void behavesLikeSortedMaps() throws Exception {
        Volume.reach(getClass(), new ModelAttack(), Count.OPERATIONS,
                Long.getLong("firn.operations", 1_500_000));
    }
}
