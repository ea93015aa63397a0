package dev.firn.engine;

import static dev.firn.engine.StormCalls.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Cursor;
import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceReader;
import dev.firn.Snapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads of one thread's keys, now and as of a snapshot, beside an array of what they must be.
final class StormReads implements AutoCloseable {
    private final Firn store;
    private final Keyspace space;
    private final StormKeys keys;
    private final Random random;
    private final MemorySegment target = MemorySegment.ofArray(new byte[4_000]);
    private Snapshot snapshot;
    private byte @Nullable [][] atSnapshot;

    StormReads(Firn store, Keyspace space, StormKeys keys, Random random) {
        this.store = store;
        this.space = space;
        this.keys = keys;
        this.random = random;
        this.snapshot = store.snapshot();
        this.atSnapshot = keys.values.clone();
    }

    private interface Check {
        boolean holds(KeyspaceReader reader, byte[] key, byte @Nullable [] expected);
    }

    /// A read of some key, now or as of the snapshot.
    private BooleanSupplier read(Check check) {
        return () -> {
            int i = random.nextInt(StormKeys.COUNT);
            return random.nextBoolean()
                    ? check.holds(space, keys.key(i), keys.values[i])
                    : check.holds(snapshot.in(space), keys.key(i), atSnapshot[i]);
        };
    }

    private byte @Nullable [] copied(int length) {
        return length < 0 ? null : target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private boolean copiedIs(int length, byte @Nullable [] expected) {
        return Arrays.equals(copied(length), expected);
    }

    void addTo(StormCalls calls) {
        String type = "KeyspaceReader";
        calls.yes(type, "get(byte[])", read((r, k, v) -> Arrays.equals(r.get(k), v)))
                .yes(type, "get(MemorySegment)",
                        read((r, k, v) -> Arrays.equals(r.get(MemorySegment.ofArray(k)), v)))
                .yes(type, "get(byte[], MemorySegment)",
                        read((r, k, v) -> copiedIs(r.get(k, target), v)))
                .yes(type, "get(MemorySegment, MemorySegment)",
                        read((r, k, v) -> copiedIs(r.get(MemorySegment.ofArray(k), target), v)))
                .yes(type, "contains(byte[])", read((r, k, v) -> r.contains(k) == (v != null)))
                .yes(type, "contains(MemorySegment)", read(
                        (r, k, v) -> r.contains(MemorySegment.ofArray(k)) == (v != null)))
                .yes(type, "multiGet(List)", read((r, k, v) -> Arrays.equals(
                        r.multiGet(List.of(k, k)).get(1), v)))
                .yes(type, "scan(KeyRange)", cursor(Cursor::next))
                .on(type, "stream(KeyRange)", () -> stream(space.stream(keys.range()), true))
                .on(type, "streamDescending(KeyRange)",
                        () -> stream(space.streamDescending(keys.range()), false));
        calls.on("Firn", "stream(KeyRange)",
                () -> assertThat(store.stream(keys.range()).count()).isNotNegative())
                .yes("Keyspace", "explain(byte[])", read((r, k, v) -> space.explain(k) != null));
        snapshots(calls);
        cursors(calls);
    }

    private void snapshots(StormCalls calls) {
        calls.on("Firn", "snapshot()", () -> {
            Snapshot old = snapshot;
            snapshot = store.snapshot();
            atSnapshot = keys.values.clone();
            old.close();
        }).yes("Snapshot", "sequence()", () -> snapshot.sequence() >= 0)
                .yes("Snapshot", "in(Keyspace)", () -> snapshot.in(space) != null)
                .yes("Snapshot", "isClosed()", () -> !snapshot.isClosed())
                .on("Snapshot", "close()", () -> store.snapshot().close());
    }

    private BooleanSupplier cursor(Function<Cursor, Boolean> check) {
        return () -> {
            try (Cursor cursor = space.scan(keys.range())) {
                boolean found = keys.first() < 0
                        ? !cursor.next()
                        : cursor.seek(
                                keys.key(keys.first()));
                return found && (keys.first() < 0 || check.apply(cursor)
                        || keys.first() == keys.last());
            }
        };
    }

    private void cursors(StormCalls calls) {
        String type = "Cursor";
        calls.yes(type, "next()", () -> walk(true)).yes(type, "previous()", () -> walk(false))
                .yes(type, "seek(byte[])",
                        cursor(c -> c.seek(keys.key(0)) && at(c, keys.first())))
                .yes(type, "seekAtOrBefore(byte[])", cursor(
                        c -> c.seekAtOrBefore(keys.key(StormKeys.COUNT - 1))
                                && at(c, keys.last())))
                .yes(type, "isValid()", cursor(Cursor::isValid))
                .yes(type, "key()", cursor(c -> at(c, keys.first())))
                .yes(type, "value()", cursor(c -> at(c, keys.first())))
                .yes(type, "keyLength()", cursor(c -> c.keyLength() == Long.BYTES))
                .yes(type, "valueLength()", cursor(
                        c -> c.valueLength() == keys.values[keys.first()].length))
                .yes(type, "copyKey(MemorySegment)", cursor(
                        c -> copiedIs(c.copyKey(target), keys.key(keys.first()))))
                .yes(type, "copyValue(MemorySegment)", cursor(
                        c -> copiedIs(c.copyValue(target), keys.values[keys.first()])))
                .on(type, "close()", () -> space.scan(KeyRange.all()).close())
                .on("Firn", "scan(KeyRange)", () -> store.scan(KeyRange.all()).close());
    }

    private boolean at(Cursor cursor, int i) {
        return Arrays.equals(cursor.key(), keys.key(i))
                && Arrays.equals(cursor.value(), keys.values[i]);
    }

    private boolean walk(boolean forward) {
        try (Cursor cursor = space.scan(keys.range())) {
            for (int n = 0; n < StormKeys.COUNT; n++) {
                int i = forward ? n : StormKeys.COUNT - 1 - n;
                if (keys.values[i] != null
                        && !((forward ? cursor.next() : cursor.previous()) && at(cursor, i))) {
                    return false;
                }
            }
            return !(forward ? cursor.next() : cursor.previous());
        }
    }

    private void stream(Stream<Entry> stream, boolean forward) {
        try (stream) {
            Iterator<Entry> entries = stream.iterator();
            for (int n = 0; n < StormKeys.COUNT; n++) {
                int i = forward ? n : StormKeys.COUNT - 1 - n;
                if (keys.values[i] != null) {
                    Entry entry = entries.next();
                    expect(Arrays.equals(entry.key(), keys.key(i))
                            && Arrays.equals(entry.value(), keys.values[i]), "a stream");
                }
            }
            expect(!entries.hasNext(), "a stream");
        }
    }

    @Override
    public void close() {
        snapshot.close();
    }
}
