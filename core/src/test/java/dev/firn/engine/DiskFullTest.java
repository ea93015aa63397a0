package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Cursor;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.KeyRange;
import dev.firn.Options;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A full disk refuses writes and nothing else; space brings the store back without a reopen.
class DiskFullTest {
    private static final long MEMORY = 8L << 20;

    /// Slack of the capacity over what the store takes with its first entries: none, and enough for
    /// some flushes or a merge to meet the end instead of the log.
    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20, 5 << 20})
    void writesFailAndResume(long slack) throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        SharedResources resources = SharedResources.create(MEMORY, 2, 0);
        Options options = Options.defaults().withMemtableBytes(128 << 10)
                .withLogBytesMax(1 << 20);
        long written = 0;
        try (Store store = Store.open(Path.of("full"), storage, options, resources, false, 1)) {
            for (; written < 500; written++) {
                store.put(number(written), random(written, 500));
            }
            for (int round = 0; round < 2; round++) {
                storage.capacity(used(storage) + slack);
                FirnException full = null;
                while (full == null) {
                    assertThat(written).as("the disk never gets full").isLessThan(200_000);
                    try {
                        store.put(number(written), random(written, 500));
                        written++;
                    } catch (FirnException e) {
                        full = e;
                    }
                }
                assertThat(full.kind()).as(full.toString()).isEqualTo(Kind.DISK_FULL);
                for (int again = 0; again < 3; again++) {
                    // There may be room for a small one now and then, as background work gives
                    // files back; whatever is acknowledged counts.
                    try {
                        store.put(number(written), random(written, 500));
                        written++;
                    } catch (FirnException e) {
                        assertThat(e.kind()).as(e.toString()).isEqualTo(Kind.DISK_FULL);
                    }
                }
                check(store, written);
                assertThat(resources.memoryUsed()).isLessThanOrEqualTo(MEMORY);
                storage.capacity(Long.MAX_VALUE);
                for (int more = 0; more < 500; more++) {
                    store.put(number(written), random(written, 500));
                    written++;
                }
                store.flush();
                assertThat(store.awaitIdle(Duration.ofMinutes(1))).isTrue();
                while (store.statistics().failure() != null) {
                    // Told until the next try, a tenth of a second later at most, succeeds.
                    Thread.onSpinWait();
                }
                check(store, written);
            }
        }
        try (Store store = Store.open(Path.of("full"), storage, options, resources, false, 1)) {
            check(store, written);
        }
        storage.openFiles().assertNone();
        resources.close();
        assertThat(resources.memoryUsed()).isZero();
    }

    /// Far less than a usual segment of the log: enough to delete something. Less than that is told
    /// with how much to free.
    @Test
    void aStoreOpensOnAnAlmostFullDisk() throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        SharedResources resources = SharedResources.create(MEMORY, 2, 0);
        Options options = Options.defaults();
        try (Store store = Store.open(Path.of("full"), storage, options, resources, false, 1)) {
            for (long n = 0; n < 100; n++) {
                store.put(number(n), random(n, 500));
            }
        }
        storage.capacity(used(storage) + (100 << 10));
        try (Store store = Store.open(Path.of("full"), storage, options, resources, false, 1)) {
            store.delete(number(99));
            check(store, 99);
        }
        storage.capacity(used(storage) + (10 << 10));
        assertThatThrownBy(
                () -> Store.open(Path.of("full"), storage, options, resources, false, 1))
                .hasMessageContaining("cannot be opened to write")
                .hasMessageContaining("free at least 128 KiB")
                .extracting("kind").isEqualTo(Kind.DISK_FULL);
        try (Store store = Store.open(Path.of("full"), storage, options.withReadOnly(true),
                resources, false, 1)) {
            check(store, 99);
        }
        // Each of them adds a segment, which usually leads to a flush at some opening.
        for (long n = 98; n >= 70; n--) {
            storage.capacity(used(storage) + (100 << 10) - (n % 20 << 10));
            try (Store store =
                    Store.open(Path.of("full"), storage, options, resources, false, 1)) {
                store.delete(number(n));
                check(store, n);
            }
        }
        // What a crash leaves has to go into tables first: as much again as the log.
        storage.capacity(Long.MAX_VALUE);
        SimulatedStorage crashed;
        try (Store store = Store.open(Path.of("full"), storage, options, resources, false, 1)) {
            store.put(number(99), random(99, 500));
            crashed = storage.processCrash();
        }
        long log = crashed.list().stream().filter(file -> file.name().endsWith(".log"))
                .mapToLong(Storage.FileInfo::bytes).sum();
        crashed.capacity(used(crashed) + (10 << 10));
        assertThatThrownBy(
                () -> Store.open(Path.of("full"), crashed, options, resources, false, 1))
                .hasMessageContaining("free at least " + (log / 1024 + 128) + " KiB");
        resources.close();
    }

    private static long used(SimulatedStorage storage) throws IOException {
        return storage.list().stream().mapToLong(Storage.FileInfo::bytes).sum();
    }

    private static void check(Store store, long written) {
        long n = 0;
        try (Cursor cursor = store.scan(KeyRange.all())) {
            while (cursor.next()) {
                assertThat(cursor.key()).isEqualTo(number(n));
                assertThat(cursor.value()).isEqualTo(random(n, 500));
                n++;
            }
        }
        assertThat(n).isEqualTo(written);
        assertThat(store.get(number(written / 2))).isEqualTo(random(written / 2, 500));
        assertThat(store.get(number(written))).isNull();
    }
}
