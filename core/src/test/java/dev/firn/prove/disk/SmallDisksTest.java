package dev.firn.prove.disk;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [SmallDisks], in every run, and that they notice a log that a full disk spoils.
@Tag("proof")
class SmallDisksTest {
    @TempDir
    Path scratch;

    @Test
    void writingResumesWhenSpaceReturns() throws Exception {
        Tally tally = Volume.reach(SmallDisksTest.class, new SmallDisks(), Count.KILLS, 6);
        System.out.println("SmallDisksTest: " + tally);
    }

    @Test
    void halfARecordThatStaysIsNoticed() throws Exception {
        Planted.mustBeNoticed(new SmallDisks(Planted.engine(scratch, "HALF_A_RECORD_STAYS")), 8,
                Violation.Kind.LOST, Violation.Kind.NOT_A_PREFIX);
    }
}
