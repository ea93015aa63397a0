package dev.firn.engine;

import dev.firn.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// What a store counts about its own work, from its opening on.
final class Figures {
    private static final class StallFigure {
        long count;
        long nanos;
        long longest;
    }

    /// Written under the commit lock only, read by anybody.
    private final AtomicLong bytesPut = new AtomicLong();

    private final AtomicLong flushes = new AtomicLong();
    private final AtomicLong bytesFlushed = new AtomicLong();
    private final AtomicLong compactions = new AtomicLong();
    private final AtomicLong moves = new AtomicLong();
    private final AtomicLong bytesCompactedIn = new AtomicLong();
    private final AtomicLong bytesCompacted = new AtomicLong();
    private final AtomicLong bytesMergedDown = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, StallFigure> stalls = new TreeMap<>();

    /// Under the commit lock.
    void put(long bytes) {
        bytesPut.setOpaque(bytesPut.getPlain() + bytes);
    }

    long bytesPut() {
        return bytesPut.getOpaque();
    }

    void flushed(long bytes) {
        flushes.incrementAndGet();
        bytesFlushed.addAndGet(bytes);
    }

    void compacted(long in, long out, boolean mergingDown) {
        compactions.incrementAndGet();
        bytesCompactedIn.addAndGet(in);
        bytesCompacted.addAndGet(out);
        if (mergingDown) {
            bytesMergedDown.addAndGet(out);
        }
    }

    void moved(int tables) {
        moves.addAndGet(tables);
    }

    void stalled(String reason, long nanos) {
        lock.lock();
        try {
            StallFigure figure = stalls.computeIfAbsent(reason, r -> new StallFigure());
            figure.count++;
            figure.nanos += nanos;
            figure.longest = Math.max(figure.longest, nanos);
        } finally {
            lock.unlock();
        }
    }

    List<Statistics.Stall> stalls() {
        lock.lock();
        try {
            List<Statistics.Stall> list = new ArrayList<>();
            stalls.forEach(
                    (reason, f) -> list
                            .add(new Statistics.Stall(reason, f.count, f.nanos, f.longest)));
            return list;
        } finally {
            lock.unlock();
        }
    }

    /// Bytes that flushes and compactions have written.
    long bytesWrittenToTables() {
        return bytesFlushed.get() + bytesCompacted.get();
    }

    Statistics.Work work() {
        return new Statistics.Work(
                bytesPut(),
                flushes.get(),
                bytesFlushed.get(),
                compactions.get(),
                moves.get(),
                bytesCompactedIn.get(),
                bytesCompacted.get(),
                bytesMergedDown.get());
    }
}
