package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.KeyspaceReader;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.storage.SimulatedStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A random life of a store on simulated storage and one thread, beside a model of sorted maps. The
/// seed decides everything, also when background work happens.
final class ModelRun {
    static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    /// One operation of a commit; a null value deletes.
    private record Operation(String keyspace, byte[] key, byte @Nullable [] value) {}

    private record Held(Snapshot snapshot, Map<String, NavigableMap<byte[], byte[]>> state) {}

    private static final class OpenCursor {
        final Cursor cursor;
        final NavigableMap<byte[], byte[]> expected;
        byte @Nullable [] at;
        int end;

        OpenCursor(Cursor cursor, NavigableMap<byte[], byte[]> expected) {
            this.cursor = cursor;
            this.expected = expected;
        }
    }

    private final long seed;
    private final Random random;
    private final boolean crashes;
    private final KeyspaceOptions options;
    private final long memtableBytes;
    private SimulatedStorage storage = new SimulatedStorage();
    private DeterministicScheduler scheduler;
    private SharedResources resources;
    private Store store;
    private Map<String, NavigableMap<byte[], byte[]>> model = new TreeMap<>();

    /// The model when everything in it was durable, and the commits since.
    private Map<String, NavigableMap<byte[], byte[]>> durable = new TreeMap<>();

    private final List<List<Operation>> pending = new ArrayList<>();
    private final List<Held> snapshots = new ArrayList<>();
    private final List<OpenCursor> cursors = new ArrayList<>();
    private int opens;
    int crashed;

    ModelRun(long seed, boolean crashes) {
        this.seed = seed;
        this.crashes = crashes;
        this.random = new Random(seed);
        CompactionShape shape = CompactionShape.values()[(int) Math.floorMod(seed, 3L)];
        Compression codec = Compression.values()[random.nextInt(3)];
        this.options =
                new KeyspaceOptions(
                        shape, codec, 1024 << random.nextInt(3), random.nextInt(3) * 5, 64L << 10);
        this.memtableBytes = (64L << 10) << random.nextInt(3);
        open();
        model.put("default", new TreeMap<>(ORDER));
        durable.put("default", new TreeMap<>(ORDER));
    }

    private void open() {
        scheduler = new DeterministicScheduler(seed * 31 + opens++);
        resources = SharedResources.on(scheduler, 24L << 20, 1 + random.nextInt(2));
        store =
                Store.open(
                        Path.of("model"),
                        storage,
                        Options.defaults().withMemtableBytes(memtableBytes)
                                .withKeyspaceDefaults(options),
                        resources,
                        true,
                        seed);
    }

    /// Runs so many random operations, then checks everything and closes.
    ModelRun run(int operations) {
        for (int i = 0; i < operations; i++) {
            step();
        }
        checkAll();
        close();
        return this;
    }

    /// The bytes of every file, for comparing two runs.
    SimulatedStorage storage() {
        return storage;
    }

    private void step() {
        switch (random.nextInt(100)) {
            case 0 -> store.flush();
            case 1 -> {
                if (random.nextInt(4) == 0) {
                    store.compact();
                } else {
                    space().compact(range());
                }
            }
            case 2 -> {
                if (random.nextInt(5) == 0) {
                    reopen();
                }
            }
            case 3 -> openSnapshot();
            case 4 -> closeSnapshot();
            case 5 -> checkAll();
            case 6 -> keyspaces();
            case 7, 8 -> openCursor();
            case 9 -> closeCursor();
            case 10 -> {
                if (random.nextInt(8) == 0) {
                    assertThat(store.awaitIdle(Duration.ofHours(1))).isTrue();
                }
            }
            case 11 -> {
                store.sync();
                everythingIsDurable();
            }
            case 12 -> {
                if (crashes && random.nextInt(3) == 0) {
                    crash();
                }
            }
            case 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 -> background();
            case 23, 24, 25, 26, 27, 28, 29, 30 -> batch();
            case 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42 -> moveCursors();
            case 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59 -> read();
            case 60, 61, 62, 63, 64, 65, 66, 67, 68, 69 -> delete();
            default -> put();
        }
    }

    private Keyspace space() {
        List<String> names = List.copyOf(model.keySet());
        return store.keyspace(names.get(random.nextInt(names.size())));
    }

    private byte[] key() {
        int n = random.nextInt(random.nextBoolean() ? 40 : 600);
        return switch (n % 7) {
            case 0 -> ("a" + "a".repeat(n % 50)).getBytes();
            case 1 -> new byte[n % 5];
            case 2 -> ("common/prefix/of/twenty/" + n).getBytes();
            case 3 -> new byte[]{(byte) n, (byte) (n >> 8), (byte) 0xff};
            default -> Integer.toString(n).getBytes();
        };
    }

    private byte[] value() {
        int size =
                switch (random.nextInt(60)) {
                    case 0 -> 20_000 + random.nextInt(60_000);
                    case 1 -> 0;
                    case 2 -> random.nextInt(8) == 0 ? 300_000 : 3_000;
                    default -> random.nextInt(random.nextBoolean() ? 30 : 800);
                };
        byte[] value = new byte[size];
        random.nextBytes(value);
        if (random.nextBoolean()) {
            Arrays.fill(value, size / 3, size, (byte) 'x');
        }
        return value;
    }

    private Durability durability() {
        return random.nextInt(10) == 0 ? Durability.SYNC : Durability.BUFFERED;
    }

    private void put() {
        Keyspace space = space();
        byte[] key = key();
        byte[] value = value();
        Durability durability = durability();
        if (random.nextInt(4) == 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment k = arena.allocate(key.length).copyFrom(MemorySegment.ofArray(key));
                MemorySegment v =
                        arena.allocate(value.length).copyFrom(MemorySegment.ofArray(value));
                space.put(k, v, durability);
            }
        } else {
            space.put(key, value, durability);
        }
        committed(durability, List.of(new Operation(space.name(), key, value)));
    }

    private void delete() {
        Keyspace space = space();
        byte[] key = key();
        Durability durability = durability();
        space.delete(key, durability);
        committed(durability, List.of(new Operation(space.name(), key, null)));
    }

    private void batch() {
        WriteBatch batch = WriteBatch.create();
        List<Operation> operations = new ArrayList<>();
        int size = random.nextInt(random.nextInt(10) == 0 ? 200 : 8);
        for (int i = 0; i < size; i++) {
            Keyspace space = space();
            byte[] key = key();
            byte[] value = random.nextInt(4) == 0 ? null : value();
            if (value == null) {
                batch.delete(space, key);
            } else {
                batch.put(space, key, value);
            }
            operations.add(new Operation(space.name(), key, value));
        }
        Durability durability = durability();
        store.write(batch, durability);
        committed(durability, operations);
    }

    private void committed(Durability durability, List<Operation> operations) {
        apply(model, operations);
        pending.add(operations);
        if (durability == Durability.SYNC) {
            everythingIsDurable();
        }
    }

    private static void apply(
            Map<String, NavigableMap<byte[], byte[]>> state, List<Operation> operations) {
        for (Operation operation : operations) {
            NavigableMap<byte[], byte[]> map = state.get(operation.keyspace);
            if (map == null) {
                continue;
            }
            if (operation.value == null) {
                map.remove(operation.key);
            } else {
                map.put(operation.key, operation.value);
            }
        }
    }

    private void everythingIsDurable() {
        durable = copy(model);
        pending.clear();
    }

    private static Map<String, NavigableMap<byte[], byte[]>> copy(
            Map<String, NavigableMap<byte[], byte[]>> state) {
        Map<String, NavigableMap<byte[], byte[]>> copy = new TreeMap<>();
        state.forEach((name, map) -> copy.put(name, new TreeMap<>(map)));
        return copy;
    }

    private void background() {
        int steps = random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            scheduler.step();
        }
        if (random.nextInt(10) == 0) {
            scheduler.advance(random.nextInt(3_000) * 1_000_000L);
        }
    }

    private void read() {
        Keyspace space = space();
        byte[] key = key();
        check(space, model.get(space.name()), key);
        if (!snapshots.isEmpty() && random.nextBoolean()) {
            Held held = snapshots.get(random.nextInt(snapshots.size()));
            NavigableMap<byte[], byte[]> then = held.state.get(space.name());
            if (then != null) {
                check(held.snapshot.in(space), then, key);
            }
        }
    }

    private void check(KeyspaceReader reader, NavigableMap<byte[], byte[]> expected, byte[] key) {
        byte[] value = expected.get(key);
        switch (random.nextInt(4)) {
            case 0 -> assertThat(reader.get(key)).as(this::where).isEqualTo(value);
            case 1 -> assertThat(reader.contains(key)).as(this::where).isEqualTo(value != null);
            case 2 -> {
                MemorySegment target = MemorySegment.ofArray(new byte[random.nextInt(1000)]);
                int length = reader.get(MemorySegment.ofArray(key), target);
                assertThat(length).as(this::where).isEqualTo(value == null ? -1 : value.length);
                if (value != null && length <= target.byteSize()) {
                    assertThat(target.asSlice(0, length).mismatch(MemorySegment.ofArray(value)))
                            .as(this::where)
                            .isEqualTo(-1);
                }
            }
            default -> {
                byte[] other = key();
                List<byte @Nullable []> values = reader.multiGet(List.of(key, other));
                assertThat(values.get(0)).as(this::where).isEqualTo(value);
                assertThat(values.get(1)).as(this::where).isEqualTo(expected.get(other));
            }
        }
    }

    private String where() {
        return "seed " + seed + "; replay: mvn test -pl core -Dtest=StoreModelTest -Dfirn.seed="
                + seed;
    }

    private void openSnapshot() {
        if (snapshots.size() < 5) {
            snapshots.add(new Held(store.snapshot(), copy(model)));
        }
    }

    private void closeSnapshot() {
        if (!snapshots.isEmpty()) {
            snapshots.remove(random.nextInt(snapshots.size())).snapshot.close();
        }
    }

    private KeyRange range() {
        byte[] a = key();
        byte[] b = key();
        return switch (random.nextInt(5)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.from(a);
            case 2 -> KeyRange.to(a);
            case 3 -> KeyRange.prefix(Arrays.copyOf(a, Math.min(a.length, 3)));
            default -> KeyRange.between(a, b);
        };
    }

    private NavigableMap<byte[], byte[]> within(NavigableMap<byte[], byte[]> map, KeyRange range) {
        NavigableMap<byte[], byte[]> part = new TreeMap<>(ORDER);
        map.forEach(
                (key, value) -> {
                    if (range.contains(key)) {
                        part.put(key, value);
                    }
                });
        return part;
    }

    private void openCursor() {
        if (cursors.size() >= 4) {
            return;
        }
        Keyspace space = space();
        KeyRange range = range();
        if (!snapshots.isEmpty() && random.nextBoolean()) {
            Held held = snapshots.get(random.nextInt(snapshots.size()));
            NavigableMap<byte[], byte[]> then = held.state.get(space.name());
            if (then != null) {
                cursors.add(
                        new OpenCursor(held.snapshot.in(space).scan(range), within(then, range)));
            }
        } else {
            cursors.add(
                    new OpenCursor(space.scan(range), within(model.get(space.name()), range)));
        }
    }

    private void closeCursor() {
        if (!cursors.isEmpty()) {
            cursors.remove(random.nextInt(cursors.size())).cursor.close();
        }
    }

    private void moveCursors() {
        for (OpenCursor open : cursors) {
            int moves = random.nextInt(random.nextInt(20) == 0 ? 300 : 6);
            for (int i = 0; i < moves; i++) {
                move(open);
            }
        }
    }

    private void move(OpenCursor open) {
        boolean found;
        byte[] expected;
        int direction;
        switch (random.nextInt(12)) {
            case 0 -> {
                byte[] key = key();
                expected = open.expected.ceilingKey(key);
                found = open.cursor.seek(key);
                direction = 1;
            }
            case 1 -> {
                byte[] key = key();
                expected = open.expected.floorKey(key);
                found = open.cursor.seekAtOrBefore(key);
                direction = -1;
            }
            case 2, 3, 4 -> {
                expected =
                        open.at != null
                                ? open.expected.lowerKey(open.at)
                                : open.end < 0 || open.expected.isEmpty()
                                        ? null
                                        : open.expected.lastKey();
                found = open.cursor.previous();
                direction = -1;
            }
            default -> {
                expected =
                        open.at != null
                                ? open.expected.higherKey(open.at)
                                : open.end > 0 || open.expected.isEmpty()
                                        ? null
                                        : open.expected.firstKey();
                found = open.cursor.next();
                direction = 1;
            }
        }
        assertThat(found).as(this::where).isEqualTo(expected != null);
        open.at = expected;
        open.end = expected == null ? direction : 0;
        if (expected != null) {
            assertThat(open.cursor.key()).as(this::where).isEqualTo(expected);
            assertThat(open.cursor.value()).as(this::where).isEqualTo(open.expected.get(expected));
        }
    }

    private void keyspaces() {
        if (random.nextInt(3) > 0) {
            return;
        }
        String name = "k" + random.nextInt(4);
        if (model.containsKey(name)) {
            store.dropKeyspace(name);
            model.remove(name);
            // One that is created with the name later is another one, which a snapshot finds empty.
            snapshots.forEach(held -> held.state.remove(name));
        } else {
            store.createKeyspace(name, options);
            model.put(name, new TreeMap<>(ORDER));
        }
        // Edits of the manifest are durable, and what is in the model now has to be found again:
        // the log is synced here so that "durable" stays one moment of the model.
        store.sync();
        everythingIsDurable();
    }

    private void checkAll() {
        check(model);
        for (Held held : snapshots) {
            held.state.forEach(
                    (name, map) -> {
                        Keyspace space = store.findKeyspace(name);
                        if (space != null && model.containsKey(name)) {
                            assertThat(same(contents(held.snapshot.in(space)), map)).as(this::where)
                                    .isTrue();
                        }
                    });
        }
    }

    private void check(Map<String, NavigableMap<byte[], byte[]>> expected) {
        assertThat(store.keyspaceNames()).as(this::where)
                .containsExactlyElementsOf(expected.keySet());
        expected.forEach(
                (name, map) -> {
                    Keyspace space = store.keyspace(name);
                    assertThat(same(contents(space), map)).as(this::where).isTrue();
                    List<byte[]> backward = new ArrayList<>();
                    try (Cursor cursor = space.scan(KeyRange.all())) {
                        while (cursor.previous()) {
                            backward.add(cursor.key());
                        }
                    }
                    assertThat(backward)
                            .as(this::where)
                            .containsExactlyElementsOf(map.descendingKeySet());
                });
    }

    private static NavigableMap<byte[], byte[]> contents(KeyspaceReader reader) {
        NavigableMap<byte[], byte[]> contents = new TreeMap<>(ORDER);
        try (Cursor cursor = reader.scan(KeyRange.all())) {
            while (cursor.next()) {
                contents.put(cursor.key(), cursor.value());
            }
        }
        return contents;
    }

    private static boolean same(
            NavigableMap<byte[], byte[]> a, NavigableMap<byte[], byte[]> b) {
        if (a.size() != b.size()) {
            return false;
        }
        var others = b.entrySet().iterator();
        for (var entry : a.entrySet()) {
            var other = others.next();
            if (!Arrays.equals(entry.getKey(), other.getKey())
                    || !Arrays.equals(entry.getValue(), other.getValue())) {
                return false;
            }
        }
        return true;
    }

    private void letGo() {
        cursors.forEach(open -> open.cursor.close());
        cursors.clear();
        snapshots.forEach(held -> held.snapshot.close());
        snapshots.clear();
    }

    private void reopen() {
        close();
        everythingIsDurable();
        open();
        check(model);
    }

    private void close() {
        letGo();
        store.close();
        store.close();
        storage.openFiles().assertNone();
        assertThat(resources.memoryUsed()).as(this::where).isZero();
    }

    /// Goes on with what a crash has left, which must be a prefix of the commits.
    private void crash() {
        crashed++;
        boolean power = random.nextBoolean();
        SimulatedStorage left = power ? storage.crash(random) : storage.processCrash();
        letGo();
        store.close();
        storage = left;
        open();
        if (!power) {
            check(model);
            everythingIsDurable();
            return;
        }
        Map<String, NavigableMap<byte[], byte[]>> state = copy(durable);
        Map<String, NavigableMap<byte[], byte[]>> found = new TreeMap<>();
        store.keyspaceNames().forEach(name -> found.put(name, contents(store.keyspace(name))));
        int next = 0;
        while (!same(found, state)) {
            assertThat(next).as(() -> "the state after a crash is no prefix; " + where())
                    .isLessThan(pending.size());
            apply(state, pending.get(next++));
        }
        model = state;
        everythingIsDurable();
        check(model);
    }

    private static boolean same(
            Map<String, NavigableMap<byte[], byte[]>> a,
            Map<String, NavigableMap<byte[], byte[]>> b) {
        return a.keySet().equals(b.keySet())
                && a.keySet().stream().allMatch(name -> same(a.get(name), b.get(name)));
    }
}
