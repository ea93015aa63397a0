package dev.firn.engine;

import dev.firn.Keyspace;
import dev.firn.manifest.KeyspaceState;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The limits of arguments, each refused with a message that names the limit.
final class Limits {
    private Limits() {}

    static void key(byte[] key) {
        Objects.requireNonNull(key, "key");
        if (key.length > Keyspace.KEY_BYTES_MAX) {
            throw tooLong("key", key.length, Keyspace.KEY_BYTES_MAX);
        }
    }

    static int key(MemorySegment key) {
        Objects.requireNonNull(key, "key");
        if (key.byteSize() > Keyspace.KEY_BYTES_MAX) {
            throw tooLong("key", key.byteSize(), Keyspace.KEY_BYTES_MAX);
        }
        return (int) key.byteSize();
    }

    static void value(byte[] value) {
        Objects.requireNonNull(value, "value");
        if (value.length > Keyspace.VALUE_BYTES_MAX) {
            throw tooLong("value", value.length, Keyspace.VALUE_BYTES_MAX);
        }
    }

    static int value(MemorySegment value) {
        Objects.requireNonNull(value, "value");
        if (value.byteSize() > Keyspace.VALUE_BYTES_MAX) {
            throw tooLong("value", value.byteSize(), Keyspace.VALUE_BYTES_MAX);
        }
        return (int) value.byteSize();
    }

    /// Checks a keyspace's name: 1 to 64 characters of `A-Z a-z 0-9 _ . -`.
    static String name(String name) {
        Objects.requireNonNull(name, "name");
        if (!KeyspaceState.isName(name)) {
            throw new IllegalArgumentException(
                    "a keyspace name has 1 to 64 characters of A-Z a-z 0-9 _ . -, which \""
                            + name
                            + "\" has not");
        }
        return name;
    }

    private static IllegalArgumentException tooLong(String what, long length, long limit) {
        return new IllegalArgumentException(
                "a " + what + " has at most " + limit + " bytes; this one has " + length);
    }
}
