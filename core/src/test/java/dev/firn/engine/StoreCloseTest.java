package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static dev.firn.engine.TestData.fails;
import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.KeyspaceReader;
import dev.firn.Options;
import dev.firn.Resources;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Closing: in every order, at any time, with nothing left behind and one answer afterwards.
class StoreCloseTest {
    @TempDir
    Path directory;

    private static final byte[] K = bytes("key");
    private static final byte[] V = bytes("value");
    private static final MemorySegment M = MemorySegment.ofArray(new byte[]{1});

    /// What throws once the reader's store, snapshot or keyspace is closed.
    private static Map<String, ThrowingCallable> calls(KeyspaceReader reader) {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("get", () -> reader.get(K));
        calls.put("get memory", () -> reader.get(M));
        calls.put("get into", () -> reader.get(K, M));
        calls.put("get memory into", () -> reader.get(M, M));
        calls.put("contains", () -> reader.contains(K));
        calls.put("contains memory", () -> reader.contains(M));
        calls.put("multiGet", () -> reader.multiGet(List.of(K)));
        calls.put("multiGet of none", () -> reader.multiGet(List.of()));
        calls.put("scan", () -> reader.scan(KeyRange.all()));
        calls.put("stream", () -> reader.stream(KeyRange.all()));
        calls.put("streamDescending", () -> reader.streamDescending(KeyRange.all()));
        return calls;
    }

    private static Map<String, ThrowingCallable> calls(Keyspace space) {
        Map<String, ThrowingCallable> calls = calls((KeyspaceReader) space);
        calls.put("options", space::options);
        calls.put("put", () -> space.put(K, V));
        calls.put("put with", () -> space.put(K, V, Durability.NONE));
        calls.put("put memory", () -> space.put(M, M));
        calls.put("put memory with", () -> space.put(M, M, Durability.SYNC));
        calls.put("delete", () -> space.delete(K));
        calls.put("delete with", () -> space.delete(K, Durability.NONE));
        calls.put("delete memory", () -> space.delete(M));
        calls.put("keyspace flush", space::flush);
        calls.put("keyspace compact", () -> space.compact(KeyRange.all()));
        calls.put("explain", () -> space.explain(K));
        return calls;
    }

    private static Map<String, ThrowingCallable> calls(Cursor cursor) {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("next", cursor::next);
        calls.put("previous", cursor::previous);
        calls.put("seek", () -> cursor.seek(K));
        calls.put("seekAtOrBefore", () -> cursor.seekAtOrBefore(K));
        calls.put("isValid", cursor::isValid);
        calls.put("key", cursor::key);
        calls.put("value", cursor::value);
        calls.put("keyLength", cursor::keyLength);
        calls.put("valueLength", cursor::valueLength);
        calls.put("copyKey", () -> cursor.copyKey(M));
        calls.put("copyValue", () -> cursor.copyValue(M));
        return calls;
    }

    private static Map<String, ThrowingCallable> calls(Firn store, WriteBatch batch) {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("keyspace", store::keyspace);
        calls.put("keyspace named", () -> store.keyspace("default"));
        calls.put("findKeyspace", () -> store.findKeyspace("default"));
        calls.put("createKeyspace",
                () -> store.createKeyspace("new", KeyspaceOptions.defaults()));
        calls.put("dropKeyspace", () -> store.dropKeyspace("other"));
        calls.put("keyspaceNames", store::keyspaceNames);
        calls.put("write", () -> store.write(batch));
        calls.put("write with", () -> store.write(batch, Durability.SYNC));
        calls.put("write nothing", () -> store.write(WriteBatch.create()));
        calls.put("snapshot", store::snapshot);
        calls.put("sync", store::sync);
        calls.put("flush", store::flush);
        calls.put("compact", store::compact);
        calls.put("awaitIdle", () -> store.awaitIdle(Duration.ZERO));
        calls.put("pauseCompaction", store::pauseCompaction);
        calls.put("resumeCompaction", store::resumeCompaction);
        calls.put("statistics", store::statistics);
        calls.put("tree", store::tree);
        calls.put("put", () -> store.put(K, V));
        calls.put("get", () -> store.get(K));
        calls.put("delete", () -> store.delete(K));
        calls.put("scan", () -> store.scan(KeyRange.all()));
        calls.put("stream", () -> store.stream(KeyRange.all()));
        return calls;
    }

    private static void allFail(Map<String, ThrowingCallable> calls) {
        calls.forEach((name, call) -> fails(Kind.CLOSED, name, call));
    }

    @Test
    void everythingIsClosedInEveryOrder() {
        int round = 0;
        for (List<Integer> order : permutations(List.of(0, 1, 2, 3))) {
            everythingIsClosed(directory.resolve("s" + round++), order);
        }
        assertThat(round).isEqualTo(24);
    }

    /// Closes snapshot (0), cursor (1), a cursor of the snapshot (2) and store (3) in an order; the
    /// resources are tried after each and refuse until the store is closed.
    private static void everythingIsClosed(Path path, List<Integer> order) {
        Resources resources = Resources.ofMemory(8L << 20);
        Firn store = Firn.open(path, small().withResources(resources));
        for (int i = 0; i < 100; i++) {
            store.put(number(i), random(i, 1_000));
        }
        Keyspace space = store.keyspace();
        WriteBatch batch = WriteBatch.create().put(space, K, V);
        Snapshot snapshot = store.snapshot();
        KeyspaceReader reader = snapshot.in(space);
        Cursor cursor = space.scan(KeyRange.all());
        assertThat(cursor.next()).isTrue();
        Cursor old = reader.scan(KeyRange.all());
        assertThat(old.next()).isTrue();
        Stream<Entry> stream = space.stream(KeyRange.all());
        Iterator<Entry> iterator = space.stream(KeyRange.all()).iterator();
        assertThat(iterator.next().key()).isEqualTo(number(0));
        boolean open = true;
        for (int what : order) {
            for (int twice = 0; twice < 2; twice++) {
                switch (what) {
                    case 0 -> snapshot.close();
                    case 1 -> cursor.close();
                    case 2 -> old.close();
                    default -> store.close();
                }
            }
            open &= what != 3;
            if (what == 0 || !open) {
                allFail(calls(reader));
                fails(Kind.CLOSED, snapshot::sequence);
                fails(Kind.CLOSED, () -> snapshot.in(space));
                assertThat(snapshot.isClosed()).isTrue();
            }
            if (what == 1 || !open) {
                allFail(calls(cursor));
            }
            if (what == 2 || !open) {
                allFail(calls(old));
            }
            if (open) {
                assertThatIllegalStateException().isThrownBy(resources::close);
                assertThat(space.isClosed()).isFalse();
                assertThat(store.get(number(1))).isEqualTo(random(1, 1_000));
            } else {
                assertThat(space.isClosed()).isTrue();
                assertThat(space.name()).isEqualTo("default");
                allFail(calls(space));
                allFail(calls(store, batch));
                fails(Kind.CLOSED, () -> {
                    while (iterator.hasNext()) {
                        iterator.next();
                    }
                });
            }
        }
        fails(Kind.CLOSED, stream::count);
        stream.close();
        resources.close();
        resources.close();
        assertThat(resources.memoryUsed()).isZero();
    }

    private static List<List<Integer>> permutations(List<Integer> of) {
        if (of.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> all = new ArrayList<>();
        for (Integer first : of) {
            List<Integer> rest = new ArrayList<>(of);
            rest.remove(first);
            for (List<Integer> more : permutations(rest)) {
                List<Integer> one = new ArrayList<>(List.of(first));
                one.addAll(more);
                all.add(one);
            }
        }
        return all;
    }

    @Test
    void closingBesideRunningThreadsEndsThemWithClosed() throws Exception {
        for (int round = 0; round < 6; round++) {
            closeBeside(directory.resolve("r" + round % 3), round);
        }
    }

    private interface Loop {
        void run(Firn store, long i);
    }

    private static void closeBeside(Path path, int round) throws Exception {
        Options options = small().withMemoryBytes(24L << 20);
        Firn store = Firn.open(path, options);
        long base = round * 1_000_000L;
        AtomicLong acknowledged = new AtomicLong(-1);
        List<Loop> loops = List.of(
                (s, i) -> {
                    s.put(number(base + i), random(base + i, 200));
                    acknowledged.set(i);
                },
                (s, i) -> {
                    byte[] value = s.get(number(base + i % 100));
                    assertThat(value == null || value.length == 200).isTrue();
                },
                (s, i) -> {
                    try (Cursor cursor = s.scan(KeyRange.from(number(base)))) {
                        for (int n = 0; n < 50 && cursor.next(); n++) {
                            assertThat(cursor.valueLength()).isEqualTo(200);
                        }
                    }
                },
                (s, i) -> {
                    if (i % 3 == 0) {
                        s.flush();
                    } else if (i % 3 == 1) {
                        s.compact();
                    } else {
                        s.keyspace("k").put(K, V, Durability.SYNC);
                        s.dropKeyspace("k");
                    }
                });
        ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        CountDownLatch running = new CountDownLatch(loops.size());
        List<Thread> threads = new ArrayList<>();
        for (Loop loop : loops) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (long i = 0;; i++) {
                        loop.run(store, i);
                        if (i == 10) {
                            running.countDown();
                        }
                    }
                } catch (FirnException e) {
                    if (e.kind() != Kind.CLOSED) {
                        wrong.add(e);
                    }
                } catch (Throwable t) {
                    wrong.add(t);
                } finally {
                    running.countDown();
                }
            }));
        }
        running.await();
        store.close();
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(wrong).isEmpty();
        assertThat(acknowledged.get()).isGreaterThanOrEqualTo(10);
        try (Firn again = Firn.open(path, options)) {
            for (long i = 0; i <= acknowledged.get(); i++) {
                assertThat(again.get(number(base + i))).isEqualTo(random(base + i, 200));
            }
        }
        assertThat(Firn.verify(path, read -> {}).isClean()).isTrue();
    }

    /// The last cursor on a dropped keyspace closes when the store has stopped waiting for reads and
    /// has not yet freed its memory.
    @Test
    void aCursorThatClosesInsideTheClosingOfTheStoreLeaksNothing() {
        SharedResources resources = SharedResources.create(8L << 20, 1, 0);
        SimulatedStorage storage = new SimulatedStorage();
        Store store = Store.open(Path.of("closing"), storage, small(), resources, false, 1);
        Keyspace space = store.keyspace("dropped");
        space.put(K, V);
        Cursor cursor = space.scan(KeyRange.all());
        store.dropKeyspace("dropped");
        AtomicLong closedIn = new AtomicLong();
        storage.beforeEach((now, operation) -> {
            if (store.isClosed() && operation.kind() == OperationKind.FORCE) {
                closedIn.incrementAndGet();
                cursor.close();
            }
        });
        store.close();
        assertThat(closedIn).as("forces of the closing").hasPositiveValue();
        resources.close();
        assertThat(resources.memoryUsed()).isZero();
        storage.openFiles().assertNone();
    }

    @Test
    void twoStoresShareResourcesAndGiveThemBack() {
        Resources resources = Resources.ofMemory(24L << 20);
        try (Firn a = Firn.open(directory.resolve("a"), small().withResources(resources));
                Firn b = Firn.open(directory.resolve("b"), small().withResources(resources))) {
            for (int i = 0; i < 20_000; i++) {
                a.put(number(i), random(i, 100));
                b.put(number(i), random(-i, 100));
            }
            a.close();
            for (int i = 0; i < 20_000; i += 7) {
                assertThat(b.get(number(i))).isEqualTo(random(-i, 100));
            }
            assertThatIllegalStateException().isThrownBy(resources::close);
            assertThat(resources.memoryUsed()).isPositive()
                    .isLessThanOrEqualTo(resources.memoryLimit());
        }
        assertThat(resources.memoryPeak()).isLessThanOrEqualTo(resources.memoryLimit());
        resources.close();
        assertThat(resources.memoryUsed()).isZero();
        fails(Kind.CLOSED, () -> Firn.open(directory.resolve("a"),
                small().withResources(resources)).close());
        Firn.open(directory.resolve("a")).close();
    }
}
