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

/// [SmallDisks], in every run, and that they notice engines that a full disk breaks.
@Tag("proof")
class SmallDisksTest {
    private static final int ROUNDS_MAX = 6;

    @TempDir
    Path scratch;

    /// What becomes of a write that a full disk refuses.
    enum Mistake {
        ACKNOWLEDGED("return 0;", Violation.Kind.LOST, Violation.Kind.NOT_A_PREFIX),

        /// The store takes no more writes, whatever is deleted.
        POISONED("health.poison(e); throw Errors.of(location, e);",
                Violation.Kind.UNEXPECTED_ERROR);

        private final Change change;
        private final Violation.Kind[] kinds;

        Mistake(String replacement, Violation.Kind... kinds) {
            this.kinds = kinds;
            change = Change.of("engine/CommitPipeline.java",
                    "} catch (DiskFullException e) { throw Errors.of(location, e);",
                    "} catch (DiskFullException e) { " + replacement);
        }
    }

    @Test
    void writingResumesWhenSpaceReturns() throws Exception {
        Tally tally = Volume.reach(SmallDisksTest.class, new SmallDisks(), Count.KILLS, 6);
        System.out.println("SmallDisksTest: " + tally);
    }

    @ParameterizedTest
    @EnumSource
    void aMistakeOnAFullDiskIsNoticed(Mistake mistake) throws Exception {
        SmallDisks attack = new SmallDisks(Planted.engine(scratch, List.of(mistake.change)));
        Planted.mustBeNoticed(attack, ROUNDS_MAX, mistake.kinds);
    }
}
