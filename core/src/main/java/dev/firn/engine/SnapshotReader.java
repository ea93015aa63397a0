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

/// The reads of a keyspace at the sequence of a snapshot.
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
        return keyspace.get(key, snapshot.sequence());
    }

    @Override
    public byte @Nullable [] get(MemorySegment key) {
        Limits.key(key);
        return keyspace.get(key, snapshot.sequence());
    }

    @Override
    public int get(byte[] key, MemorySegment target) {
        return keyspace.get(key, target, snapshot.sequence());
    }

    @Override
    public int get(MemorySegment key, MemorySegment target) {
        return keyspace.get(key, target, snapshot.sequence());
    }

    @Override
    public boolean contains(byte[] key) {
        return keyspace.contains(key, snapshot.sequence());
    }

    @Override
    public boolean contains(MemorySegment key) {
        return keyspace.contains(key, snapshot.sequence());
    }

    @Override
    public List<byte @Nullable []> multiGet(List<byte[]> keys) {
        return keyspace.multiGet(keys, snapshot.sequence());
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
