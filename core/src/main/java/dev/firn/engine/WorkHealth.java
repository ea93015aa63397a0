package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Whether one piece of background work fails: a kind of work of the store, or the compaction of
/// one keyspace. Who does the work tells of every failure and of success. Nothing is allocated for
/// that, so that an exhausted heap can be told too. Changes are guarded by the lock of [Health].
final class WorkHealth {
    /// Background work that can fail.
    enum Work {
        /// Writing frozen memtables to tables.
        FLUSH,
        /// Merging the tables of a keyspace.
        COMPACTION,
        /// Forcing the log at intervals.
        SYNC,
        /// Preparing the next segment of the log.
        LOG,
        /// What is done once and not tried again: giving things back, counting.
        UPKEEP
    }

    /// What comes and goes with the load and is met by the writes themselves (no space, no memory
    /// in the budget), or concerns those who read the damaged block.
    private static final int EXPECTED = 0;

    /// A failed read or write: told to a write unless it has passed by then.
    private static final int INPUT_OUTPUT = 1;

    /// An error of the JVM or a defect: told to a write even if it has passed by then.
    private static final int ERROR = 2;

    private final Health health;
    private final Work work;
    private volatile @Nullable Throwable failure;
    private volatile long failures;
    private long number;

    /// The weight of the worst failure since it has succeeded.
    private volatile int heaviest;

    private int untoldWeight;
    private @Nullable Throwable untold;

    WorkHealth(Health health, Work work) {
        this.health = health;
        this.work = work;
    }

    Work work() {
        return work;
    }

    /// It has failed.
    void failed(Throwable cause) {
        health.failed(this, cause);
    }

    /// It has succeeded.
    void recovered() {
        if (failure != null || heaviest != EXPECTED) {
            health.recovered(this);
        }
    }

    /// There is nothing to do any more, although what has failed was not done.
    void rested() {
        if (failure != null) {
            health.rested(this);
        }
    }

    /// What it failed with the last time, or null when it succeeded since.
    @Nullable
    Throwable failure() {
        return failure;
    }

    /// How often it has failed; the same exception may be thrown twice.
    long failures() {
        return failures;
    }

    /// Notes a failure. It is to be told to a write when it begins, and when it gets worse.
    ///
    /// @param order counts the failures of all work
    void note(Throwable cause, long order) {
        int weight = weight(cause);
        if (weight > heaviest && weight > untoldWeight) {
            untold = cause;
            untoldWeight = weight;
        }
        heaviest = Math.max(heaviest, weight);
        number = order;
        long before = failures;
        failures = before + 1;
        failure = cause;
    }

    /// Notes a success.
    void noteSuccess() {
        failure = null;
        heaviest = EXPECTED;
        if (untoldWeight < ERROR) {
            forgetUntold();
        }
    }

    /// Notes that it does not fail while nothing is done. What was told is not told again when it
    /// goes on failing later.
    void noteRest() {
        failure = null;
        if (untoldWeight == INPUT_OUTPUT) {
            heaviest = EXPECTED;
            forgetUntold();
        }
    }

    /// Takes over an error that nobody was told of, of work that is gone.
    void inherit(WorkHealth gone) {
        Throwable error = gone.untold;
        if (error != null && gone.untoldWeight == ERROR && untoldWeight < ERROR) {
            untold = error;
            untoldWeight = ERROR;
            heaviest = ERROR;
            failure = error;
            number = gone.number;
        }
    }

    /// What a write has to be told, or null.
    @Nullable
    Throwable untold() {
        return untold;
    }

    /// A write was told. What is not tried again is over with that.
    void told() {
        forgetUntold();
        if (work == Work.UPKEEP) {
            failure = null;
            heaviest = EXPECTED;
        }
    }

    /// The place of the last failure among those of all work.
    long number() {
        return number;
    }

    private void forgetUntold() {
        untold = null;
        untoldWeight = EXPECTED;
    }

    private int weight(Throwable cause) {
        return switch (cause) {
            // Nobody else meets it.
            case Exception e when work == Work.UPKEEP -> INPUT_OUTPUT;
            case DiskFullException e -> EXPECTED;
            case CorruptException e -> EXPECTED;
            case FirnException e -> EXPECTED;
            case IOException e -> INPUT_OUTPUT;
            default -> ERROR;
        };
    }
}
