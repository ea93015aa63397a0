package dev.firn.engine;

import dev.firn.KeyRange;
import dev.firn.KeyspaceReader;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys of one thread, and what it wrote to them last.
final class StormKeys {
    static final int COUNT = 40;
    private final long base;
    final byte @Nullable [][] values = new byte[COUNT][];

    StormKeys(int thread) {
        this.base = (long) thread << 32;
    }

    byte[] key(int i) {
        return TestData.number(base + i);
    }

    KeyRange range() {
        return KeyRange.between(key(0), TestData.number(base + COUNT));
    }

    /// The first that has a value, or -1.
    int first() {
        for (int i = 0; i < COUNT; i++) {
            if (values[i] != null) {
                return i;
            }
        }
        return -1;
    }

    /// The last that has one.
    int last() {
        int last = COUNT - 1;
        while (values[last] == null) {
            last--;
        }
        return last;
    }

    void check(KeyspaceReader reader) {
        for (int i = 0; i < COUNT; i++) {
            if (!Arrays.equals(reader.get(key(i)), values[i])) {
                throw new Violation(Kind.LOST, "key " + i + " is not as it was written");
            }
        }
    }
}
