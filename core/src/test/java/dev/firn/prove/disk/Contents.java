package dev.firn.prove.disk;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a store holds, or should hold: maps by keyspace.
final class Contents {
    private final Map<String, NavigableMap<byte[], byte[]>> keyspaces = new TreeMap<>();

    /// What every store holds: the journal, and keyspaces that are not toggled.
    Contents() {
        create(Firn.DEFAULT_KEYSPACE);
        Workload.FIXED.forEach(this::create);
    }

    /// All that is in a store.
    static Contents of(Firn store) {
        Contents contents = new Contents();
        for (String name : store.keyspaceNames()) {
            contents.create(name);
            Keyspace keyspace = store.keyspace(name);
            try (Cursor cursor = keyspace.scan(KeyRange.all())) {
                while (cursor.next()) {
                    contents.of(name).put(cursor.key(), cursor.value());
                }
            }
        }
        return contents;
    }

    private void create(String keyspace) {
        keyspaces.put(keyspace, new TreeMap<>(Arrays::compareUnsigned));
    }

    private NavigableMap<byte[], byte[]> of(String keyspace) {
        NavigableMap<byte[], byte[]> map = keyspaces.get(keyspace);
        if (map == null) {
            throw new IllegalArgumentException(keyspace);
        }
        return map;
    }

    boolean has(String keyspace) {
        return keyspaces.containsKey(keyspace);
    }

    /// Whether the journal says that a step's writes are there.
    boolean hasWritten(long step) {
        return of(Firn.DEFAULT_KEYSPACE).containsKey(Workload.number(step));
    }

    /// Makes a step's changes.
    void apply(Step step) {
        switch (step.action()) {
            case WRITE -> step.writes().forEach(this::apply);
            case TOGGLE -> {
                if (keyspaces.remove(step.keyspace()) == null) {
                    create(step.keyspace());
                }
            }
            default -> {
                // Changes nothing.
            }
        }
    }

    private void apply(Step.Write write) {
        NavigableMap<byte[], byte[]> map = keyspaces.get(write.keyspace());
        if (map == null) {
            return;
        }
        byte[] value = write.value();
        if (value == null) {
            map.remove(write.key());
        } else {
            map.put(write.key(), value);
        }
    }

    /// Compares a store's with what it should be.
    ///
    /// @return how many entries were compared
    long mustEqual(Contents expected, String when) {
        Set<String> names = expected.keyspaces.keySet();
        if (!keyspaces.keySet().equals(names)) {
            throw new Violation(Kind.LOST, when + ": keyspaces are " + keyspaces.keySet()
                    + ", expected " + names);
        }
        long entries = 0;
        for (String name : names) {
            expected.of(name).forEach((key, value) -> compare(name, key, of(name).get(key), value,
                    when));
            of(name).forEach((key, value) -> compare(name, key, value, expected.of(name).get(key),
                    when));
            entries += expected.of(name).size();
        }
        return entries;
    }

    private static void compare(String keyspace, byte[] key, byte @Nullable [] found,
            byte @Nullable [] expected, String when) {
        if (Arrays.equals(found, expected)) {
            return;
        }
        Kind kind = found == null ? Kind.LOST : Kind.WRONG_VALUE;
        throw new Violation(kind, when + ": " + keyspace + ", key " + Arrays.toString(key) + " has "
                + words(found) + ", expected " + words(expected));
    }

    private static String words(byte @Nullable [] value) {
        return value == null
                ? "no value"
                : value.length + " bytes with hash " + Arrays.hashCode(value);
    }
}
