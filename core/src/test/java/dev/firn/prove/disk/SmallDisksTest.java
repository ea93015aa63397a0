package dev.firn.prove.disk;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// [SmallDisks], in every run.
@Tag("proof")
class SmallDisksTest {
    @Test
    void writingResumesWhenSpaceReturns() throws Exception {
        Tally tally = Volume.reach(SmallDisksTest.class, new SmallDisks(), Count.KILLS, 6);
        System.out.println("SmallDisksTest: " + tally);
    }
}
