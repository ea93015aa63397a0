package dev.firn;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The bytes of a key as an immutable value, for figures and messages.
public final class KeyBytes implements Comparable<KeyBytes> {
    private final byte[] bytes;

    /// A value of a copy of the bytes.
    public KeyBytes(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// A copy of the bytes.
    public byte[] toArray() {
        return bytes.clone();
    }

    @Override
    public int compareTo(KeyBytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// The text, when all bytes are printable ASCII, else hexadecimal with `0x`.
    @Override
    public String toString() {
        for (byte b : bytes) {
            if (b < 0x20 || b > 0x7e) {
                return "0x" + HexFormat.of().formatHex(bytes);
            }
        }
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
