package dev.firn;

import java.util.Objects;

/// A key and its value, as a stream delivers them. The arrays belong to whoever received the entry.
public final class Entry {
    private final byte[] key;
    private final byte[] value;

    /// An entry of these arrays, which are not copied.
    @SuppressWarnings("MissingDefensiveCopy")
    public Entry(byte[] key, byte[] value) {
        this.key = Objects.requireNonNull(key, "key");
        this.value = Objects.requireNonNull(value, "value");
    }

    /// The key's bytes.
    @SuppressWarnings("MissingDefensiveCopy")
    public byte[] key() {
        return key;
    }

    /// The value's bytes.
    @SuppressWarnings("MissingDefensiveCopy")
    public byte[] value() {
        return value;
    }
}
