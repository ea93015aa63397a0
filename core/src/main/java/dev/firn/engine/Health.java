package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.engine.WorkHealth.Work;
import dev.firn.storage.DiskFullException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Whether the store takes writes, and if not, why not. Once a log or manifest write or force has
/// failed the content of the file is unknown, so writes are refused until the store is opened anew
/// (P6); nothing is ever tried again.
///
/// A failure of other background work is in the statistics while it lasts, of each piece of work
/// ([WorkHealth]) for itself; the newest is shown. When a piece of work begins to fail, or fails
/// worse, the next write reports it as well, once, and is not made; that it goes on failing is
/// only in the statistics. An I/O error that has passed by then is not reported, an error of the
/// JVM or a defect is. Nothing of this holds for what work under pressure meets and gets over (no
/// space, no memory in the budget) nor for what reads tell better (damage).
final class Health {
    private final String location;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<WorkHealth> works = new CopyOnWriteArrayList<>();
    private final WorkHealth flush = begin(Work.FLUSH);
    private final WorkHealth sync = begin(Work.SYNC);
    private final WorkHealth log = begin(Work.LOG);
    private final WorkHealth upkeep = begin(Work.UPKEEP);
    private volatile @Nullable Throwable fatal;
    private volatile boolean closed;

    /// Whether the next write is refused, for whatever reason.
    private volatile boolean refuses;

    private volatile long failures;

    Health(String location) {
        this.location = location;
    }

    private WorkHealth begin(Work work) {
        WorkHealth made = new WorkHealth(this, work);
        works.add(made);
        return made;
    }

    WorkHealth flush() {
        return flush;
    }

    WorkHealth sync() {
        return sync;
    }

    WorkHealth log() {
        return log;
    }

    WorkHealth upkeep() {
        return upkeep;
    }

    /// The compaction of one more keyspace.
    WorkHealth compaction() {
        return begin(Work.COMPACTION);
    }

    /// The keyspace is gone. An error of the JVM or a defect is told all the same.
    void forget(WorkHealth compaction) {
        lock.lock();
        try {
            if (works.remove(compaction)) {
                upkeep.inherit(compaction);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Refuses writes from now on.
    void poison(Throwable cause) {
        lock.lock();
        try {
            if (fatal == null) {
                fatal = cause;
            }
            refuses = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isPoisoned() {
        return fatal != null;
    }

    void failed(WorkHealth of, Throwable cause) {
        lock.lock();
        try {
            long order = failures + 1;
            failures = order;
            // What ends after its keyspace is gone is asked for no more.
            WorkHealth asked = works.contains(of) ? of : upkeep;
            asked.note(cause, order);
            refuses |= asked.untold() != null;
        } finally {
            lock.unlock();
        }
    }

    void recovered(WorkHealth of) {
        lock.lock();
        try {
            of.noteSuccess();
        } finally {
            lock.unlock();
        }
    }

    void rested(WorkHealth of) {
        lock.lock();
        try {
            of.noteRest();
        } finally {
            lock.unlock();
        }
    }

    /// How often background work has failed, all of it, passed or not.
    long failures() {
        return failures;
    }

    /// Why a write that waits for a flush should not wait on, or null. Memory in the budget comes
    /// back by itself.
    @Nullable
    FirnException whyFlushesFail() {
        Throwable cause = flush.failure();
        if (cause != null) {
            return cause instanceof FirnException e && e.kind() == Kind.OUT_OF_MEMORY
                    ? null
                    : Errors.inBackground(location, Work.FLUSH, cause);
        }
        for (WorkHealth work : works) {
            if (work.work() == Work.COMPACTION
                    && work.failure() instanceof DiskFullException full) {
                return Errors.inBackground(location, Work.COMPACTION, full);
            }
        }
        return null;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            refuses = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw Errors.closed("the store " + location);
        }
    }

    void checkWritable() {
        checkOpen();
        Throwable cause = fatal;
        if (cause != null) {
            throw refusal(cause);
        }
    }

    /// Throws when a write must not be made, and reports to it what nobody was told of yet.
    void beforeWrite() {
        if (refuses) {
            checkWritable();
            FirnException untold = takeUntold();
            if (untold != null) {
                throw untold;
            }
        }
    }

    /// All that a write has to be told, at once, so that the next one is made.
    private @Nullable FirnException takeUntold() {
        lock.lock();
        try {
            FirnException told = null;
            for (WorkHealth work : works) {
                Throwable cause = work.untold();
                if (cause != null) {
                    FirnException failure = Errors.inBackground(location, work.work(), cause);
                    if (told == null) {
                        told = failure;
                    } else {
                        told.addSuppressed(failure);
                    }
                }
            }
            works.forEach(WorkHealth::told);
            refuses = closed || fatal != null;
            return told;
        } finally {
            lock.unlock();
        }
    }

    FirnException refusal(Throwable cause) {
        return failure("writes are refused since log or manifest failed", cause,
                "reads go on; reopen the store to write again");
    }

    /// What the close of a store says whose log or manifest has failed, or null. Whoever closes
    /// takes a normal return for a proof that all that was acknowledged is durable.
    @Nullable
    FirnException unclean() {
        Throwable cause = fatal;
        return cause == null
                ? null
                : failure("it was closed after log or manifest had failed", cause,
                        "it is not known if the last writes are durable, those with SYNC that were"
                                + " acknowledged are; open the store again and look");
    }

    private FirnException failure(String what, Throwable cause, String advice) {
        return new FirnException(
                Kind.FAILED,
                location + ": " + what + " (" + Errors.describe(cause) + "); " + advice,
                cause);
    }

    /// Why writes are refused or background work fails, or null.
    @Nullable
    String describe() {
        Throwable cause = fatal;
        if (cause != null) {
            return "writes are refused: " + Errors.describe(cause);
        }
        lock.lock();
        try {
            WorkHealth newest = null;
            for (WorkHealth work : works) {
                if (work.failure() != null
                        && (newest == null || work.number() > newest.number())) {
                    newest = work;
                }
            }
            Throwable failure = newest == null ? null : newest.failure();
            return newest == null || failure == null
                    ? null
                    : Errors.inStatistics(newest.work(), failure);
        } finally {
            lock.unlock();
        }
    }
}
