package dev.firn.prove.disk;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import dev.firn.testkit.Change;
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
        /// CURRENT, the manifest and tables are damaged before anybody gets to the log.
        FORCE("storage/DiskWriteFile.java",
                "public void force() throws IOException { file.force(); }",
                "public void force() throws IOException {}",
                Violation.Kind.WRONG_VALUE),
        LOG_FORCE("record/LogSegment.java",
                "if (size > forced) { file.force(); forced = size; }",
                "if (size > forced) { forced = size; }",
                Violation.Kind.LOST, Violation.Kind.NOT_A_PREFIX);

        private final Change change;
        private final Violation.Kind[] kinds;

        Omission(String file, String original, String replacement, Violation.Kind... kinds) {
            this.kinds = kinds;
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
    void anOmittedForceIsNoticedOnEachFileSystem(Omission omission) throws Exception {
        String engine = Planted.engine(scratch, List.of(omission.change));
        for (Disk.Kind kind : List.of(Disk.Kind.EXT4, Disk.Kind.XFS)) {
            // Of small files: five cuts in each round.
            Planted.mustBeNoticed(new PowerCuts(engine, kind), 20, omission.kinds);
        }
    }
}
