package dev.firn.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The schedulers of a [FaultRun], one for each opening of its store, counted as one.
final class FaultClock {
    private static final long STEPS_MAX = 100_000;

    private final long seed;
    private @Nullable DeterministicScheduler now;
    private int opens;
    private long failsAt;
    private long looksBefore;
    private long refusesAt;
    private long submissionsBefore;
    private @Nullable Throwable thrownBefore;

    FaultClock(long seed) {
        this.seed = seed;
    }

    /// Goes on with a new scheduler.
    DeterministicScheduler next() {
        looksBefore = looks();
        submissionsBefore = submissions();
        thrownBefore = thrown();
        DeterministicScheduler next =
                new DeterministicScheduler(seed * 31 + opens++).atMost(STEPS_MAX);
        next.failAt(failsAt - looksBefore);
        next.refuseAt(refusesAt - submissionsBefore);
        now = next;
        return next;
    }

    /// That of the store that was opened last.
    DeterministicScheduler now() {
        return Objects.requireNonNull(now);
    }

    /// Lets the n-th look of background work at the clock fail.
    void failAt(long look) {
        failsAt = look;
    }

    /// How often background work has looked at the clock.
    long looks() {
        return looksBefore + (now == null ? 0 : now.looks());
    }

    /// Lets the n-th submission of a background task fail.
    void refuseAt(long submission) {
        refusesAt = submission;
    }

    /// How many background tasks were submitted.
    long submissions() {
        return submissionsBefore + (now == null ? 0 : now.submissions());
    }

    /// Nothing fails from now on.
    void heal() {
        failsAt = 0;
        refusesAt = 0;
        if (now != null) {
            now.failAt(0);
            now.refuseAt(0);
        }
    }

    /// Whether background work of the store that was opened last has met an error.
    boolean hasThrown() {
        return now != null && now.thrown() != null;
    }

    /// What background work has met, of all stores.
    @Nullable
    Throwable thrown() {
        return now == null || now.thrown() == null ? thrownBefore : now.thrown();
    }
}
