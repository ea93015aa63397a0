package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.size;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dropping a keyspace of a gigabyte, on real files.
///
/// A file system gives the blocks of a file back when its name is gone and nobody has it mapped any
/// more (on Linux `/proc/self/maps` tells). The names are gone when the call returns. The blocks are
/// free moments later, but for the tables that an open cursor may still read: those of its range,
/// for it goes on in either direction, until it is closed.
class DropScaleTest {
    private static final long GIGABYTE = 1L << 30;
    private static final int VALUE_BYTES = 1_000;
    private static final long ENTRIES = GIGABYTE / VALUE_BYTES + 10_000;

    @TempDir
    Path directory;

    @Test
    @Tag("long")
    void aDroppedGigabyteIsFree() throws Exception {
        try (Firn store = open()) {
            Keyspace space = fill(store);
            assertThat(space.get(number(7))).isNotNull();
            long before = size(directory, ".sst");
            assertThat(before).isGreaterThanOrEqualTo(GIGABYTE);
            long started = System.nanoTime();
            store.dropKeyspace("big");
            long dropped = System.nanoTime() - started;
            await(() -> size(directory, ".sst") == 0 && heldBytes() == 0);
            System.out.printf("DropScaleTest: %d MB dropped in %d ms, all free after %d ms%n",
                    before >> 20, dropped / 1_000_000, (System.nanoTime() - started) / 1_000_000);
        }
    }

    @Test
    @Tag("long")
    void aCursorHoldsOnlyWhatItMayRead() throws Exception {
        long from = ENTRIES / 2;
        long to = from + 1_000;
        try (Firn store = open()) {
            Keyspace space = fill(store);
            long before = size(directory, ".sst");
            try (Cursor cursor = space.scan(KeyRange.between(number(from), number(to)))) {
                assertThat(cursor.next()).isTrue();
                store.dropKeyspace("big");
                assertThat(size(directory, ".sst")).isZero();
                await(() -> heldBytes() < before / 5);
                System.out.printf("DropScaleTest: of %d MB a cursor over 1 MB holds %d MB%n",
                        before >> 20, heldBytes() >> 20);
                for (long i = from; i < to; i++) {
                    check(cursor, i);
                    assertThat(cursor.next()).isEqualTo(i + 1 < to);
                }
                for (long i = to - 1; i >= from; i--) {
                    assertThat(cursor.previous()).isTrue();
                    check(cursor, i);
                }
            }
            await(() -> heldBytes() == 0);
        }
    }

    @Test
    @Tag("long")
    void aDroppedGigabyteIsFreeWhileACursorFinishes() throws Exception {
        try (Firn store = open()) {
            Keyspace space = fill(store);
            long before = size(directory, ".sst");
            assertThat(before).isGreaterThanOrEqualTo(GIGABYTE);
            try (Cursor cursor = space.scan(KeyRange.all())) {
                assertThat(cursor.next()).isTrue();
                long started = System.nanoTime();
                store.dropKeyspace("big");
                long dropped = System.nanoTime() - started;
                assertThat(size(directory, ".sst")).isZero();
                System.out
                        .printf("DropScaleTest: %d MB dropped in %d ms beside a cursor, which holds"
                                + " %d MB%n", before >> 20, dropped / 1_000_000, heldBytes() >> 20);
                for (long i = 0; i < ENTRIES; i++) {
                    check(cursor, i);
                    assertThat(cursor.next()).isEqualTo(i + 1 < ENTRIES);
                }
                for (long i = ENTRIES - 1; i >= 0; i--) {
                    assertThat(cursor.previous()).isTrue();
                    check(cursor, i);
                }
            }
            long closed = System.nanoTime();
            await(() -> heldBytes() == 0);
            System.out.printf("DropScaleTest: all free %d ms after the cursor was closed%n",
                    (System.nanoTime() - closed) / 1_000_000);
        }
    }

    /// The same with little, every time.
    @Test
    void cursorsOverPartsFinish() throws Exception {
        int entries = 3_000;
        KeyspaceOptions tables = KeyspaceOptions.defaults().withTableBytes(64 << 10);
        try (Firn store = Firn.open(directory, TestData.small().withKeyspaceDefaults(tables))) {
            Keyspace space = store.keyspace("small");
            for (int i = 0; i < entries; i++) {
                space.put(number(i), value(i));
            }
            store.compact();
            long before = size(directory, ".sst");
            try (Cursor early = space.scan(KeyRange.between(number(10), number(40)));
                    Cursor late = space.scan(KeyRange.from(number(entries - 30)));
                    Cursor none = space.scan(KeyRange.from(number(entries)))) {
                assertThat(early.next()).isTrue();
                store.dropKeyspace("small");
                assertThat(size(directory, ".sst")).isZero();
                await(() -> heldBytes() < before / 2);
                for (int i = 10; i < 40; i++) {
                    check(early, i);
                    assertThat(early.next()).isEqualTo(i + 1 < 40);
                }
                for (int i = entries - 1; i >= entries - 30; i--) {
                    assertThat(late.previous()).isTrue();
                    check(late, i);
                }
                assertThat(late.previous()).isFalse();
                assertThat(none.next()).isFalse();
                assertThat(early.previous()).isTrue();
                check(early, 39);
            }
            await(() -> heldBytes() == 0);
        }
    }

    private static void check(Cursor cursor, long i) {
        if (TestData.number(cursor.key()) != i
                || i % 16 == 0 && !Arrays.equals(cursor.value(), value(i))) {
            throw new AssertionError("entry " + i + " is another one");
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    /// Freeing runs in the background.
    private static void await(Condition condition) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("not freed in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /// Bytes of tables of this test that have no name any more but are mapped; 0 where the system
    /// does not tell.
    private long heldBytes() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return 0;
        }
        String here = directory.toRealPath().toString();
        long held = 0;
        for (String line : Files.readAllLines(maps)) {
            if (line.endsWith(".sst (deleted)") && line.contains(here)) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-");
                held += Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16);
            }
        }
        return held;
    }

    private Firn open() {
        return Firn.open(directory, Options.defaults().withMemoryBytes(128L << 20));
    }

    private static Keyspace fill(Firn store) throws IOException {
        Keyspace space = store.keyspace("big");
        for (long i = 0; i < ENTRIES; i++) {
            space.put(number(i), value(i));
        }
        space.flush();
        assertThat(store.awaitIdle(Duration.ofMinutes(5))).isTrue();
        return space;
    }

    /// Bytes that do not compress.
    private static byte[] value(long seed) {
        byte[] value = new byte[VALUE_BYTES];
        long state = seed * 0x9e3779b97f4a7c15L + 1;
        for (int i = 0; i < VALUE_BYTES; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            value[i] = (byte) (state >>> 24);
        }
        return value;
    }
}
