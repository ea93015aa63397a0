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
    private final MemorySegment[] parts = new MemorySegment[2];

    /// Bytes of log records, under the commit lock.
    private long bytesLogged;

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
                    logOne(valueAt + (small ? value.length : 0), small ? null : values, durability);
            assigned = insertOne(memtable, kind, keyAt, key.length, values, from, value.length);
            buffer.afterWrite(keyspace, durability, log);
            buffer.freezeIfFull(assigned, log);
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
            MemorySegment values = small ? scratchMemory : value;
            int from = small ? valueAt : 0;
            position =
                    logOne(valueAt + (small ? valueLength : 0), small ? null : values, durability);
            assigned = insertOne(memtable, kind, keyAt, keyLength, values, from, valueLength);
            buffer.afterWrite(keyspace, durability, log);
            buffer.freezeIfFull(assigned, log);
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
        long first = sequence + 1;
        byte[] record = batch.record();
        Bytes.putLong(record, 0, first);
        MemorySegment memory = MemorySegment.ofArray(record);
        if (durability != Durability.NONE) {
            parts[0] = memory.asSlice(0, batch.recordLength());
            position = append(1);
        }
        for (int i = 0; i < batch.size(); i++) {
            StoreKeyspace keyspace = batch.space(i);
            LiveMemtable live = keyspace.viewOrThrow().active();
            int keyAt = batch.keyAt(i);
            insert(
                    live.memtable,
                    record,
                    keyAt,
                    batch.keyLength(i),
                    Trailer.of(first + i, batch.kind(i)),
                    memory,
                    keyAt + batch.keyLength(i),
                    batch.valueLength(i));
            figures.put(batch.keyLength(i) + batch.valueLength(i));
        }
        long last = first + batch.size() - 1;
        releaseReserves(batch);
        publish(last);
        buffer.afterWrite(batch.spaces(), durability, log);
        buffer.freezeIfFull(last, log);
        return position;
    }

    /// Checks that the keyspace can be written and has memory for the write, waiting for it if need
    /// be (then the lock is given up meanwhile).
    private Memtable prepare(StoreKeyspace keyspace, int size) {
        while (true) {
            check();
            keyspace.checkOpen();
            Memtable memtable = keyspace.viewOrThrow().active().memtable;
            if (memtable.reserve(1, size)) {
                return memtable;
            }
            waitForMemory(size);
        }
    }

    private void prepare(Batch batch) {
        while (true) {
            check();
            boolean reserved = true;
            for (StoreKeyspace keyspace : batch.spaces()) {
                if (keyspace.store().commits() != this) {
                    throw new IllegalArgumentException(
                            "keyspace " + keyspace.name()
                                    + " of the batch belongs to another store");
                }
                keyspace.checkOpen();
                int entries = 0;
                long bytes = 0;
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.space(i) == keyspace) {
                        entries++;
                        bytes += batch.keyLength(i) + batch.valueLength(i);
                    }
                }
                reserved &= keyspace.viewOrThrow().active().memtable.reserve(entries, bytes);
            }
            if (reserved) {
                return;
            }
            releaseReserves(batch);
            waitForMemory(batch.bytes());
        }
    }

    private static void releaseReserves(Batch batch) {
        for (StoreKeyspace keyspace : batch.spaces()) {
            ReadView view = keyspace.view();
            if (view != null) {
                view.active().memtable.releaseReserve();
            }
        }
    }

    private void check() {
        health.checkWritable();
        if (log == null) {
            throw Errors.readOnly();
        }
    }

    private void waitForMemory(long bytes) {
        if (!throttle.isFlushPending()) {
            buffer.freezeLargest(sequence, log);
        }
        lock.unlock();
        try {
            throttle.waitForMemory(bytes);
        } finally {
            lock.lock();
        }
    }

    private long logOne(
            int length,
            @Nullable MemorySegment more,
            Durability durability) {
        if (durability == Durability.NONE) {
            return 0;
        }
        Bytes.putLong(scratch, 0, sequence + 1);
        parts[0] = scratchMemory.asSlice(0, length);
        if (more == null) {
            return append(1);
        }
        parts[1] = more;
        try {
            return append(2);
        } finally {
            parts[1] = scratchMemory;
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

    private long append(int count) {
        WriteAheadLog to = log;
        if (to == null) {
            throw Errors.readOnly();
        }
        try {
            long end = to.append(BatchFormat.RECORD_KIND, parts, count);
            for (int i = 0; i < count; i++) {
                bytesLogged += parts[i].byteSize();
            }
            bytesLogged += RecordFormat.FRAGMENT_HEADER_BYTES;
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
        try {
            if (memtable.insert(keys, keyAt, keyLength, trailer, values, valueAt, valueLength)) {
                return;
            }
        } catch (Throwable t) {
            health.poison(t);
            throw t;
        }
        AssertionError reserved = new AssertionError("memory that was reserved was not there");
        health.poison(reserved);
        throw reserved;
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
            to.sync(position);
        } catch (LogFailedException e) {
            health.poison(e);
            throw new FirnException(
                    Kind.FAILED,
                    location
                            + ": the log could not be forced, so it is not known if the write is"
                            + " durable; writes are refused from now on, reads go on; reopen the"
                            + " store to write again",
                    e);
        }
    }

    /// Bytes of log since the opening.
    long bytesLogged() {
        lock.lock();
        try {
            return bytesLogged;
        } finally {
            lock.unlock();
        }
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
            buffer.freeze(keyspaces, sequence, log);
        } finally {
            lock.unlock();
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
