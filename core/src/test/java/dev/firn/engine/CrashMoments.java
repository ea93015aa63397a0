package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.text;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.WriteBatch;
import dev.firn.prove.Violation;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A short life of a store that loses power before every operation on its files. Every commit
/// counts, in the default keyspace, and writes to others, so what is found tells which prefix of the
/// commits it must be; and what was found once must be found again after another power loss.
///
/// The store is on one thread; the seed decides everything.
final class CrashMoments {
    private static final Options OPTIONS = Options.defaults().withMemtableBytes(64L << 10);
    private static final String COUNT = "count";
    private static final String BRIEF = "brief";

    private final Random random;
    private final int statesPerOperation;
    private final List<Map<String, Map<String, byte[]>>> states = new ArrayList<>();
    private SimulatedStorage storage = new SimulatedStorage();
    private DeterministicScheduler scheduler = new DeterministicScheduler(0);
    private Store store;
    private int durable;
    private int acknowledged;
    /// How often the keyspace that comes and goes was created, and whether it may be there or not.
    private int lives;
    private boolean mayBeThere;
    private boolean mayBeGone = true;
    private @Nullable Throwable violation;
    private long looked;

    CrashMoments(long seed, int statesPerOperation) {
        this.random = new Random(seed);
        this.statesPerOperation = statesPerOperation;
        states.add(Map.of());
    }

    /// Lives.
    ///
    /// @return how many states were opened
    /// @throws Violation when one of them is not as promised
    long run(int operations) throws Exception {
        begin(storage);
        try {
            store.keyspace("large");
            for (int i = 0; i < operations && violation == null; i++) {
                step();
            }
        } catch (RuntimeException e) {
            violation = violation == null ? e : violation;
        }
        storage.beforeEach((_, _) -> {});
        store.close();
        switch (violation) {
            case null -> {
            }
            case Violation v -> throw v;
            case Throwable t -> throw new Violation(Violation.Kind.UNEXPECTED_ERROR,
                    String.valueOf(t.getMessage()), t);
        }
        return looked;
    }

    private void begin(SimulatedStorage on) {
        storage = on;
        scheduler = new DeterministicScheduler(random.nextLong());
        if (!states.getLast().isEmpty()) {
            on.beforeEach(this::crash);
        }
        store = open(on, scheduler);
        on.beforeEach(this::crash);
    }

    private static Store open(SimulatedStorage storage, DeterministicScheduler scheduler) {
        return Store.open(Path.of("moments"), storage, OPTIONS,
                SharedResources.on(scheduler, 8L << 20, 1), true, 1);
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0 -> {
                store.flush();
                durable = acknowledged;
            }
            case 1 -> store.compact();
            case 2, 3 -> brief();
            case 4 -> reopen();
            case 5, 6, 7, 8 -> {
                int steps = random.nextInt(8);
                for (int i = 0; i < steps; i++) {
                    scheduler.step();
                }
            }
            default -> commit();
        }
    }

    private void commit() {
        int number = states.size();
        WriteBatch batch = WriteBatch.create();
        Map<String, Map<String, byte[]>> state = new HashMap<>();
        states.getLast().forEach((name, map) -> state.put(name, new TreeMap<>(map)));
        put(batch, state, "default", "default", COUNT, bytes(Integer.toString(number)));
        put(batch, state, "default", "default", "slot" + number % 16, random(number, 10));
        if (random.nextInt(3) > 0) {
            String key = "key" + random.nextInt(12);
            if (random.nextInt(4) == 0) {
                batch.delete(store.keyspace("large"), bytes(key));
                state.computeIfAbsent("large", _ -> new TreeMap<>()).remove(key);
            } else {
                put(batch, state, "large", "large", key,
                        random(number, random.nextBoolean() ? 40_000 : 100));
            }
        }
        if (mayBeThere && random.nextBoolean()) {
            put(batch, state, BRIEF, BRIEF + lives, "key" + number, bytes("value" + number));
        }
        Durability durability = random.nextInt(4) == 0 ? Durability.SYNC : Durability.BUFFERED;
        states.add(state);
        store.write(batch, durability);
        acknowledged = number;
        if (durability == Durability.SYNC) {
            durable = number;
        }
    }

    private void put(WriteBatch batch, Map<String, Map<String, byte[]>> state, String keyspace,
            String life, String key, byte[] value) {
        batch.put(store.keyspace(keyspace), bytes(key), value);
        state.computeIfAbsent(life, _ -> new TreeMap<>()).put(key, value);
    }

    /// A keyspace comes or goes.
    private void brief() {
        if (mayBeThere) {
            mayBeGone = true;
            store.dropKeyspace(BRIEF);
            mayBeThere = false;
        } else {
            lives++;
            mayBeThere = true;
            store.createKeyspace(BRIEF, OPTIONS.keyspaceDefaults());
            mayBeGone = false;
        }
    }

    /// The store is closed, or its process dies; then it is opened again.
    private void reopen() {
        boolean dies = random.nextBoolean();
        SimulatedStorage left = dies ? storage.processCrash() : storage;
        if (dies) {
            storage.beforeEach((_, _) -> {});
        }
        store.close();
        durable = dies ? durable : acknowledged;
        begin(left);
        durable = acknowledged;
    }

    private void crash(SimulatedStorage now, SimulatedStorage.Operation operation) {
        // Most operations are writes to the log, one like the other.
        if (violation != null
                || (operation.kind() == OperationKind.WRITE && random.nextInt(3) > 0)) {
            return;
        }
        long seed = random.nextLong();
        try {
            if (random.nextInt(4) == 0) {
                look(now.processCrash(), acknowledged, durable, 2);
            }
            now.crashStates(statesPerOperation, seed).forEach(state -> look(state, durable,
                    durable, 2));
        } catch (Throwable t) {
            // The store takes what is thrown here for a failure of the disk.
            violation = t;
        }
    }

    /// Opens a state; then, sometimes, what is left of it when power is lost once more, while it
    /// recovers or after that.
    ///
    /// @param atLeast the commit that must be there
    /// @param atLeastThen the one that must be there after one more power loss while it recovers
    private void look(SimulatedStorage state, int atLeast, int atLeastThen, int depth) {
        looked++;
        SimulatedStorage[] meanwhile = new SimulatedStorage[1];
        int[] operations = {random.nextInt(20)};
        if (depth > 0 && random.nextInt(6) == 0) {
            state.beforeEach((now, _) -> {
                if (operations[0]-- == 0) {
                    meanwhile[0] = now.crash(random);
                }
            });
        }
        int found;
        SimulatedStorage after = null;
        try (Store opened = open(state, new DeterministicScheduler(1))) {
            found = check(opened, atLeast, state);
            if (depth > 0 && random.nextInt(3) == 0) {
                after = state.crash(random);
            }
        } catch (RuntimeException e) {
            throw new Violation(Violation.Kind.UNEXPECTED_ERROR, "not opened: " + e + "; "
                    + state.location(), e);
        }
        if (meanwhile[0] != null) {
            look(meanwhile[0], atLeastThen, atLeastThen, depth - 1);
        }
        if (after != null) {
            look(after, found, found, depth - 1);
        }
    }

    /// Compares what is found with the commits.
    ///
    /// @return how many there are
    private int check(Store opened, int atLeast, SimulatedStorage state) {
        Map<String, byte[]> first = contents(opened.keyspace());
        int count = first.containsKey(COUNT) ? Integer.parseInt(text(first.get(COUNT))) : 0;
        if (count < atLeast) {
            throw new Violation(Violation.Kind.LOST, "commit " + count + " is the last, but "
                    + atLeast + " was durable; " + state.location());
        }
        Map<String, Map<String, byte[]>> expected = states.get(count);
        requireSame("default", first, expected, "default", count, state);
        if (opened.keyspaceNames().contains("large")) {
            requireSame("large", contents(opened.keyspace("large")), expected, "large", count,
                    state);
        } else if (count > 0) {
            throw new Violation(Violation.Kind.LOST, "a keyspace; " + state.location());
        }
        boolean isThere = opened.keyspaceNames().contains(BRIEF);
        if (isThere ? !mayBeThere : !mayBeGone) {
            throw new Violation(Violation.Kind.LOST, (isThere ? "the drop" : "the creation")
                    + " of a keyspace; " + state.location());
        }
        if (isThere) {
            requireSame(BRIEF, contents(opened.keyspace(BRIEF)), expected, BRIEF + lives, count,
                    state);
        }
        return count;
    }

    private static void requireSame(String name, Map<String, byte[]> found,
            Map<String, Map<String, byte[]>> states, String life, int count,
            SimulatedStorage state) {
        Map<String, byte[]> expected = states.getOrDefault(life, Map.of());
        boolean same = found.keySet().equals(expected.keySet()) && found.keySet().stream()
                .allMatch(key -> Arrays.equals(found.get(key), expected.get(key)));
        if (!same) {
            throw new Violation(Violation.Kind.NOT_A_PREFIX, "keyspace " + name + " has "
                    + found.keySet() + ", not the " + expected.keySet() + " of commit " + count
                    + ", or other values; " + state.location());
        }
    }

    private static Map<String, byte[]> contents(Keyspace keyspace) {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Cursor cursor = keyspace.scan(KeyRange.all())) {
            while (cursor.next()) {
                contents.put(text(cursor.key()), cursor.value());
            }
        }
        return contents;
    }
}
