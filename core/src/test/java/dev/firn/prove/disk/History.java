package dev.firn.prove.disk;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.VerifyReport;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a store must hold after the steps of a [Workload] that processes have made on it. It learns from each check how
/// much of what was not promised has survived.
final class History {
    /// How a process came to its end.
    enum End {
        /// It died, or ended by itself: what the system had is there.
        PROCESS_DIED,

        /// The disk lost what was not forced.
        POWER_CUT
    }

    /// How to look.
    enum Look {
        /// Opens the store, and so recovers it.
        RECOVER,

        /// Opens it read-only, and leaves the recovery to whoever comes next.
        READ_ONLY
    }

    private final Workload workload;
    private Contents settled = new Contents();
    private long next;
    private boolean exists;

    History(Workload workload) {
        this.workload = workload;
    }

    Workload workload() {
        return workload;
    }

    /// The first step that the next process makes.
    long next() {
        return next;
    }

    /// Looks at a store after a process that made steps from [#next] on.
    ///
    /// @param acknowledged how many steps it has said to be done; one more may have been under way
    void check(Path directory, long acknowledged, End end, Look look, Tally tally) {
        long until = next + acknowledged;
        String when = "after steps " + next + " to " + (until - 1) + ", " + end + ", " + look;
        try {
            verify(directory, when);
            var options = workload.options().withReadOnly(look == Look.READ_ONLY);
            Contents found;
            try (Firn store = Firn.open(directory, options)) {
                found = Contents.of(store);
            }
            exists = true;
            tally.add(Count.RECORDS_CHECKED, compare(found, until, end, when));
            if (look == Look.RECOVER) {
                verify(directory, when + ", recovered");
            }
        } catch (FirnException e) {
            // A process that died early may have left no store yet.
            if (e.kind() != FirnException.Kind.NOT_FOUND || exists || acknowledged > 0) {
                throw new Violation(Kind.UNEXPECTED_ERROR, when + ": " + e.getMessage(), e);
            }
        }
    }

    private static void verify(Path directory, String when) {
        VerifyReport report = Firn.verify(directory, bytes -> {});
        if (!report.isClean()) {
            throw new Violation(Kind.WRONG_VALUE, when + ": verify says " + report.damages());
        }
    }

    private long compare(Contents found, long until, End end, String when) {
        List<Step> made = new ArrayList<>();
        for (long n = next; n <= until; n++) {
            made.add(workload.step(n));
        }
        checkSurvivors(found, made, end, when);
        for (Step step : made) {
            boolean acknowledged = step.number() < until;
            boolean happened = switch (step.action()) {
                case WRITE -> found.hasWritten(step.number());
                case TOGGLE -> acknowledged
                        || found.has(step.keyspace()) != settled.has(step.keyspace());
                default -> false;
            };
            if (happened) {
                settled.apply(step);
            }
        }
        next = until + 1;
        return found.mustEqual(settled, when);
    }

    /// A prefix of the logged writes, with all that was promised in it; and of those that were not logged, what was
    /// flushed.
    private void checkSurvivors(Contents found, List<Step> made, End end, String when) {
        Step lost = null;
        for (int i = 0; i < made.size(); i++) {
            Step step = made.get(i);
            if (!step.isWrite()) {
                continue;
            }
            boolean there = found.hasWritten(step.number());
            if (there && lost != null) {
                throw new Violation(Kind.NOT_A_PREFIX, when + ": step " + step.number()
                        + " is there, and not " + lost.number() + " before it");
            }
            if (!there && isPromised(made, i, end)) {
                throw new Violation(Kind.LOST, when + ": step " + step.number() + ", a write with "
                        + step.durability() + ", is gone");
            }
            if (!there && step.isLogged()) {
                lost = step;
            }
        }
    }

    private static boolean isPromised(List<Step> made, int index, End end) {
        Step write = made.get(index);
        List<Step> acknowledged = made.subList(index, made.size() - 1);
        if (acknowledged.isEmpty()) {
            return false;
        }
        if (write.isLogged()
                && (end == End.PROCESS_DIED || acknowledged.stream().anyMatch(Step::syncs))) {
            return true;
        }
        return acknowledged.stream().anyMatch(later -> later.flushes(write));
    }
}
