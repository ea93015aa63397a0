package dev.firn.record;

import dev.firn.storage.DiskFullException;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The write-ahead log: a chain of segments, appended to by one thread at a time, made durable by
/// group sync.
///
/// - **Append** copies a record into the preallocated current segment; where that is mapped, no
///   system call is made. It returns the record's LSN (log position), which only grows.
/// - **Sync** returns when everything before an LSN is durable. One of the waiting threads forces
///   for all ([GroupSync]); appends go on meanwhile. Segments are forced in their order.
/// - **Rotation**: a full segment ends with a link to the next one, which was made durable before,
///   best ahead of time by [#prepareStep].
/// - **Failure**: a full disk at an append leaves everything as it was, and the next append tries
///   the same place. Any other failed write and any failed force ends the log for good with one
///   [LogFailedException]; nothing is forced again.
///
/// Threads: [#append] is serialised by the caller, everything else may be called from any thread.
/// Locks, in order: the caller's append lock; `maintenance`, which guards the segments' coming and
/// going and may be held during I/O; the monitor of [GroupSync]. A force holds none of them. The
/// log has no thread of its own, and where there is one thread nothing ever waits. Whoever opens it
/// calls [#closeCleanly] or [#abandon].
public final class WriteAheadLog {
    private static final MemorySegment[] NOTHING = {};

    private final Storage storage;
    private final LogListener listener;
    private final LongSupplier nanoClock;
    private final SegmentSupply supply;
    private final GroupSync sync;
    private final ReentrantLock maintenance = new ReentrantLock();
    private final List<Long> inherited;
    /// Segments of this process, oldest first, the current one last. Replaced under `maintenance`.
    private volatile List<LogSegment> live;
    private volatile LogSegment current;
    /// How long appends have waited for a segment since somebody asked.
    private final AtomicLong waitedNanos = new AtomicLong();
    private volatile LogStatistics statistics = new LogStatistics(0, 0, 0, 0, 0);

    private WriteAheadLog(Storage storage, LogListener listener, LongSupplier nanoClock,
            SegmentSupply supply, LogSegment first, RecoveredLog recovered) {
        this.storage = storage;
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.supply = supply;
        this.current = first;
        this.live = List.of(first);
        this.inherited = new ArrayList<>(recovered.segments());
        this.sync = new GroupSync(first.baseLsn(), this::forceAll);
    }

    /// Opens the log for appending: makes a new segment, which goes on from a log that was closed
    /// cleanly and starts a new life after any other. After another one, the caller appends what it
    /// recovered, syncs, and only then records that the log starts at [#currentSegment] of this
    /// moment.
    ///
    /// @param numbers gives file numbers that were never used
    /// @param nanoClock times the forces, for the statistics
    /// @param recovered what was there; its segments are deleted by [#retire]
    /// @throws DiskFullException when there is no room for a segment
    public static WriteAheadLog open(Storage storage, long storeId, LogOptions options,
            LongSupplier numbers, LogListener listener, LongSupplier nanoClock,
            RecoveredLog recovered) throws IOException {
        SegmentSupply supply = new SegmentSupply(storage, storeId, options, numbers);
        boolean goesOn = recovered.closedCleanly();
        long base = recovered.nextLsn();
        LogSegment first = supply.take(base, goesOn ? recovered.startLsn() : base, 0);
        if (goesOn) {
            try {
                listener.rotated(recovered.lastSegment(),
                        linkFrom(storage, storeId, recovered, first.number()));
            } catch (Throwable t) {
                first.close();
                throw t;
            }
        }
        listener.opened(first.number());
        return new WriteAheadLog(storage, listener, nanoClock, supply, first, recovered);
    }

    /// Adds the link to a segment that was closed cleanly; returns its final size.
    private static long linkFrom(Storage storage, long storeId, RecoveredLog recovered, long next)
            throws IOException {
        long size = recovered.lastSegmentBytes();
        long base = recovered.endLsn() - size;
        SegmentHeader header = new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, storeId,
                recovered.lastSegment(), base, recovered.startLsn(), recovered.nextLsn() - base);
        try (WriteFile file = storage.openLog(RecordFormat.logName(recovered.lastSegment()))) {
            RecordWriter writer = new RecordWriter(file, header, size);
            long end = writer.append(RecordFormat.LINK, link(next), 1);
            file.force();
            return end;
        }
    }

    private static MemorySegment[] link(long number) {
        byte[] bytes = new byte[Long.BYTES];
        Bytes.putLong(bytes, 0, number);
        return new MemorySegment[]{MemorySegment.ofArray(bytes)};
    }

    /// Appends a record of the bytes of the first `count` parts. One thread at a time.
    ///
    /// @return the LSN behind it: durable when that is synced
    /// @throws DiskFullException when there is no room; nothing has changed, and it may be tried
    ///        again
    /// @throws LogFailedException when the log has failed, now or before
    /// @throws IOException when the next segment cannot be made; nothing has changed
    /// @throws IllegalStateException when it was closed
    public long append(int kind, MemorySegment[] parts, int count) throws IOException {
        sync.requireUsable();
        if (kind == RecordFormat.CLOSE || kind == RecordFormat.LINK) {
            throw new IllegalArgumentException("record kind " + kind + " belongs to the log");
        }
        long bytes = RecordWriter.payloadBytes(kind, parts, count);
        long recordBytes = RecordFormat.recordBytes(bytes);
        LogSegment segment = current;
        if (!segment.fits(recordBytes)) {
            segment = rotate(segment, recordBytes);
        }
        return write(segment, kind, parts, count, bytes);
    }

    private long write(LogSegment segment, int kind, MemorySegment[] parts, int count, long bytes)
            throws IOException {
        try {
            return segment.append(kind, parts, count, bytes, sync.synced());
        } catch (DiskFullException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            throw sync.fail(e);
        }
    }

    private LogSegment rotate(LogSegment old, long recordBytes) throws IOException {
        long begun = nanoClock.getAsLong();
        try {
            return rotateNow(old, recordBytes);
        } finally {
            waitedNanos.addAndGet(nanoClock.getAsLong() - begun);
        }
    }

    /// How long appends have waited for their next segment since the last call; cheap when none
    /// has.
    public long takeWaitedNanos() {
        return waitedNanos.get() == 0 ? 0 : waitedNanos.getAndSet(0);
    }

    private LogSegment rotateNow(LogSegment old, long recordBytes) throws IOException {
        maintenance.lock();
        try {
            LogSegment next = supply.take(old.nextLsn(), old.startLsn(), recordBytes);
            List<LogSegment> longer;
            try {
                // Before the link is written: behind it nothing may fail, for who reads the log
                // never looks behind a link.
                List<LogSegment> all = new ArrayList<>(live);
                all.add(next);
                longer = List.copyOf(all);
                write(old, RecordFormat.LINK, link(next.number()), 1, Long.BYTES);
            } catch (Throwable t) {
                supply.giveBack(next);
                throw t;
            }
            live = longer;
            // Sealed first: whoever syncs up to an LSN of the new segment must not stop in the old.
            old.seal();
            current = next;
            listener.opened(next.number());
            return next;
        } catch (SegmentSupply.Fatal e) {
            throw sync.fail(e);
        } finally {
            maintenance.unlock();
        }
    }

    /// Returns when everything before an LSN is durable. Forces on the calling thread, for all that
    /// wait, unless another thread is about to. An interrupt neither ends the wait nor is lost.
    ///
    /// @throws LogFailedException when the log has failed, now or before, and this is not known to
    ///        be durable
    /// @throws IllegalArgumentException for an LSN behind the end
    /// @throws IllegalStateException when it was closed
    public void sync(long lsn) throws LogFailedException {
        if (lsn > end()) {
            throw new IllegalArgumentException("LSN " + lsn + " is behind the end, " + end());
        }
        sync.await(lsn);
    }

    /// Forces every segment that has something to force, the oldest first.
    private long forceAll() throws IOException {
        long started = nanoClock.getAsLong();
        LogSegment segment = oldestUnsynced();
        long reached = segment.force();
        while (segment.synced()) {
            listener.rotated(segment.number(), segment.finalSize());
            segment = oldestUnsynced();
            reached = segment.force();
        }
        long nanos = nanoClock.getAsLong() - started;
        LogStatistics s = statistics;
        statistics = new LogStatistics(0, 0, s.forces() + 1, s.forceNanos() + nanos,
                Math.max(s.forceNanosMax(), nanos));
        return reached;
    }

    private LogSegment oldestUnsynced() {
        for (LogSegment segment : live) {
            if (!segment.synced()) {
                return segment;
            }
        }
        throw new AssertionError("the current segment is never sealed");
    }

    /// Everything before this LSN is durable.
    public long syncedUpTo() {
        return sync.synced();
    }

    /// The LSN behind the last record.
    public long end() {
        return current.endLsn();
    }

    /// The number of the segment that records go to.
    public long currentSegment() {
        return current.number();
    }

    /// Whether [#prepareStep] has something to do: cheap enough to ask after every append.
    public boolean prepareWanted() {
        return wantsNext() || closable() != null;
    }

    /// Early enough that the next segment is ready in time, late enough that a store that writes
    /// little does not hold two.
    private boolean wantsNext() {
        LogSegment segment = current;
        return !supply.hasPrepared()
                && segment.endLsn() - segment.baseLsn() >= segment.capacity() / 4;
    }

    private @Nullable LogSegment closable() {
        for (LogSegment segment : live) {
            if (segment.synced() && !segment.closed()) {
                return segment;
            }
        }
        return null;
    }

    /// Does a piece of background work, if there is any: prepares the next segment or closes a file
    /// that is not written any more. For a background thread: it forces and waits.
    ///
    /// @return whether it did something
    /// @throws DiskFullException when there is no room for a segment; nothing has changed
    /// @throws IOException when a segment cannot be made; nothing has changed, unless the log
    ///        failed
    public boolean prepareStep() throws IOException {
        maintenance.lock();
        try {
            if (sync.closed() || sync.failure() != null) {
                return false;
            }
            LogSegment finished = closable();
            if (finished != null) {
                finished.close();
                return true;
            }
            if (!wantsNext()) {
                return false;
            }
            supply.prepare(current.nextLsn(), current.startLsn());
            return true;
        } catch (SegmentSupply.Fatal e) {
            throw sync.fail(e);
        } finally {
            maintenance.unlock();
        }
    }

    /// Gives up the segments below a number, when an edit that says so is durable in the manifest:
    /// recycles or deletes them. May force. What fails is tried again by the next call.
    public void retire(long belowNumber) throws IOException {
        LogSegment kept = null;
        for (LogSegment segment : live) {
            if (kept == null && segment.number() >= belowNumber) {
                kept = segment;
            }
        }
        if (kept == null) {
            throw new IllegalArgumentException("segment " + currentSegment() + " is in use");
        }
        sync.requireUsable();
        sync.await(kept.baseLsn());
        maintenance.lock();
        try {
            sync.requireUsable();
            deleteInherited(belowNumber);
            while (live.getFirst().number() < belowNumber) {
                supply.retire(live.getFirst());
                live = List.copyOf(live.subList(1, live.size()));
            }
        } finally {
            maintenance.unlock();
        }
    }

    private void deleteInherited(long belowNumber) throws IOException {
        for (Iterator<Long> numbers = inherited.iterator(); numbers.hasNext();) {
            long number = numbers.next();
            if (number < belowNumber) {
                try {
                    storage.delete(RecordFormat.logName(number));
                } catch (NoSuchFileException alreadyGone) {
                    // A segment that the manifest knew and a crash took, or a repeated attempt.
                }
                numbers.remove();
            }
        }
    }

    /// Ends the log with a synced close record, cuts the file behind it and deletes what is not
    /// part of the log. Nobody appends any more. Closed it is in any case, unless it had failed
    /// before: then only [#abandon] is left. A second call does nothing.
    public void closeCleanly() throws IOException {
        maintenance.lock();
        try {
            if (sync.closed()) {
                return;
            }
            sync.requireUsable();
            sync.await(end());
            write(current, RecordFormat.CLOSE, NOTHING, 0, 0);
            sync.await(end());
            sync.close(this::trim);
        } finally {
            maintenance.unlock();
        }
    }

    private void trim() throws IOException {
        try {
            supply.deleteAll();
            current.trim();
        } finally {
            closeFiles();
        }
        storage.syncDirectory();
    }

    /// Closes the files as they are, after a running force has returned. Threads that wait get an
    /// [IllegalStateException]. For a log that failed, or to behave like a crash. A second call
    /// does nothing.
    public void abandon() throws IOException {
        maintenance.lock();
        try {
            sync.close(this::closeFiles);
        } finally {
            maintenance.unlock();
        }
    }

    private void closeFiles() throws IOException {
        IOException first = null;
        try {
            supply.close();
        } catch (IOException e) {
            first = e;
        }
        for (LogSegment segment : live) {
            try {
                segment.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// Whether the log has failed and takes nothing more.
    public boolean poisoned() {
        return failure() != null;
    }

    /// Why the log takes nothing more, or null.
    public @Nullable LogFailedException failure() {
        return sync.failure();
    }

    /// The present figures.
    public LogStatistics statistics() {
        LogStatistics s = statistics;
        List<LogSegment> segments = live;
        long bytes = segments.stream().mapToLong(LogSegment::capacity).sum();
        return new LogStatistics(segments.size(), bytes, s.forces(), s.forceNanos(),
                s.forceNanosMax());
    }
}
