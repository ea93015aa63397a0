package dev.firn.prove.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.firn.PlantedBugs;
import dev.firn.prove.Attack;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.opentest4j.TestAbortedException;

/// Whether an attack notices a bug in the engine, by the right sign.
final class Planted {
    private Planted() {}

    /// The class path of the engine with small files and one of the planted bugs.
    static String engine(Path scratch, String bug) throws Exception {
        return engine(scratch, PlantedBugs.changes(bug));
    }

    /// The class path of the engine with small files and some changes.
    static String engine(Path scratch, List<Change> changes) throws Exception {
        List<Change> all = new ArrayList<>(changes);
        all.add(Engines.SMALL_FILES);
        return Engines.with(new ChangedFirn(scratch, all));
    }

    /// Runs rounds until one has found what the bug does. Others may find what else comes of it, such as a store that
    /// cannot be opened, but never that nothing goes on.
    ///
    /// @return what it said
    static String mustBeNoticed(Attack attack, int rounds, Violation.Kind... as) {
        Set<Violation.Kind> kinds = EnumSet.of(as[0], as);
        Tally tally = new Tally();
        List<String> others = new ArrayList<>();
        for (long seed = 1; seed <= rounds; seed++) {
            long round = seed;
            Throwable noticed = catchThrowable(() -> attack.round(round, tally));
            if (noticed instanceof TestAbortedException aborted) {
                throw aborted;
            }
            if (noticed == null) {
                continue;
            }
            assertThat(noticed).as(attack.name()).isInstanceOf(Violation.class);
            Violation violation = (Violation) noticed;
            assertThat(violation.kind()).as(violation.getMessage())
                    .isNotEqualTo(Violation.Kind.HANG);
            if (kinds.contains(violation.kind())) {
                System.out.println(attack.name() + ": planted bug noticed in round " + seed
                        + " after " + tally + ": " + violation.getMessage());
                return String.valueOf(violation.getMessage());
            }
            others.add(violation.getMessage());
        }
        throw new AssertionError(attack.name() + " did not notice the bug in " + rounds
                + " rounds, " + tally + ", but " + others);
    }
}
