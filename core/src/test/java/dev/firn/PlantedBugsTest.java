package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import dev.firn.testkit.ChangedFirn.End;
import dev.firn.testkit.ChangedFirn.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests must be able to fail: each [Proof] passes with the code as it is, and fails with each of
/// the bugs planted for it.
class PlantedBugsTest {
    @TempDir
    Path scratch;

    static Stream<Proof> needChanges() {
        return Arrays.stream(Proof.values()).filter(Proof::needsChanges);
    }

    @ParameterizedTest
    @MethodSource("needChanges")
    void passesWithoutABug(Proof proof) throws Exception {
        Outcome outcome = run(proof, List.of());
        assertThat(outcome.end()).as("%s", outcome.output()).isEqualTo(End.PASSED);
    }

    static Stream<PlantedBug> quick() {
        return Arrays.stream(PlantedBug.values()).filter(bug -> !bug.proof().isLong());
    }

    static Stream<PlantedBug> slow() {
        return Arrays.stream(PlantedBug.values()).filter(bug -> bug.proof().isLong());
    }

    @ParameterizedTest
    @MethodSource("slow")
    @Tag("long")
    void isCaughtSlowly(PlantedBug bug) throws Exception {
        isCaught(bug);
    }

    @ParameterizedTest
    @MethodSource("quick")
    void isCaught(PlantedBug bug) throws Exception {
        Outcome outcome = run(bug.proof(), bug.changes());
        for (int more = 1; more < bug.proof().attempts() && outcome.end() == End.PASSED; more++) {
            outcome = run(bug.proof(), bug.changes());
        }
        assertThat(outcome.end()).as("%s", outcome.output()).isEqualTo(End.FAILED);
        assertThat(outcome.output()).contains(bug.symptom());
    }

    private Outcome run(Proof proof, List<Change> bug) throws Exception {
        List<Change> changes = new ArrayList<>(proof.before());
        changes.addAll(bug);
        changes.addAll(proof.after());
        return new ChangedFirn(scratch, changes).run(proof.jvm(), proof.test());
    }
}
