package dev.firn.key;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable user key with value semantics, in unsigned byte order; for metadata, not for the
/// paths.
public final class UserKey implements Comparable<UserKey> {
    private final byte[] bytes;

    private UserKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A key of a copy of the bytes.
    public static UserKey copyOf(byte[] bytes) {
        return new UserKey(bytes.clone());
    }

    /// A key that takes the array over: nobody changes it any more.
    public static UserKey owning(byte[] bytes) {
        return new UserKey(bytes);
    }

    /// The bytes themselves, not to be changed.
    @SuppressWarnings("MissingDefensiveCopy")
    public byte[] bytes() {
        return bytes;
    }

    /// Compares with a part of an array.
    public int compareTo(byte[] other, int at, int length) {
        return Arrays.compareUnsigned(bytes, 0, bytes.length, other, at, at + length);
    }

    @Override
    public int compareTo(UserKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// The length only: keys are not shown in messages.
    @Override
    public String toString() {
        return "key of " + bytes.length + " bytes";
    }
}
