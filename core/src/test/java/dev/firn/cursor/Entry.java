package dev.firn.cursor;

import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An entry on the heap, in entry order: what the models of the tests consist of.
public record Entry(byte[] key, long trailer, byte[] value) implements Comparable<Entry> {
    public static Entry put(String key, long sequence, String value) {
        return new Entry(bytes(key), Trailer.of(sequence, ValueKind.PUT), bytes(value));
    }

    public static Entry delete(String key, long sequence) {
        return new Entry(bytes(key), Trailer.of(sequence, ValueKind.DELETE), new byte[0]);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public long sequence() {
        return Trailer.sequence(trailer);
    }

    public boolean isDelete() {
        return Trailer.isDelete(trailer);
    }

    /// The least possible entry at a position: what a seek looks for.
    static Entry position(byte[] key, long trailer) {
        return new Entry(key, trailer, new byte[0]);
    }

    @Override
    public int compareTo(Entry other) {
        int order = Arrays.compareUnsigned(key, other.key);
        return order != 0 ? order : Long.compareUnsigned(other.trailer, trailer);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry that
                && Arrays.equals(key, that.key)
                && trailer == that.trailer
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key) + Long.hashCode(trailer);
    }

    @Override
    public String toString() {
        return new String(key, StandardCharsets.ISO_8859_1)
                + "#"
                + sequence()
                + (isDelete() ? " deleted" : "=" + new String(value, StandardCharsets.ISO_8859_1));
    }
}
