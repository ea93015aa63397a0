package dev.firn.hostile;

import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a store holds: for each keyspace the value of each key. Bytes are characters here, whose
/// order is that of unsigned bytes.
final class Contents {
    final TreeMap<String, TreeMap<String, String>> keyspaces = new TreeMap<>();

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    Contents copy() {
        var copy = new Contents();
        keyspaces.forEach((name, map) -> copy.keyspaces.put(name, new TreeMap<>(map)));
        return copy;
    }

    NavigableMap<String, String> of(String keyspace) {
        return keyspaces.computeIfAbsent(keyspace, _ -> new TreeMap<>());
    }

    /// Sets a value, or deletes it with null.
    void set(String keyspace, String key, @Nullable String value) {
        if (value == null) {
            of(keyspace).remove(key);
        } else {
            of(keyspace).put(key, value);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Contents that && keyspaces.equals(that.keyspaces);
    }

    @Override
    public int hashCode() {
        return keyspaces.hashCode();
    }

    @Override
    public String toString() {
        return keyspaces.toString();
    }
}
