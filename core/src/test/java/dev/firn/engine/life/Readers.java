package dev.firn.engine.life;

import static dev.firn.engine.life.Life.require;

import dev.firn.Cursor;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceReader;
import dev.firn.Snapshot;
import dev.firn.engine.Store;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Snapshots and cursors of a life with what they have to show, and reads that are compared.
final class Readers {
    private static final int SNAPSHOTS_MAX = 5;
    private static final int CURSORS_MAX = 4;
    private static final NavigableMap<byte[], byte[]> NOTHING =
            Collections.unmodifiableNavigableMap(new TreeMap<>(Space.ORDER));

    private record Held(Snapshot snapshot, Map<Space, NavigableMap<byte[], byte[]>> state) {
        /// One that was created since is empty.
        NavigableMap<byte[], byte[]> of(Space space) {
            return state.getOrDefault(space, NOTHING);
        }
    }

    private final List<Held> snapshots = new ArrayList<>();
    private final List<ComparedCursor> cursors = new ArrayList<>();

    void snapshot(Store store, Map<String, Space> live) {
        if (snapshots.size() < SNAPSHOTS_MAX) {
            Map<Space, NavigableMap<byte[], byte[]>> state = new IdentityHashMap<>();
            live.values().forEach(space -> state.put(space, new TreeMap<>(space.now)));
            snapshots.add(new Held(store.snapshot(), state));
        }
    }

    void release(int choice) {
        if (!snapshots.isEmpty()) {
            snapshots.remove(choice % snapshots.size()).snapshot.close();
        }
    }

    /// What snapshots held of it need not be kept.
    void dropped(Space space) {
        snapshots.forEach(held -> held.state.remove(space));
    }

    void checkSnapshots(Store store, Map<String, Space> live) {
        for (Held held : snapshots) {
            live.values().forEach(space -> compareForward(
                    held.snapshot.in(store.keyspace(space.name)), held.of(space)));
        }
    }

    void close() {
        cursors.forEach(ComparedCursor::close);
        cursors.clear();
        snapshots.forEach(held -> held.snapshot.close());
        snapshots.clear();
    }

    void scan(Keyspace keyspace, Space space, int b, int c) {
        if (cursors.size() >= CURSORS_MAX) {
            return;
        }
        KeyRange range = range(b / 16, c);
        boolean past = !snapshots.isEmpty() && b % 2 == 0;
        Held held = past ? snapshots.get(b % snapshots.size()) : null;
        NavigableMap<byte[], byte[]> expected = held == null ? space.now : held.of(space);
        KeyspaceReader reader = held == null ? keyspace : held.snapshot.in(keyspace);
        cursors.add(new ComparedCursor(reader.scan(range), within(expected, range)));
    }

    void move(int seed) {
        Random random = new Random(seed);
        for (ComparedCursor cursor : cursors) {
            int moves = random.nextInt(random.nextInt(20) == 0 ? 300 : 6);
            for (int i = 0; i < moves; i++) {
                cursor.move(random);
            }
        }
    }

    void end(int choice) {
        if (!cursors.isEmpty()) {
            cursors.remove(choice % cursors.size()).close();
        }
    }

    /// A range that two numbers choose.
    static KeyRange range(int b, int c) {
        byte[] key = Edit.keyBytes(b % 600);
        return switch (b % 5) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.from(key);
            case 2 -> KeyRange.to(key);
            case 3 -> KeyRange.prefix(Arrays.copyOf(key, Math.min(key.length, 3)));
            default -> KeyRange.between(key, Edit.keyBytes(c));
        };
    }

    private static NavigableMap<byte[], byte[]> within(
            NavigableMap<byte[], byte[]> map, KeyRange range) {
        NavigableMap<byte[], byte[]> part = new TreeMap<>(Space.ORDER);
        map.forEach((key, value) -> {
            if (range.contains(key)) {
                part.put(key, value);
            }
        });
        return part;
    }

    void read(Keyspace keyspace, Space space, int key, int choice) {
        read(keyspace, space.now, key, choice);
        if (!snapshots.isEmpty() && choice % 2 == 0) {
            Held held = snapshots.get(choice / 2 % snapshots.size());
            read(held.snapshot.in(keyspace), held.of(space), key, choice / 16);
        }
    }

    private static void read(
            KeyspaceReader reader, NavigableMap<byte[], byte[]> expected, int number,
            int choice) {
        byte[] key = Edit.keyBytes(number);
        byte[] value = expected.get(key);
        switch (choice % 4) {
            case 0 -> requireValue(reader.get(key), value, key);
            case 1 -> require(reader.contains(key) == (value != null),
                    "contains(" + text(key) + ") is " + (value == null));
            case 2 -> {
                MemorySegment target = MemorySegment.ofArray(new byte[choice % 1000]);
                int length = reader.get(MemorySegment.ofArray(key), target);
                require(length == (value == null ? -1 : value.length),
                        text(key) + " has a value of " + length + " bytes");
                if (value != null && length <= target.byteSize()) {
                    requireValue(
                            target.asSlice(0, length)
                                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                            value, key);
                }
            }
            default -> {
                byte[] other = Edit.keyBytes(choice % 600);
                List<byte @Nullable []> values = reader.multiGet(List.of(key, other));
                requireValue(values.get(0), value, key);
                requireValue(values.get(1), expected.get(other), other);
            }
        }
    }

    static void requireValue(
            byte @Nullable [] found, byte @Nullable [] expected, byte[] key) {
        if (!Arrays.equals(found, expected)) {
            throw new dev.firn.prove.Violation(
                    dev.firn.prove.Violation.Kind.WRONG_VALUE,
                    text(key) + " is " + shape(found) + ", not " + shape(expected));
        }
    }

    private static String shape(byte @Nullable [] value) {
        return value == null ? "not there" : value.length + " bytes";
    }

    private static String text(byte[] key) {
        return "key " + new String(key, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /// Compares all entries, in both directions.
    void compare(KeyspaceReader reader, NavigableMap<byte[], byte[]> expected) {
        compareForward(reader, expected);
        try (Cursor cursor = reader.scan(KeyRange.all())) {
            for (byte[] key : expected.descendingKeySet()) {
                require(cursor.previous(), "backwards, " + text(key) + " is missing");
                require(Arrays.equals(cursor.key(), key), "backwards, " + text(cursor.key())
                        + " stands where " + text(key) + " belongs");
            }
            require(!cursor.previous(), "backwards, there is an entry too many");
        }
    }

    private static void compareForward(
            KeyspaceReader reader, NavigableMap<byte[], byte[]> expected) {
        try (Cursor cursor = reader.scan(KeyRange.all())) {
            for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
                require(cursor.next(), text(entry.getKey()) + " is missing");
                require(Arrays.equals(cursor.key(), entry.getKey()), text(cursor.key())
                        + " stands where " + text(entry.getKey()) + " belongs");
                requireValue(cursor.value(), entry.getValue(), entry.getKey());
            }
            require(!cursor.next(), "there is an entry too many");
        }
    }
}
