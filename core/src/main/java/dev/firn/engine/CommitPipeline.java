package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Memtable;
import dev.firn.record.LogFailedException;
import dev.firn.record.RecordFormat;
import dev.firn.record.WriteAheadLog;
import dev.firn.storage.DiskFullException;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The write path, one write at a time: assign sequence numbers, append to the log, insert into the
/// memtables, publish. Only the wait for a sync happens outside the lock, so nobody queues behind
/// another's.
///
/// A sequence is published (release) when everything up to it is in the log and in the memtables,
/// and in the order of the sequence, so a reader that acquires it finds all of it. Memory for the
/// entries is reserved before the log is touched: a write that is in the log is never refused
/// afterwards. When the log is full (no space) nothing has happened; when it fails the store takes
/// no more writes, and the sequence of the failed write is never published.
///
/// The commit lock guards the fields without a modifier, and what is the writer's in memtables.
final class CommitPipeline {
    private static final VarHandle VISIBLE;

    static {
        try {
            VISIBLE = MethodHandles.lookup().findVarHandle(CommitPipeline.class, "visible",
                    long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Writes up to this size are put together in one array, larger ones in pieces.
    private static final int SMALL_BYTES = 16 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Health health;
    private final String location;
    private final WriteBuffer buffer;
    private final Throttle throttle;
    private final Figures figures;
    private final @Nullable WriteAheadLog log;
    private final @Nullable LogUpkeep upkeep;

    /// Where a write is encoded: a batch record of one operation.
    private final byte[] scratch =
            new byte[BatchFormat.PREFIX_BYTES
                    + BatchFormat.OPERATION_HEAD_MAX
                    + Math.max(SMALL_BYTES, dev.firn.Keyspace.KEY_BYTES_MAX)];

    private final MemorySegment scratchMemory = MemorySegment.ofArray(scratch);
    private final @Nullable MemorySegment[] slices = new MemorySegment[1024];
    private final MemorySegment[] parts = new MemorySegment[2];

    /// Bytes of log records, written under the commit lock.
    private final AtomicLong bytesLogged = new AtomicLong();

    /// The last sequence that was assigned.
    private long sequence;

    /// The last sequence that readers may see.
    @SuppressWarnings("UnusedVariable") // read and written through VISIBLE
    private long visible;

    CommitPipeline(
            String location,
            Health health,
            @Nullable WriteAheadLog log,
            @Nullable LogUpkeep upkeep,
            WriteBuffer buffer,
            Throttle throttle,
            Figures figures,
            long lastSequence) {
        this.location = location;
        this.health = health;
        this.log = log;
        this.upkeep = upkeep;
        this.buffer = buffer;
        this.throttle = throttle;
        this.figures = figures;
        this.sequence = lastSequence;
        this.parts[0] = scratchMemory;
        this.parts[1] = scratchMemory;
        VISIBLE.setRelease(this, lastSequence);
    }

    /// The newest sequence that readers may see.
    long visible() {
        return (long) VISIBLE.getAcquire(this);
    }

    /// Writes one operation given as arrays.
    long commit(
            StoreKeyspace keyspace, ValueKind kind, byte[] key, byte[] value,
            Durability durability) {
        int size = key.length + value.length;
        throttle.beforeWrite(size);
        long position;
        long assigned;
        lock.lock();
        try {
            Memtable memtable = prepare(keyspace, size);
            int keyAt =
                    BatchFormat.head(
                            scratch, BatchFormat.PREFIX_BYTES, kind, keyspace.id(), key.length,
                            value.length);
            System.arraycopy(key, 0, scratch, keyAt, key.length);
            int valueAt = keyAt + key.length;
            boolean small = size <= SMALL_BYTES;
            if (small) {
                System.arraycopy(value, 0, scratch, valueAt, value.length);
            }
            MemorySegment values = small ? scratchMemory : MemorySegment.ofArray(value);
            int from = small ? valueAt : 0;
            position =
                    logOne(
                            memtable, valueAt + (small ? value.length : 0),
                            small ? null : values, durability);
            assigned =
                    apply(
                            keyspace, memtable, kind, keyAt, key.length, values, from,
                            value.length, durability);
        } finally {
            lock.unlock();
        }
        finish(durability, position);
        return assigned;
    }

    /// Writes one operation given as memory of any kind.
    long commit(
            StoreKeyspace keyspace,
            ValueKind kind,
            MemorySegment key,
            MemorySegment value,
            Durability durability) {
        int keyLength = (int) key.byteSize();
        int valueLength = (int) value.byteSize();
        int size = keyLength + valueLength;
        // A large value is read twice, for the log and the memtable: of a copy, which nobody
        // changes or frees in between.
        MemorySegment whole =
                size <= SMALL_BYTES
                        ? value
                        : MemorySegment.ofArray(value.toArray(ValueLayout.JAVA_BYTE));
        throttle.beforeWrite(size);
        long position;
        long assigned;
        lock.lock();
        try {
            Memtable memtable = prepare(keyspace, size);
            int keyAt =
                    BatchFormat.head(
                            scratch, BatchFormat.PREFIX_BYTES, kind, keyspace.id(), keyLength,
                            valueLength);
            MemorySegment.copy(key, ValueLayout.JAVA_BYTE, 0, scratch, keyAt, keyLength);
            int valueAt = keyAt + keyLength;
            boolean small = size <= SMALL_BYTES;
            if (small) {
                MemorySegment.copy(value, ValueLayout.JAVA_BYTE, 0, scratch, valueAt, valueLength);
            }
            MemorySegment values = small ? scratchMemory : whole;
            int from = small ? valueAt : 0;
            position =
                    logOne(
                            memtable, valueAt + (small ? valueLength : 0),
                            small ? null : values, durability);
            assigned =
                    apply(
                            keyspace, memtable, kind, keyAt, keyLength, values, from, valueLength,
                            durability);
        } finally {
            lock.unlock();
        }
        finish(durability, position);
        return assigned;
    }

    /// Writes a batch.
    long commit(Batch batch, Durability durability) {
        throttle.beforeWrite(batch.bytes());
        long position;
        long assigned;
        lock.lock();
        try {
            if (batch.size() == 0) {
                check();
                assigned = sequence;
                // Like any write with SYNC it makes everything before it durable.
                position = durability == Durability.SYNC && log != null ? log.end() : 0;
            } else {
                position = write(batch, durability);
                assigned = sequence;
            }
        } finally {
            lock.unlock();
        }
        finish(durability, position);
        return assigned;
    }

    /// Logs, inserts and publishes a batch.
    ///
    /// @return where its record ends in the log
    private long write(Batch batch, Durability durability) {
        prepare(batch);
        long position = 0;
        byte[] record = batch.record();
        Bytes.putLong(record, 0, sequence + 1);
        MemorySegment memory = MemorySegment.ofArray(record);
        if (durability != Durability.NONE) {
            parts[0] = memory.asSlice(0, batch.recordLength());
            try {
                position = append(1);
            } catch (Throwable t) {
                releaseReserves(batch);
                throw t;
            } finally {
                parts[0] = scratchMemory;
            }
        }
        try {
            insert(batch, record, memory);
            long last = sequence + batch.size();
            releaseReserves(batch);
            publish(last);
            buffer.afterWrite(batch.spaces(), durability, log);
            buffer.freezeIfFull(last, log);
            return position;
        } catch (Throwable t) {
            health.poison(t);
            throw t;
        }
    }

    private void insert(Batch batch, byte[] record, MemorySegment memory) {
        for (int i = 0; i < batch.size(); i++) {
            int keyAt = batch.keyAt(i);
            insert(
                    batch.space(i).viewOrThrow().active().memtable,
                    record,
                    keyAt,
                    batch.keyLength(i),
                    Trailer.of(sequence + 1 + i, batch.kind(i)),
                    memory,
                    keyAt + batch.keyLength(i),
                    batch.valueLength(i));
            figures.put(batch.keyLength(i) + batch.valueLength(i));
        }
    }

    /// Checks that the keyspace can be written and has memory for the write, waiting for it if need
    /// be (then the lock is given up meanwhile).
    private Memtable prepare(StoreKeyspace keyspace, int size) {
        for (boolean hopeless = false;;) {
            check();
            keyspace.checkOpen();
            if (buffer.crowds(size)) {
                waitForFlush(size);
                continue;
            }
            Memtable memtable = keyspace.viewOrThrow().active().memtable;
            if (memtable.reserve(1, size, size)) {
                return memtable;
            }
            hopeless = waitForMemory(size, hopeless);
        }
    }

    private void prepare(Batch batch) {
        for (boolean hopeless = false;;) {
            check();
            for (Batch.Share share : batch.shares()) {
                checkIsOurs(share.space);
            }
            if (buffer.crowds(batch.bytes())) {
                waitForFlush(batch.bytes());
                continue;
            }
            boolean reserved = true;
            for (Batch.Share share : batch.shares()) {
                reserved &=
                        share.space.viewOrThrow().active().memtable
                                .reserve(share.entries, share.bytes, share.largest);
            }
            if (reserved) {
                return;
            }
            releaseReserves(batch);
            hopeless = waitForMemory(batch.bytes(), hopeless);
        }
    }

    private void checkIsOurs(StoreKeyspace keyspace) {
        if (keyspace.store().commits() != this) {
            throw new IllegalArgumentException(
                    "keyspace " + keyspace.name() + " of the batch belongs to another store");
        }
        keyspace.checkOpen();
    }

    private static void releaseReserves(Batch batch) {
        for (Batch.Share share : batch.shares()) {
            ReadView view = share.space.view();
            if (view != null) {
                view.active().memtable.releaseReserve();
            }
        }
    }

    private void check() {
        health.beforeWrite();
        if (log == null) {
            throw Errors.readOnly();
        }
    }

    private void waitForFlush(long bytes) {
        lock.unlock();
        try {
            throttle.waitForFlush(bytes);
        } finally {
            lock.lock();
        }
    }

    /// Lets flushes free memory, without the lock.
    ///
    /// @param hopeless whether nothing was to be waited for the last time either: then it throws
    /// @return whether there was nothing to be waited for
    private boolean waitForMemory(long bytes, boolean hopeless) {
        if (!throttle.isFlushPending()) {
            freezeOrPoison(() -> buffer.freezeLargest(sequence, log));
        }
        lock.unlock();
        try {
            return throttle.waitForMemory(bytes, hopeless);
        } finally {
            lock.lock();
        }
    }

    private long logOne(
            Memtable memtable, int length, @Nullable MemorySegment more, Durability durability) {
        if (durability == Durability.NONE) {
            return 0;
        }
        Bytes.putLong(scratch, 0, sequence + 1);
        parts[0] = slice(length);
        parts[1] = more == null ? scratchMemory : more;
        try {
            return append(more == null ? 1 : 2);
        } catch (Throwable t) {
            memtable.releaseReserve();
            throw t;
        } finally {
            parts[1] = scratchMemory;
        }
    }

    /// Inserts and publishes what is logged. If that fails the store takes no more writes: the log
    /// says that there is something which the memtable has not, or has and nobody keeps account of.
    private long apply(
            StoreKeyspace keyspace,
            Memtable memtable,
            ValueKind kind,
            int keyAt,
            int keyLength,
            MemorySegment values,
            int valueAt,
            int valueLength,
            Durability durability) {
        try {
            long assigned =
                    insertOne(memtable, kind, keyAt, keyLength, values, valueAt, valueLength);
            buffer.afterWrite(keyspace, durability, log);
            buffer.freezeIfFull(assigned, log);
            return assigned;
        } catch (Throwable t) {
            health.poison(t);
            throw t;
        }
    }

    private long insertOne(
            Memtable memtable,
            ValueKind kind,
            int keyAt,
            int keyLength,
            MemorySegment values,
            int valueAt,
            int valueLength) {
        long assigned = sequence + 1;
        insert(
                memtable,
                scratch,
                keyAt,
                keyLength,
                Trailer.of(assigned, kind),
                values,
                valueAt,
                valueLength);
        memtable.releaseReserve();
        publish(assigned);
        figures.put(keyLength + valueLength);
        return assigned;
    }

    /// The beginning of the scratch; those of small writes are kept, so that they make no garbage.
    private MemorySegment slice(int length) {
        if (length >= slices.length) {
            return scratchMemory.asSlice(0, length);
        }
        MemorySegment kept = slices[length];
        if (kept == null) {
            kept = scratchMemory.asSlice(0, length);
            slices[length] = kept;
        }
        return kept;
    }

    private long append(int count) {
        WriteAheadLog to = log;
        if (to == null) {
            throw Errors.readOnly();
        }
        try {
            long end = to.append(BatchFormat.RECORD_KIND, parts, count);
            long logged = RecordFormat.FRAGMENT_HEADER_BYTES;
            for (int i = 0; i < count; i++) {
                logged += parts[i].byteSize();
            }
            bytesLogged.setOpaque(bytesLogged.getPlain() + logged);
            return end;
        } catch (DiskFullException e) {
            throw Errors.of(location, e);
        } catch (IOException e) {
            if (to.poisoned()) {
                health.poison(e);
                throw health.refusal(e);
            }
            throw Errors.of(location, e);
        }
    }

    private void insert(
            Memtable memtable,
            byte[] keys,
            int keyAt,
            int keyLength,
            long trailer,
            MemorySegment values,
            long valueAt,
            int valueLength) {
        if (!memtable.insert(keys, keyAt, keyLength, trailer, values, valueAt, valueLength)) {
            throw new AssertionError("memory that was reserved was not there");
        }
    }

    private void publish(long assigned) {
        sequence = assigned;
        VISIBLE.setRelease(this, assigned);
    }

    private void finish(Durability durability, long position) {
        LogUpkeep behind = upkeep;
        if (behind != null) {
            behind.afterAppend();
        }
        if (log != null && durability != Durability.NONE) {
            throttle.waitedForDiskFor(log.takeWaitedNanos());
        }
        if (durability == Durability.SYNC) {
            sync(position);
        }
    }

    /// Waits until the log is durable up to a position.
    void sync(long position) {
        WriteAheadLog to = log;
        if (to == null) {
            return;
        }
        try {
            SyncRecording recording = Recordings.syncBegins();
            long begun = throttle.now();
            to.sync(position);
            throttle.waitedForDisk(begun);
            Recordings.syncEnded(recording, position);
        } catch (IllegalStateException e) {
            throw Errors.closed("the store " + location);
        } catch (LogFailedException e) {
            health.poison(e);
            throw new FirnException(
                    Kind.FAILED,
                    location
                            + ": the log could not be forced ("
                            + Errors.describe(e)
                            + "), so it is not known if the write is durable; writes are refused"
                            + " from now on, reads go on; reopen the store to write again",
                    e);
        }
    }

    /// Bytes of log since the opening.
    long bytesLogged() {
        return bytesLogged.getOpaque();
    }

    /// Makes all that was logged so far durable.
    void syncAll() {
        WriteAheadLog to = log;
        if (to != null) {
            sync(to.end());
        }
    }

    /// The keyspaces with writes that are in no log and not flushed.
    List<StoreKeyspace> unlogged() {
        lock.lock();
        try {
            return buffer.unlogged();
        } finally {
            lock.unlock();
        }
    }

    /// Freezes the memtables of keyspaces, those that have entries.
    void freeze(java.util.Collection<StoreKeyspace> keyspaces) {
        lock.lock();
        try {
            health.checkOpen();
            freezeOrPoison(() -> buffer.freeze(keyspaces, sequence, log));
        } finally {
            lock.unlock();
        }
    }

    /// What is frozen in part would never become a table, and its log would go all the same.
    private void freezeOrPoison(Runnable freezing) {
        try {
            freezing.run();
        } catch (Throwable t) {
            health.poison(t);
            throw t;
        }
    }

    /// Runs something that changes memtables or needs a moment without writes; it gets the last
    /// sequence.
    void exclusively(java.util.function.LongConsumer action) {
        lock.lock();
        try {
            action.accept(sequence);
        } finally {
            lock.unlock();
        }
    }
}
