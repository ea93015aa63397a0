package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.Entry;
import dev.firn.KeyRange;
import dev.firn.KeyspaceReader;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reads of a keyspace at the sequence of a snapshot. Whether it is open is looked at again
/// after each read: one that was closed meanwhile protects nothing, and what was read may be wrong.
public final class SnapshotReader implements KeyspaceReader {
    private final StoreKeyspace keyspace;
    private final StoreSnapshot snapshot;

    SnapshotReader(StoreKeyspace keyspace, StoreSnapshot snapshot) {
        this.keyspace = keyspace;
        this.snapshot = snapshot;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Limits.key(key);
        byte @Nullable [] value = keyspace.get(key, snapshot.sequence());
        snapshot.checkOpen();
        return value;
    }

    @Override
    public byte @Nullable [] get(MemorySegment key) {
        Limits.key(key);
        byte @Nullable [] value = keyspace.get(key, snapshot.sequence());
        snapshot.checkOpen();
        return value;
    }

    @Override
    public int get(byte[] key, MemorySegment target) {
        int length = keyspace.get(key, target, snapshot.sequence());
        snapshot.checkOpen();
        return length;
    }

    @Override
    public int get(MemorySegment key, MemorySegment target) {
        int length = keyspace.get(key, target, snapshot.sequence());
        snapshot.checkOpen();
        return length;
    }

    @Override
    public boolean contains(byte[] key) {
        boolean found = keyspace.contains(key, snapshot.sequence());
        snapshot.checkOpen();
        return found;
    }

    @Override
    public boolean contains(MemorySegment key) {
        boolean found = keyspace.contains(key, snapshot.sequence());
        snapshot.checkOpen();
        return found;
    }

    @Override
    public List<byte @Nullable []> multiGet(List<byte[]> keys) {
        List<byte @Nullable []> values = keyspace.multiGet(keys, snapshot.sequence());
        snapshot.checkOpen();
        return values;
    }

    @Override
    public Cursor scan(KeyRange range) {
        Objects.requireNonNull(range, "range");
        return StoreCursor.open(keyspace, range, snapshot.pin());
    }

    @Override
    public Stream<Entry> stream(KeyRange range) {
        return CursorStream.of(scan(range), true);
    }

    @Override
    public Stream<Entry> streamDescending(KeyRange range) {
        return CursorStream.of(scan(range), false);
    }
}
