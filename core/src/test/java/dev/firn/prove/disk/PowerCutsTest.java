package dev.firn.prove.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// [PowerCuts], in every run, and that they notice engines which force too little.
@Tag("proof")
class PowerCutsTest {
    private static final long CUTS = 50;

    @TempDir
    Path scratch;

    /// What is left out.
    enum Omission {
        FORCE("storage/DiskWriteFile.java",
                "public void force() throws IOException { file.force(); }",
                "public void force() throws IOException {}"),
        LOG_FORCE("record/LogSegment.java",
                "if (size > forced) { file.force(); forced = size; }",
                "if (size > forced) { forced = size; }");

        private final Change change;

        Omission(String file, String original, String replacement) {
            change = Change.of(file, original, replacement);
        }
    }

    @Test
    void whatWasForcedSurvivesEveryPowerCut() throws Exception {
        Tally tally = Volume.reach(PowerCutsTest.class, new PowerCuts(), Count.POWER_CUTS, CUTS);
        System.out.println("PowerCutsTest: " + tally);
    }

    @ParameterizedTest
    @EnumSource
    void anOmittedForceIsNoticed(Omission omission) throws Exception {
        ChangedFirn changed = new ChangedFirn(scratch,
                List.of(omission.change, Engines.SMALL_SEGMENTS));
        PowerCuts attack = new PowerCuts(Engines.with(changed));
        Tally tally = new Tally();
        Throwable noticed = null;
        for (long seed = 1; noticed == null && tally.of(Count.POWER_CUTS) < CUTS; seed++) {
            long round = seed;
            noticed = catchThrowable(() -> attack.round(round, tally));
        }
        if (noticed instanceof org.opentest4j.TestAbortedException aborted) {
            throw aborted;
        }
        assertThat(noticed).as(omission + " in " + tally).isInstanceOf(Violation.class);
        System.out.println("PowerCutsTest: " + omission + " left out, noticed after " + tally
                + ": " + noticed.getMessage());
    }
}
