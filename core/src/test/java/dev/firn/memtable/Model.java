package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a memtable should hold, in a `TreeMap`, and the comparison of the two.
final class Model {
    /// A version of a key. Newer versions of a key come first.
    record Version(byte[] key, long trailer) {
        static final Comparator<Version> ORDER = Comparator
                .comparing(Version::key, Arrays::compareUnsigned)
                .thenComparing(Version::trailer, (a, b) -> Long.compareUnsigned(b, a));

        @Override
        public String toString() {
            return "key of " + key.length + " bytes, hash " + Arrays.hashCode(key) + ", sequence "
                    + Trailer.sequence(trailer);
        }
    }

    final NavigableMap<Version, byte[]> entries = new TreeMap<>(Version.ORDER);
    final Memtable memtable;
    long sequence;

    Model(Memtable memtable) {
        this.memtable = memtable;
    }

    /// Inserts into both, or, where the memtable refuses, into neither.
    boolean insert(byte[] key, ValueKind kind, byte[] value) {
        byte[] padded = new byte[key.length + 3];
        System.arraycopy(key, 0, padded, 2, key.length);
        long trailer = Trailer.of(sequence + 1, kind);
        if (!memtable.insert(padded, 2, key.length, trailer, MemorySegment.ofArray(value), 0,
                value.length)) {
            return false;
        }
        Arrays.fill(padded, (byte) 77);
        sequence++;
        entries.put(new Version(key, trailer), value.clone());
        return true;
    }

    boolean put(byte[] key, byte[] value) {
        return insert(key, ValueKind.PUT, value);
    }

    /// Compares one lookup.
    void checkFind(byte[] key, long at) {
        @Nullable
        Version expected = entries.ceilingKey(new Version(key, Trailer.seek(at)));
        if (expected != null && !Arrays.equals(expected.key, key)) {
            expected = null;
        }
        long found = memtable.find(key, 0, key.length, at);
        if (expected == null) {
            assertThat(found).isZero();
            return;
        }
        assertThat(found).isNotZero();
        assertThat(memtable.trailer(found)).isEqualTo(expected.trailer);
        byte[] value = entries.get(expected);
        assertThat(memtable.valueLength(found)).isEqualTo(value.length);
        ValueTarget target = new ValueTarget();
        target.toArray();
        memtable.readValue(found, target);
        assertThat(target.array()).isEqualTo(value);
    }

    /// Compares the figures and everything a cursor shows, in both directions.
    void checkAll() throws IOException {
        assertThat(memtable.entries()).isEqualTo(entries.size());
        assertThat(memtable.tombstones()).isEqualTo(
                entries.keySet().stream().filter(v -> Trailer.isDelete(v.trailer)).count());
        assertThat(memtable.lastSequence()).isEqualTo(entries.isEmpty() ? 0 : sequence);
        try (EntryCursor cursor = memtable.cursor()) {
            boolean more = cursor.seekToFirst();
            for (Version version : entries.keySet()) {
                assertThat(more).isTrue();
                checkAt(cursor, version);
                more = cursor.next();
            }
            assertThat(more).isFalse();
            more = cursor.seekToLast();
            for (Version version : entries.descendingKeySet()) {
                assertThat(more).isTrue();
                checkAt(cursor, version);
                more = cursor.previous();
            }
            assertThat(more).isFalse();
        }
    }

    /// Whether the cursor is at the version, with its value.
    void checkAt(EntryCursor cursor, Version version) throws IOException {
        assertThat(at(cursor)).usingComparator(Version.ORDER).isEqualTo(version);
        byte[] value = new byte[cursor.valueLength() + 1];
        cursor.copyValue(0, MemorySegment.ofArray(value), 1, value.length - 1);
        assertThat(Arrays.copyOfRange(value, 1, value.length)).isEqualTo(entries.get(version));
    }

    /// The version a cursor is at.
    static Version at(EntryCursor cursor) {
        assertThat(cursor.isValid()).isTrue();
        byte[] key = cursor.keyMemory().asSlice(cursor.keyOffset(), cursor.keyLength())
                .toArray(ValueLayout.JAVA_BYTE);
        return new Version(key, cursor.trailer());
    }
}
