package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.WriteBatch;
import dev.firn.prove.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Everything that was ever written to a store, and the state it ended with. Values say which write
/// they are of, so one that comes back can be told from all others.
final class RepairModel {
    static final List<String> NAMES = List.of("default", "orders", "users.v2");

    private final Random random;
    /// By keyspace and key, in the order of writes; null for a delete.
    final Map<String, Map<String, List<String>>> written = new HashMap<>();
    final Map<String, TreeMap<String, String>> state = new HashMap<>();
    private long writes;

    RepairModel(long seed) {
        random = new Random(seed);
        for (String name : NAMES) {
            written.put(name, new HashMap<>());
            state.put(name, new TreeMap<>());
        }
    }

    static void createKeyspaces(Firn store) {
        for (String name : NAMES) {
            if (store.findKeyspace(name) == null) {
                store.createKeyspace(name, KeyspaceOptions.defaults().withBlockBytes(1024));
            }
        }
    }

    /// Makes some batches, each of some operations.
    void write(Firn store, int batches) {
        for (int i = 0; i < batches; i++) {
            WriteBatch batch = WriteBatch.create();
            for (int j = random.nextInt(1, 8); j > 0; j--) {
                String name = NAMES.get(random.nextInt(NAMES.size()));
                String key = "key%04d".formatted(random.nextInt(400));
                add(store.keyspace(name), name, batch, key);
            }
            store.write(batch, random.nextInt(40) == 0 ? Durability.SYNC : Durability.BUFFERED);
        }
    }

    private void add(Keyspace keyspace, String name, WriteBatch batch, String key) {
        List<String> versions =
                written.get(name).computeIfAbsent(key, _ -> new ArrayList<>());
        if (random.nextInt(5) == 0) {
            batch.delete(keyspace, TestData.bytes(key));
            versions.add(null);
            state.get(name).remove(key);
            return;
        }
        String value = name + " " + key + " " + writes++ + " "
                + "x".repeat(random.nextInt(40) == 0 ? 40_000 : random.nextInt(120));
        batch.put(keyspace, TestData.bytes(key), TestData.bytes(value));
        versions.add(value);
        state.get(name).put(key, value);
    }

    /// What the keyspaces of a store hold.
    static Map<String, TreeMap<String, String>> read(Firn store) {
        Map<String, TreeMap<String, String>> all = new HashMap<>();
        for (String name : store.keyspaceNames()) {
            TreeMap<String, String> entries = new TreeMap<>();
            try (Cursor cursor = store.keyspace(name).scan(KeyRange.all())) {
                while (cursor.next()) {
                    entries.put(TestData.text(cursor.key()), TestData.text(cursor.value()));
                }
            }
            all.put(name, entries);
        }
        return all;
    }

    /// The same, with the names of keyspaces that only the log knows any more: they are numbered as
    /// they were created.
    static Map<String, TreeMap<String, String>> named(
            Map<String, TreeMap<String, String>> found) {
        Map<String, TreeMap<String, String>> named = new HashMap<>(found);
        for (int i = 0; i < NAMES.size(); i++) {
            TreeMap<String, String> entries = found.get("recovered-" + (i + 1));
            if (entries != null) {
                named.putIfAbsent(NAMES.get(i), entries);
            }
        }
        return named;
    }

    /// Checks that every value was written under its key; in a keyspace whose name is lost, under
    /// that key of some keyspace.
    ///
    /// @return how many were checked
    long checkValues(Map<String, TreeMap<String, String>> found) {
        long[] checked = new long[1];
        found.forEach((name, entries) -> entries.forEach((key, value) -> {
            checked[0]++;
            boolean ok = written.containsKey(name)
                    ? written.get(name).getOrDefault(key, List.of()).contains(value)
                    : written.values().stream().anyMatch(
                            w -> w.getOrDefault(key, List.of()).contains(value));
            if (!ok) {
                throw new Violation(Violation.Kind.WRONG_VALUE, name + " " + key
                        + " has a value that was never written there, of " + value.length());
            }
        }));
        return checked[0];
    }

    /// Checks that entries of the last state are there, except keys that are excused.
    long checkState(Map<String, TreeMap<String, String>> found, Set<String> excused) {
        long checked = 0;
        for (String name : NAMES) {
            TreeMap<String, String> has = found.getOrDefault(name, new TreeMap<>());
            Set<String> keys = new HashSet<>(state.get(name).keySet());
            keys.addAll(has.keySet());
            for (String key : keys) {
                checked++;
                String expected = state.get(name).get(key);
                String is = has.get(key);
                if (!java.util.Objects.equals(expected, is)
                        && !excused.contains(name + " " + key)) {
                    throw new Violation(Violation.Kind.LOST, name + " " + key + " should be "
                            + head(expected) + ", is " + head(is));
                }
            }
        }
        return checked;
    }

    /// How many keys do not have what they had in the last state.
    long wrong(Map<String, TreeMap<String, String>> found) {
        long wrong = 0;
        for (String name : NAMES) {
            TreeMap<String, String> has = found.getOrDefault(name, new TreeMap<>());
            Set<String> keys = new HashSet<>(state.get(name).keySet());
            keys.addAll(has.keySet());
            wrong += keys.stream().filter(key -> !java.util.Objects.equals(
                    state.get(name).get(key), has.get(key))).count();
        }
        return wrong;
    }

    private static String head(String value) {
        return value == null ? "absent" : Arrays.toString(value.split(" ", 4)).substring(0, 20);
    }
}
