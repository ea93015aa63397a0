package dev.firn.engine;

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
    private final BackgroundTask sync;
    private final BackgroundTask prepare;

    LogUpkeep(WriteAheadLog log, Tasks tasks, Health health, long intervalNanos) {
        this.log = log;
        this.tasks = tasks;
        this.health = health;
        this.intervalNanos = intervalNanos;
        this.sync = tasks.task(Priority.SYNC, this::sync);
        this.prepare = tasks.task(Priority.UPKEEP, this::prepare);
    }

    /// Begins the forcing at intervals.
    void start() {
        tasks.submitAfter(intervalNanos, sync);
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
            health.sync().recovered();
        } catch (IOException e) {
            health.poison(e);
            return true;
        } catch (Throwable t) {
            if (log.poisoned()) {
                health.poison(t);
                return true;
            }
            // Before the log was touched: the next time is as good.
            health.sync().failed(t);
        }
        tasks.submitAfter(intervalNanos, sync);
        return true;
    }

    /// Called after appends: cheap while there is nothing to do.
    void afterAppend() {
        tasks.recall();
        if (log.prepareWanted() && preparing.compareAndSet(false, true)) {
            tasks.submit(prepare);
        }
    }

    private boolean prepare() {
        boolean more = false;
        boolean again = false;
        try {
            // A store that takes no more writes forces nothing more, names of segments neither.
            more = !tasks.isClosing() && !health.isPoisoned() && log.prepareStep();
            health.log().recovered();
        } catch (Throwable t) {
            if (log.poisoned()) {
                health.poison(t);
            } else {
                // An append that needs the segment makes it itself, and reports what it meets.
                health.log().failed(t);
                // Until then no append asks for it: each would begin retries of its own.
                again = true;
                tasks.submitAfter(RETRY_NANOS, prepare);
            }
        } finally {
            if (!more && !again) {
                preparing.set(false);
            }
        }
        return !more;
    }
}
