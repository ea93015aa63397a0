package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceReader;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Threads that do everything at once, on real files.
///
/// Writers keep an invariant: a batch writes one number to a key in two keyspaces and to the
/// key's twin, and numbers of a key only grow. So every snapshot finds the four values equal, and
/// no read goes back behind an earlier one.
class ConcurrencyTest {
    private static final int KEYS = 500;
    private static final int WRITES = 6_000;
    private static final long TWIN = 1L << 40;

    @TempDir
    Path directory;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    private interface Action {
        void run() throws Exception;
    }

    private Thread start(Action action) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                action.run();
            } catch (Throwable t) {
                failures.add(t);
            }
        });
        threads.add(thread);
        return thread;
    }

    private Thread startLoop(AtomicBoolean done, Action action) {
        return start(() -> {
            do {
                action.run();
            } while (!done.get() && failures.isEmpty());
        });
    }

    /// Waits for the first threads, tells the others, and reports what went wrong.
    private void join(int first, AtomicBoolean done) throws InterruptedException {
        for (Thread thread : threads.subList(0, first)) {
            thread.join();
        }
        done.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        for (Throwable failure : failures) {
            throw new AssertionError("a thread failed", failure);
        }
    }

    private static byte[] value(long n) {
        return Arrays.copyOf(number(n), 40 + (int) (n % 400));
    }

    @Test
    void readsAreConsistentBesideEverything() throws Exception {
        try (Firn store = Firn.open(directory, small().withMemoryBytes(24L << 20))) {
            Keyspace left = store.keyspace("left");
            Keyspace right = store.keyspace("right");
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong numbers = new AtomicLong();
            // Two writers, each with the keys of one parity: numbers of a key only grow.
            for (int writer = 0; writer < 2; writer++) {
                int parity = writer;
                start(() -> write(store, left, right, numbers, parity));
            }
            long[] seen = new long[KEYS];
            Random random = new Random(1);
            startLoop(done, () -> {
                int key = random.nextInt(KEYS);
                long now = read(left, key);
                assertThat(now).as("key %d goes back", key).isGreaterThanOrEqualTo(seen[key]);
                seen[key] = now;
                // Read later, so it is not older.
                assertThat(read(right, key)).isGreaterThanOrEqualTo(now);
            });
            startLoop(done, () -> multiGet(left, new Random(numbers.get())));
            startLoop(done, () -> snapshots(store, left, right, new Random(numbers.get())));
            startLoop(done, () -> scan(left));
            int[] turn = new int[1];
            startLoop(done, () -> {
                try {
                    switch (turn[0]++ % 4) {
                        case 0 -> store.flush();
                        case 1 -> store.compact();
                        case 2 -> left.compact(KeyRange.between(number(10), number(200)));
                        default -> right.flush();
                    }
                } catch (FirnException e) {
                    // On a busy machine readers may hold so much of the small budget for a while
                    // that a flush has to be tried again; it is told, and nothing is lost.
                    if (e.kind() != FirnException.Kind.OUT_OF_MEMORY) {
                        throw e;
                    }
                }
            });
            startLoop(done, () -> keyspaceComesAndGoes(store));
            join(2, done);
            assertThat(store.awaitIdle(java.time.Duration.ofMinutes(1))).isTrue();
            assertThat(store.statistics().failure()).isNull();
            assertThat(store.statistics().handles().cursors()).isZero();
            assertThat(store.statistics().handles().snapshots()).isZero();
        }
        assertThat(Firn.verify(directory, read -> {}).isClean()).isTrue();
        try (Firn store = Firn.open(directory); Snapshot snapshot = store.snapshot()) {
            equal(snapshot, store.keyspace("left"), store.keyspace("right"));
        }
    }

    private static void write(
            Firn store, Keyspace left, Keyspace right, AtomicLong numbers, int parity) {
        Random random = new Random(parity);
        WriteBatch batch = WriteBatch.create();
        for (int i = 0; i < WRITES; i++) {
            long key = random.nextInt(KEYS / 2) * 2L + parity;
            byte[] value = value(numbers.incrementAndGet());
            batch.clear();
            batch.put(left, number(key), value).put(right, number(key), value);
            batch.put(left, number(TWIN + key), value).put(right, number(TWIN + key), value);
            store.write(batch, i % 500 == 0 ? Durability.SYNC : Durability.BUFFERED);
        }
    }

    private static long read(KeyspaceReader reader, long key) {
        byte[] value = reader.get(number(key));
        return value == null ? 0 : TestData.number(value);
    }

    private static void multiGet(Keyspace space, Random random) {
        long key = random.nextInt(KEYS);
        List<byte[]> values = space.multiGet(List.of(number(key), number(TWIN + key)));
        assertThat(values.get(0)).isEqualTo(values.get(1));
    }

    private static void snapshots(Firn store, Keyspace left, Keyspace right, Random random) {
        try (Snapshot snapshot = store.snapshot()) {
            long[] first = new long[20];
            long[] keys = random.longs(20, 0, KEYS).toArray();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < keys.length; i++) {
                    long now = read(snapshot.in(left), keys[i]);
                    assertThat(round == 0 || first[i] == now).as("repeatable").isTrue();
                    first[i] = now;
                    assertThat(read(snapshot.in(right), keys[i])).isEqualTo(now);
                    assertThat(read(snapshot.in(left), TWIN + keys[i])).isEqualTo(now);
                    assertThat(read(snapshot.in(right), TWIN + keys[i])).isEqualTo(now);
                }
                equal(snapshot, left, right);
            }
        }
    }

    /// Two keyspaces have the same entries in a snapshot, by scans in both directions.
    private static void equal(Snapshot snapshot, Keyspace left, Keyspace right) {
        try (Cursor a = snapshot.in(left).scan(KeyRange.to(number(TWIN)));
                Cursor b = snapshot.in(right).scan(KeyRange.from(number(TWIN)))) {
            int entries = 0;
            while (a.next()) {
                assertThat(b.next()).isTrue();
                assertThat(TestData.number(b.key())).isEqualTo(TWIN + TestData.number(a.key()));
                assertThat(b.value()).isEqualTo(a.value());
                entries++;
            }
            assertThat(b.next()).isFalse();
            for (int i = 0; i < entries; i++) {
                assertThat(a.previous()).isTrue();
                assertThat(b.previous()).isTrue();
                assertThat(b.value()).isEqualTo(a.value());
            }
            assertThat(a.previous()).isFalse();
        }
    }

    private static void scan(Keyspace space) {
        try (Cursor cursor = space.scan(KeyRange.all())) {
            byte[] last = null;
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (last != null) {
                    assertThat(Arrays.compareUnsigned(last, key)).isNegative();
                }
                last = key;
                assertThat(cursor.value()).isEqualTo(value(TestData.number(cursor.value())));
            }
        }
    }

    private static void keyspaceComesAndGoes(Firn store) {
        Keyspace space = store.keyspace("passing");
        assertThat(space.get(number(0))).isNull();
        for (int i = 0; i < 300; i++) {
            space.put(number(i), random(i, 200));
        }
        space.flush();
        for (int i = 0; i < 50; i++) {
            space.put(number(i), number(i));
        }
        try (Cursor cursor = space.scan(KeyRange.all())) {
            assertThat(cursor.next()).isTrue();
            store.dropKeyspace("passing");
            for (int i = 0; i < 300; i++) {
                assertThat(TestData.number(cursor.key())).isEqualTo(i);
                assertThat(cursor.value()).isEqualTo(i < 50 ? number(i) : random(i, 200));
                assertThat(cursor.next()).isEqualTo(i < 299);
            }
        }
    }

    @Test
    void interruptsDisturbNothingAndAreKept() throws Exception {
        for (boolean mapped : new boolean[]{true, false}) {
            threads.clear();
            interruptStorm(small().withMappedReads(mapped));
        }
    }

    private void interruptStorm(Options options) throws Exception {
        int entries = 3_000;
        Path path = directory.resolve("mapped " + options.mappedReads());
        try (Firn store = Firn.open(path, options)) {
            AtomicLong written = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong kept = new AtomicLong();
            Thread writer = start(() -> {
                for (int i = 0; i < entries; i++) {
                    Thread.currentThread().interrupt();
                    store.keyspace().put(number(i), random(i, 150),
                            i % 50 == 0 ? Durability.SYNC : Durability.BUFFERED);
                    assertThat(Thread.interrupted()).as("kept by put").isTrue();
                    if (i % 500 == 499) {
                        Thread.currentThread().interrupt();
                        store.flush();
                        assertThat(Thread.interrupted()).as("kept by flush").isTrue();
                        Thread.currentThread().interrupt();
                        store.compact();
                        assertThat(Thread.interrupted()).as("kept by compact").isTrue();
                    }
                    written.set(i + 1);
                }
            });
            Random random = new Random(3);
            Thread reader = startLoop(done, () -> {
                long n = written.get();
                if (n > 0) {
                    long i = random.nextInt((int) n);
                    Thread.currentThread().interrupt();
                    assertThat(store.get(number(i))).isEqualTo(random(i, 150));
                    assertThat(Thread.interrupted()).as("kept by get").isTrue();
                    kept.incrementAndGet();
                }
            });
            Thread scanner = startLoop(done, () -> {
                Thread.currentThread().interrupt();
                long from = written.get();
                try (Cursor cursor = store.scan(KeyRange.all())) {
                    long n = 0;
                    while (cursor.next()) {
                        assertThat(TestData.number(cursor.key())).isEqualTo(n++);
                    }
                    assertThat(n).isGreaterThanOrEqualTo(from);
                }
                assertThat(Thread.interrupted()).as("kept by a scan").isTrue();
            });
            // A storm from outside too, at any point of a call; the readers' own checks hold all
            // the same, since a flag that is set again is still set.
            start(() -> {
                while (!done.get() && failures.isEmpty()) {
                    reader.interrupt();
                    scanner.interrupt();
                    writer.interrupt();
                    Thread.onSpinWait();
                }
            });
            join(1, done);
            assertThat(kept.get()).isPositive();
            assertThat(store.statistics().failure()).isNull();
            store.put(number(entries), number(0));
            store.flush();
        }
        try (Firn store = Firn.open(path, options)) {
            assertThat(store.stream(KeyRange.all()).count()).isEqualTo(entries + 1);
        } catch (FirnException e) {
            throw new AssertionError("the store does not open after the storm", e);
        }
    }
}
