package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.size;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.KeyspaceReader;
import dev.firn.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a snapshot or cursor has seen stays, and goes when nobody needs it.
class SnapshotTest {
    private static final int KEYS = 2_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(CompactionShape.class)
    void oldValuesOutliveOverwritesAndCompactions(CompactionShape shape) throws Exception {
        outlive(shape, shape == CompactionShape.HYBRID ? 100_000 : 30_000);
    }

    @Test
    @Tag("long")
    void oldValuesOutliveAMillionOverwrites() throws Exception {
        outlive(CompactionShape.HYBRID, 1_000_000);
    }

    private void outlive(CompactionShape shape, int overwrites) throws Exception {
        KeyspaceOptions options = KeyspaceOptions.defaults().withShape(shape)
                .withTableBytes(256 << 10);
        try (Firn store = Firn.open(directory,
                small().withMemoryBytes(32L << 20).withMemtableBytes(256 << 10)
                        .withKeyspaceDefaults(options))) {
            Keyspace space = store.keyspace();
            // Even numbers have values; odd ones come later; of those every tenth is deleted.
            for (int i = 0; i < KEYS; i++) {
                space.put(number(2L * i), random(i, 50));
            }
            for (int i = 0; i < KEYS; i += 10) {
                space.delete(number(2L * i));
            }
            try (Snapshot snapshot = store.snapshot();
                    Cursor cursor = space.scan(KeyRange.all())) {
                assertThat(cursor.seek(number(KEYS))).isTrue();
                Random random = new Random(5);
                for (int i = 0; i < overwrites; i++) {
                    byte[] key = number(random.nextInt(2 * KEYS));
                    if (i % 7 == 0) {
                        space.delete(key);
                    } else {
                        space.put(key, number(i));
                    }
                    if (i % (overwrites / 10) == overwrites / 10 - 1) {
                        store.compact();
                    }
                }
                long compactions = store.statistics().work().compactions();
                System.out.printf("SnapshotTest: %s, %d overwrites, %d compactions%n", shape,
                        overwrites, compactions);
                assertThat(compactions).isGreaterThanOrEqualTo(10);
                checkOld(snapshot.in(space));
                // The cursor goes on from where it was, and back.
                checkBackward(cursor);
                checkForward(cursor);
                assertThat(entries(store)).isGreaterThan(KEYS * 9L / 10);
            }
            store.compact();
            assertThat(entries(store)).as("nobody needs more than one version of a key")
                    .isEqualTo(space.stream(KeyRange.all()).count());
        }
    }

    private static long entries(Firn store) {
        return store.statistics().keyspaces().getFirst().total().entries();
    }

    private static void checkOld(KeyspaceReader reader) {
        for (int i = 0; i < KEYS; i++) {
            byte[] expected = i % 10 == 0 ? null : random(i, 50);
            assertThat(Arrays.equals(reader.get(number(2L * i)), expected)).isTrue();
            assertThat(reader.contains(number(2L * i + 1))).isFalse();
        }
        try (Cursor cursor = reader.scan(KeyRange.all())) {
            checkForward(cursor);
            checkBackward(cursor);
        }
    }

    private static void checkForward(Cursor cursor) {
        boolean found = cursor.seek(number(0));
        for (int i = 0; i < KEYS; i++) {
            if (i % 10 != 0) {
                assertThat(found).isTrue();
                check(cursor, i);
                found = cursor.next();
            }
        }
        assertThat(found).isFalse();
    }

    private static void checkBackward(Cursor cursor) {
        boolean found = cursor.seekAtOrBefore(number(Long.MAX_VALUE));
        for (int i = KEYS - 1; i >= 0; i--) {
            if (i % 10 != 0) {
                assertThat(found).isTrue();
                check(cursor, i);
                found = cursor.previous();
            }
        }
        assertThat(found).isFalse();
    }

    private static void check(Cursor cursor, int i) {
        if (TestData.number(cursor.key()) != 2L * i
                || !Arrays.equals(cursor.value(), random(i, 50))) {
            throw new AssertionError("entry " + i + " is another one");
        }
    }

    @Test
    void aSnapshotIsOneMomentOfAllKeyspaces() {
        try (Firn store = Firn.open(directory)) {
            Keyspace a = store.keyspace("a");
            a.put(number(1), number(1));
            try (Snapshot first = store.snapshot()) {
                Keyspace later = store.keyspace("later");
                later.put(number(1), number(2));
                a.put(number(1), number(2));
                try (Snapshot second = store.snapshot()) {
                    store.compact();
                    assertThat(first.in(a).get(number(1))).isEqualTo(number(1));
                    assertThat(first.in(later).get(number(1))).isNull();
                    assertThat(second.in(a).get(number(1))).isEqualTo(number(2));
                    assertThat(second.in(later).get(number(1))).isEqualTo(number(2));
                    assertThat(second.sequence()).isEqualTo(first.sequence() + 2);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CompactionShape.class)
    void aDroppedKeyspaceFreesItsFilesAndItsCursorGoesOn(CompactionShape shape) throws Exception {
        int entries = 20_000;
        try (Firn store = Firn.open(directory, small())) {
            Keyspace space = store.createKeyspace("big", KeyspaceOptions.defaults()
                    .withShape(shape).withTableBytes(64 << 10));
            for (int i = 0; i < entries; i++) {
                space.put(number(i), random(i, 200));
            }
            space.flush();
            assertThat(store.awaitIdle(Duration.ofMinutes(1))).isTrue();
            // Some of it is in the memtable only.
            space.put(number(entries), random(entries, 200));
            long before = size(directory, ".sst");
            assertThat(before).isGreaterThan(3L << 20);
            Cursor cursor = space.scan(KeyRange.all());
            Cursor fresh = space.scan(KeyRange.all());
            assertThat(cursor.next()).isTrue();
            store.dropKeyspace("big");
            // Unlinked at once, though the cursors read them still.
            assertThat(size(directory, ".sst")).isZero();
            assertThat(store.keyspaceNames()).containsExactly("default");
            for (int i = 0; i <= entries; i++) {
                assertThat(TestData.number(cursor.key())).isEqualTo(i);
                assertThat(Arrays.equals(cursor.value(), random(i, 200))).isTrue();
                assertThat(cursor.next()).isEqualTo(i < entries);
            }
            assertThat(fresh.previous()).isTrue();
            assertThat(fresh.key()).isEqualTo(number(entries));
            cursor.close();
            assertThat(fresh.seek(number(7))).isTrue();
            fresh.close();
            assertThat(store.statistics().handles().cursors()).isZero();
            // Freed in the background, when the reads that were running have left.
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (store.statistics().memory().tables() > 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(store.statistics().memory().tables()).isZero();
            // A new one of the name is empty and works.
            Keyspace again = store.keyspace("big");
            assertThat(again.stream(KeyRange.all())).isEmpty();
            again.put(number(1), number(1));
            assertThat(again.get(number(1))).isEqualTo(number(1));
        }
        assertThat(Firn.verify(directory, read -> {}).isClean()).isTrue();
    }
}
