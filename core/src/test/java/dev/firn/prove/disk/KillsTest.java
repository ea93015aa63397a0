package dev.firn.prove.disk;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// [Kills], in every run.
@Tag("proof")
class KillsTest {
    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        Tally tally = Volume.reach(KillsTest.class, new Kills(), Count.KILLS, 40);
        System.out.println("KillsTest: " + tally);
    }
}
