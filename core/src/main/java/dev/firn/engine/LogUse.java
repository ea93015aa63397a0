package dev.firn.engine;

import dev.firn.engine.FlushGroup.Member;
import dev.firn.manifest.Change;
import dev.firn.record.LogFailedException;
import dev.firn.record.LogListener;
import dev.firn.record.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which segments of the log are needed, and what of them the manifest must be told: the final
/// sizes of full ones and the number below which none is needed. Both go with the next edit.
///
/// Listens to the log, from any thread, and only takes notes.
final class LogUse implements LogListener {
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, Long> unrecorded = new TreeMap<>();
    private @Nullable WriteAheadLog log;
    private @Nullable WriteBuffer buffer;
    private @Nullable Flusher flusher;
    private @Nullable CommitPipeline commits;
    private long recordedFrom;
    private final Consumer<Throwable> failed;

    /// @param failed is told when the log fails here
    LogUse(Consumer<Throwable> failed) {
        this.failed = failed;
    }

    /// Connects the parts, which need each other.
    void connect(
            @Nullable WriteAheadLog log, WriteBuffer buffer, Flusher flusher,
            CommitPipeline commits) {
        this.log = log;
        this.buffer = buffer;
        this.flusher = flusher;
        this.commits = commits;
    }

    @Override
    public void opened(long number) {
        // Nothing is noted: what is written to it says so itself.
    }

    @Override
    public void rotated(long number, long finalSize) {
        lock.lock();
        try {
            unrecorded.put(number, finalSize);
        } finally {
            lock.unlock();
        }
    }

    /// The first segment that is needed when the members have become tables.
    long neededFrom(Collection<Member> flushed) {
        WriteAheadLog to = log;
        if (to == null || buffer == null || flusher == null || commits == null) {
            return 0;
        }
        long[] from = new long[1];
        WriteBuffer active = buffer;
        Flusher frozen = flusher;
        // Under the commit lock: no write is between its log record and its memtable.
        commits.exclusively(
                sequence -> from[0] =
                        Math.min(
                                to.currentSegment(),
                                Math.min(
                                        active.firstSegment(),
                                        frozen.queue().firstSegment(flushed))));
        return from[0];
    }

    /// What an edit has to say.
    List<Change> changes(long from) {
        List<Change> changes = new ArrayList<>();
        lock.lock();
        try {
            unrecorded.headMap(from).clear();
            unrecorded.forEach((number, size) -> changes.add(new Change.LogRotated(number, size)));
            if (from > recordedFrom) {
                changes.add(new Change.LogsFrom(from));
            }
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /// Memory has been given back: the writers' price is looked at again.
    void relieve() {
        WriteBuffer active = buffer;
        CommitPipeline pipeline = commits;
        if (active != null && pipeline != null) {
            pipeline.exclusively(sequence -> active.press());
        }
    }

    /// An edit that said this is durable.
    void recorded(List<Change> changes) {
        lock.lock();
        try {
            for (Change change : changes) {
                if (change instanceof Change.LogRotated rotated) {
                    unrecorded.remove(rotated.number());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Gives up the segments below a number, the edit that says so being durable.
    void retire(long from) {
        WriteAheadLog to = log;
        if (to != null) {
            retire(to, from);
        }
    }

    /// The same, before the parts are connected.
    void retire(WriteAheadLog to, long from) {
        if (from <= recordedFrom) {
            return;
        }
        recordedFrom = from;
        try {
            to.retire(from);
        } catch (LogFailedException e) {
            // Its force failed; the next use of the log says so, and statistics until then.
            failed.accept(e);
        } catch (IOException e) {
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.WARNING, "old log segments stay for now: {0}",
                            e.toString());
        }
    }
}
