package dev.firn.prove.disk;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [Kills] and [CallKills], in every run, and that they notice an engine that loses what it acknowledges.
@Tag("proof")
class KillsTest {
    private static final String BUG = "BUFFERED_NOT_LOGGED";

    @TempDir
    Path scratch;

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        Tally tally = Volume.reach(KillsTest.class, new Kills(), Count.KILLS, 40);
        System.out.println("KillsTest: " + tally);
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryKillAtASystemCall() throws Exception {
        Tally tally = Volume.reach(KillsTest.class, new CallKills(), Count.KILLS, 20);
        System.out.println("KillsTest, at system calls: " + tally);
    }

    @Test
    void aWriteThatIsNotLoggedIsNoticed() throws Exception {
        Planted.mustBeNoticed(new Kills(Planted.engine(scratch, BUG)), 5, Violation.Kind.LOST);
    }

    @Test
    void aWriteThatIsNotLoggedIsNoticedAtASystemCall() throws Exception {
        Planted.mustBeNoticed(new CallKills(Planted.engine(scratch, BUG)), 10,
                Violation.Kind.LOST);
    }
}
