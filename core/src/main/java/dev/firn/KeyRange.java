package dev.firn;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A range of keys in unsigned byte order: from a lower bound (inclusive) to an upper bound
/// (exclusive), either of which may be absent. Immutable; the arrays are copied in and out.
public final class KeyRange {
    private static final KeyRange ALL = new KeyRange(null, null);

    private final byte @Nullable [] from;
    private final byte @Nullable [] to;

    private KeyRange(byte @Nullable [] from, byte @Nullable [] to) {
        this.from = from;
        this.to = to;
    }

    /// Every key.
    public static KeyRange all() {
        return ALL;
    }

    /// The keys at or after `from` and before `to`. Empty when `from` is not before `to`.
    public static KeyRange between(byte[] from, byte[] to) {
        return new KeyRange(
                Objects.requireNonNull(from, "from").clone(),
                Objects.requireNonNull(to, "to").clone());
    }

    /// The keys at or after `from`.
    public static KeyRange from(byte[] from) {
        return new KeyRange(Objects.requireNonNull(from, "from").clone(), null);
    }

    /// The keys before `to`.
    public static KeyRange to(byte[] to) {
        return new KeyRange(null, Objects.requireNonNull(to, "to").clone());
    }

    /// The keys that begin with `prefix` (all keys, if it is empty).
    public static KeyRange prefix(byte[] prefix) {
        byte[] from = Objects.requireNonNull(prefix, "prefix").clone();
        int end = from.length;
        while (end > 0 && from[end - 1] == (byte) 0xff) {
            end--;
        }
        if (end == 0) {
            return from.length == 0 ? ALL : new KeyRange(from, null);
        }
        byte[] to = Arrays.copyOf(from, end);
        to[end - 1]++;
        return new KeyRange(from, to);
    }

    /// The inclusive lower bound, or null when there is none.
    public byte @Nullable [] from() {
        return from == null ? null : from.clone();
    }

    /// The exclusive upper bound, or null when there is none.
    public byte @Nullable [] to() {
        return to == null ? null : to.clone();
    }

    /// Whether the key lies in the range.
    public boolean contains(byte[] key) {
        Objects.requireNonNull(key, "key");
        return (from == null || Arrays.compareUnsigned(key, from) >= 0)
                && (to == null || Arrays.compareUnsigned(key, to) < 0);
    }

    /// Whether no key can lie in the range.
    public boolean isEmpty() {
        return to != null && Arrays.compareUnsigned(from == null ? new byte[0] : from, to) >= 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyRange that
                && Arrays.equals(from, that.from)
                && Arrays.equals(to, that.to);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
    }

    /// Says which bounds there are and how long they are, not their content.
    @Override
    public String toString() {
        return "KeyRange["
                + (from == null ? "first" : from.length + " bytes")
                + " .. "
                + (to == null ? "last" : to.length + " bytes")
                + "]";
    }
}
