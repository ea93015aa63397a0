package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.record.LogFailedException;
import dev.firn.record.WriteAheadLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Takes an open store down: no new calls, no running ones, no background work, then log, manifest,
/// memory, lock. Goes on when a part fails, and reports the first failure at the end.
final class StoreClosing {
    private static final long LOOK_NANOS = 100_000;

    private final StoreParts parts;
    private @Nullable Throwable failure;

    /// A closing of which something before has failed, or not.
    StoreClosing(StoreParts parts, @Nullable Throwable failure) {
        this.parts = parts;
        this.failure = failure;
    }

    void close() {
        parts.health().close();
        // A write that got in before is finished when the commit lock is free.
        attempt(() -> parts.commits().exclusively(sequence -> {}));
        attempt(parts.gate()::open);
        attempt(parts.tasks()::close);
        attempt(this::awaitReads);
        attempt(this::closeLog);
        attempt(parts.versions()::close);
        attempt(parts.reaper()::drain);
        attempt(parts.flusher().queue()::close);
        attempt(() -> parts.keyspaces().all().forEach(StoreOpening::closeMemtables));
        attempt(() -> parts.keyspaces().readByCursors().forEach(StoreOpening::closeMemtables));
        attempt(parts.files()::close);
        attempt(parts.cursorMemories()::close);
        attempt(parts.reads()::close);
        attempt(parts.buffers()::close);
        AutoCloseable lock = parts.lock();
        if (lock != null) {
            attempt(lock::close);
        }
        attempt(parts.storage()::close);
        parts.resources().release();
        if (parts.ownsResources()) {
            attempt(parts.resources()::close);
        }
        report();
    }

    /// Waits for reads that entered before the store was marked as closed.
    private void awaitReads() {
        ReadContexts.Grace grace = parts.reads().grace();
        while (!grace.isOver()) {
            parts.resources().scheduler().pause(LOOK_NANOS);
        }
    }

    private void closeLog() throws IOException {
        WriteAheadLog log = parts.log();
        if (log == null) {
            return;
        }
        Throwable logFailure = log.failure();
        if (logFailure != null) {
            parts.health().poison(logFailure);
        }
        if (parts.health().isPoisoned()) {
            log.abandon();
        } else {
            try {
                log.closeCleanly();
            } catch (Throwable t) {
                log.abandon();
                LogFailedException failed = log.failure();
                if (failed == null) {
                    throw t;
                }
                parts.health().poison(failed);
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (Throwable t) {
            if (failure == null) {
                failure = t;
            } else if (failure != t) {
                failure.addSuppressed(t);
            }
        }
    }

    /// Whatever else has failed: that the store had stopped says most.
    private void report() {
        FirnException unclean = parts.health().unclean();
        if (unclean != null) {
            if (failure != null) {
                unclean.addSuppressed(failure);
            }
            throw unclean;
        }
        switch (failure) {
            case null -> {
            }
            case IOException e -> throw Errors.of(parts.storage().location(), e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
