package dev.firn.engine;

import dev.firn.engine.Health.Work;
import dev.firn.engine.Scheduler.Priority;
import dev.firn.record.WriteAheadLog;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The log's background work: forces what buffered writes have left at the stated interval, and
/// prepares the next segment before it is needed.
final class LogUpkeep {
    private static final long RETRY_NANOS = 100_000_000L;

    private final WriteAheadLog log;
    private final Tasks tasks;
    private final Health health;
    private final long intervalNanos;
    private final AtomicBoolean preparing = new AtomicBoolean();

    LogUpkeep(WriteAheadLog log, Tasks tasks, Health health, long intervalNanos) {
        this.log = log;
        this.tasks = tasks;
        this.health = health;
        this.intervalNanos = intervalNanos;
    }

    /// Begins the forcing at intervals.
    void start() {
        tasks.submitAfter(intervalNanos, Priority.SYNC, this::sync);
    }

    private boolean sync() {
        if (health.isPoisoned() || tasks.isClosing()) {
            return true;
        }
        try {
            long end = log.end();
            if (end > log.syncedUpTo()) {
                SyncRecording recording = Recordings.syncBegins();
                log.sync(end);
                Recordings.syncEnded(recording, end);
            }
        } catch (IOException e) {
            health.poison(e);
            return true;
        } catch (Throwable t) {
            // Before the log was touched: the next time is as good.
            health.failed(Work.LOG, t);
        }
        tasks.submitAfter(intervalNanos, Priority.SYNC, this::sync);
        return true;
    }

    /// Called after appends: cheap while there is nothing to do.
    void afterAppend() {
        if (log.prepareWanted() && preparing.compareAndSet(false, true)) {
            tasks.submit(Priority.UPKEEP, this::prepare);
        }
    }

    private boolean prepare() {
        boolean more = false;
        boolean again = false;
        try {
            more = !tasks.isClosing() && log.prepareStep();
            health.recovered(Work.LOG);
        } catch (Throwable t) {
            if (log.poisoned()) {
                health.poison(t);
            } else {
                // An append that needs the segment makes it itself, and reports what it meets.
                health.failed(Work.LOG, t);
                // Until then no append asks for it: each would begin retries of its own.
                again = true;
                tasks.submitAfter(RETRY_NANOS, Priority.UPKEEP, this::prepare);
            }
        } finally {
            if (!more && !again) {
                preparing.set(false);
            }
        }
        return !more;
    }
}
