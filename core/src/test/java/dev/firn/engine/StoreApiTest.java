package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static dev.firn.engine.TestData.fails;
import static dev.firn.engine.TestData.fingerprint;
import static dev.firn.engine.TestData.keys;
import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static dev.firn.engine.TestData.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.Statistics;
import dev.firn.WriteBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the interfaces promise, on real files.
class StoreApiTest {
    @TempDir
    Path directory;

    private static final byte[] K = bytes("key");
    private static final byte[] V = bytes("value");
    private static final MemorySegment M = MemorySegment.ofArray(new byte[]{1});

    @Test
    void nullsAreRefusedByName() {
        isNamed("directory", () -> Firn.open(null).close());
        isNamed("options", () -> Firn.open(directory, null).close());
        try (Firn store = Firn.open(directory); Snapshot snapshot = store.snapshot()) {
            Keyspace space = store.keyspace();
            isNamed("key", () -> space.put(null, V));
            isNamed("value", () -> space.put(K, null));
            isNamed("durability", () -> space.put(K, V, null));
            isNamed("key", () -> space.put((MemorySegment) null, M));
            isNamed("value", () -> space.put(M, null));
            isNamed("durability", () -> space.put(M, M, null));
            isNamed("key", () -> space.delete((byte[]) null));
            isNamed("key", () -> space.delete((MemorySegment) null));
            isNamed("durability", () -> space.delete(K, null));
            isNamed("range", () -> space.compact(null));
            isNamed("key", () -> space.explain(null));
            for (var reader : List.of(space, snapshot.in(space))) {
                isNamed("key", () -> reader.get((byte[]) null));
                isNamed("key", () -> reader.get((MemorySegment) null));
                isNamed("key", () -> reader.get((byte[]) null, M));
                isNamed("target", () -> reader.get(K, null));
                isNamed("key", () -> reader.get((MemorySegment) null, M));
                isNamed("target", () -> reader.get(M, null));
                isNamed("key", () -> reader.contains((byte[]) null));
                isNamed("key", () -> reader.contains((MemorySegment) null));
                isNamed("keys", () -> reader.multiGet(null));
                isNamed("key", () -> reader.multiGet(Arrays.asList(K, null)));
                isNamed("range", () -> reader.scan(null));
                isNamed("range", () -> reader.stream(null));
                isNamed("range", () -> reader.streamDescending(null));
            }
            isNamed("name", () -> store.keyspace(null));
            isNamed("name", () -> store.findKeyspace(null));
            isNamed("name", () -> store.createKeyspace(null, KeyspaceOptions.defaults()));
            isNamed("options", () -> store.createKeyspace("a", null));
            isNamed("name", () -> store.dropKeyspace(null));
            isNamed("batch", () -> store.write(null));
            isNamed("durability", () -> store.write(WriteBatch.create(), null));
            isNamed("timeout", () -> store.awaitIdle(null));
            isNamed("keyspace", () -> snapshot.in(null));
            WriteBatch batch = WriteBatch.create();
            isNamed("keyspace", () -> batch.put(null, K, V));
            isNamed("key", () -> batch.put(space, null, V));
            isNamed("value", () -> batch.put(space, K, null));
            isNamed("key", () -> batch.put(space, null, M));
            isNamed("value", () -> batch.put(space, M, null));
            isNamed("keyspace", () -> batch.delete(null, K));
            isNamed("key", () -> batch.delete(space, (byte[]) null));
            isNamed("key", () -> batch.delete(space, (MemorySegment) null));
            assertThat(batch.size()).isZero();
            try (Cursor cursor = store.scan(KeyRange.all())) {
                isNamed("key", () -> cursor.seek(null));
                isNamed("key", () -> cursor.seekAtOrBefore(null));
                isNamed("target", () -> cursor.copyKey(null));
                isNamed("target", () -> cursor.copyValue(null));
            }
        }
    }

    private static void isNamed(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(name);
    }

    @Test
    void keysHaveALimit() {
        byte[] most = random(1, 65_536);
        byte[] tooLong = random(1, 65_537);
        try (Firn store = Firn.open(directory, small())) {
            Keyspace space = store.keyspace();
            space.put(most, V);
            space.put(Arrays.copyOf(most, 65_535), K);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> space.put(tooLong, V),
                    () -> space.put(MemorySegment.ofArray(tooLong), M),
                    () -> space.delete(tooLong),
                    () -> space.get(tooLong),
                    () -> space.get(MemorySegment.ofArray(tooLong)),
                    () -> space.contains(tooLong),
                    () -> WriteBatch.create().put(space, tooLong, V),
                    () -> WriteBatch.create().delete(space, tooLong),
                    () -> space.multiGet(List.of(K, tooLong)))) {
                assertThatIllegalArgumentException().isThrownBy(call)
                        .withMessageContaining("65536").withMessageContaining("65537");
            }
            assertThat(space.get(most)).isEqualTo(V);
            store.compact();
            assertThat(space.get(most)).isEqualTo(V);
            try (Cursor cursor = space.scan(KeyRange.all())) {
                assertThat(cursor.previous()).isTrue();
                assertThat(cursor.key()).isEqualTo(most);
                assertThat(cursor.keyLength()).isEqualTo(65_536);
                assertThat(cursor.seek(most)).isTrue();
            }
        }
        try (Firn store = Firn.open(directory, small())) {
            assertThat(store.get(most)).isEqualTo(V);
            assertThat(store.get(Arrays.copyOf(most, 65_535))).isEqualTo(K);
        }
    }

    @Test
    void keysAndValuesMayBeEmpty() {
        byte[] empty = {};
        try (Firn store = Firn.open(directory)) {
            store.put(empty, V);
            store.put(K, empty);
            for (int i = 0; i < 2; i++) {
                assertThat(store.get(empty)).isEqualTo(V);
                assertThat(store.get(K)).isEmpty();
                assertThat(store.keyspace().contains(K)).isTrue();
                assertThat(store.keyspace().get(K, MemorySegment.ofArray(empty))).isZero();
                assertThat(store.keyspace().get(M, MemorySegment.ofArray(empty))).isEqualTo(-1);
                try (Cursor cursor = store.scan(KeyRange.all())) {
                    assertThat(keys(cursor)).containsExactly("", "key");
                    assertThat(cursor.seek(empty)).isTrue();
                    assertThat(cursor.key()).isEmpty();
                    assertThat(cursor.seekAtOrBefore(empty)).isTrue();
                    assertThat(cursor.value()).isEqualTo(V);
                }
                store.flush();
            }
            store.delete(empty);
            assertThat(store.get(empty)).isNull();
        }
        try (Firn store = Firn.open(directory)) {
            assertThat(store.get(empty)).isNull();
            assertThat(store.get(K)).isEmpty();
        }
    }

    @Test
    void aValueMayBeLargerThanTheMemtables() {
        largeValue(5 << 20, Options.defaults().withMemoryBytes(64L << 20)
                .withMemtableBytes(64L << 10));
    }

    @Test
    @Tag("long")
    void aValueMayHave64MiB() {
        largeValue(64 << 20, Options.defaults());
    }

    private void largeValue(int size, Options options) {
        byte[] value = random(size, size);
        try (Firn store = Firn.open(directory, options)) {
            store.put(bytes("a"), V);
            store.put(K, value);
            store.put(bytes("z"), V);
            assertThat(Arrays.equals(store.get(K), value)).isTrue();
            store.sync();
        }
        try (Firn store = Firn.open(directory, options)) {
            assertThat(Arrays.equals(store.get(K), value)).isTrue();
            store.compact();
            assertThat(Arrays.equals(store.get(K), value)).isTrue();
            try (Cursor cursor = store.scan(KeyRange.all())) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.valueLength()).isEqualTo(size);
                assertThat(Arrays.equals(cursor.value(), value)).isTrue();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("z"));
            }
        }
        try (Firn store = Firn.open(directory, options)) {
            assertThat(Arrays.equals(store.get(K), value)).isTrue();
            assertThat(store.statistics().memory().peak()).isLessThanOrEqualTo(
                    options.memoryBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesAreUnsigned(boolean flushed) {
        try (Firn store = Firn.open(directory)) {
            for (int b = 255; b >= 0; b--) {
                store.put(new byte[]{(byte) b}, V);
                store.put(new byte[]{(byte) b, 0}, V);
            }
            if (flushed) {
                store.flush();
            }
            try (Cursor cursor = store.scan(KeyRange.all())) {
                for (int b = 0; b < 256; b++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.key()).containsExactly(b);
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.key()).containsExactly(b, 0);
                }
                assertThat(cursor.next()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cursorsMoveBothWays(boolean flushed) {
        try (Firn store = Firn.open(directory)) {
            for (String key : List.of("a", "b", "ba", "bb", "c", "d")) {
                store.put(bytes(key), bytes(key + key));
            }
            store.delete(bytes("d"));
            if (flushed) {
                store.compact();
            }
            try (Cursor cursor = store.scan(KeyRange.all())) {
                store.put(bytes("aa"), V);
                assertThat(cursor.isValid()).isFalse();
                assertThatIllegalStateException().isThrownBy(cursor::key);
                assertThatIllegalStateException().isThrownBy(cursor::value);
                assertThat(cursor.seek(bytes("aa"))).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("b"));
                assertThat(cursor.value()).isEqualTo(bytes("bb"));
                assertThat(cursor.seekAtOrBefore(bytes("bz"))).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("bb"));
                assertThat(cursor.previous()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("ba"));
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("c"));
                assertThat(cursor.next()).isFalse();
                assertThat(cursor.next()).isFalse();
                assertThat(cursor.isValid()).isFalse();
                assertThat(cursor.previous()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("c"));
                assertThat(cursor.seek(bytes("d"))).isFalse();
                assertThat(cursor.seekAtOrBefore(new byte[0])).isFalse();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("a"));
                MemorySegment two = MemorySegment.ofArray(new byte[2]);
                assertThat(cursor.copyValue(two)).isEqualTo(2);
                assertThat(two.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                        .isEqualTo(bytes("aa"));
                assertThat(cursor.copyKey(MemorySegment.ofArray(new byte[0]))).isEqualTo(1);
            }
            try (Cursor cursor = store.scan(KeyRange.prefix(bytes("b")))) {
                assertThat(keys(cursor)).containsExactly("b", "ba", "bb");
                assertThat(cursor.seek(bytes("a"))).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("b"));
                assertThat(cursor.seek(bytes("c"))).isFalse();
                assertThat(cursor.seekAtOrBefore(bytes("zz"))).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("bb"));
            }
            try (Cursor cursor = store.scan(KeyRange.between(bytes("b"), bytes("a")))) {
                assertThat(cursor.next()).isFalse();
                assertThat(cursor.previous()).isFalse();
            }
            assertThat(texts(store.stream(KeyRange.to(bytes("ba"))))).containsExactly("a", "aa",
                    "b");
            assertThat(texts(store.keyspace().streamDescending(KeyRange.from(bytes("ba")))))
                    .containsExactly("c", "bb", "ba");
            assertThat(store.statistics().handles().cursors()).isZero();
            try (Stream<Entry> stream = store.stream(KeyRange.all())) {
                assertThat(stream.findFirst().orElseThrow().value()).isEqualTo(bytes("aa"));
            }
            assertThat(store.statistics().handles().cursors()).isZero();
        }
    }

    private static List<String> texts(Stream<Entry> entries) {
        return entries.map(entry -> text(entry.key())).toList();
    }

    @Test
    void memoryMayBeNative() {
        try (Firn store = Firn.open(directory); Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom("native");
            MemorySegment value = arena.allocateFrom("a value");
            MemorySegment target = arena.allocate(100);
            store.keyspace().put(key, value);
            for (int i = 0; i < 2; i++) {
                assertThat(store.keyspace().get(key, target)).isEqualTo(8);
                assertThat(target.getString(0)).isEqualTo("a value");
                assertThat(store.keyspace().get(bytes("native\0"))).isEqualTo(bytes("a value\0"));
                assertThat(store.keyspace().get(key)).isEqualTo(bytes("a value\0"));
                target.fill((byte) 7);
                assertThat(store.keyspace().get(key, target.asSlice(0, 7))).isEqualTo(8);
                assertThat(target.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0)).isEqualTo(
                        (byte) 7);
                store.flush();
            }
            store.keyspace().delete(key);
            assertThat(store.keyspace().contains(key)).isFalse();
        }
    }

    @Test
    void aBatchTakesEffectTogetherAndInOrder() {
        try (Firn store = Firn.open(directory)) {
            Keyspace other = store.keyspace("other");
            long before = store.put(K, V);
            WriteBatch batch = WriteBatch.create().put(store.keyspace(), K, bytes("1"))
                    .delete(store.keyspace(), K).put(store.keyspace(), K, bytes("2"))
                    .put(other, K, bytes("3")).delete(other, K);
            assertThat(batch.size()).isEqualTo(5);
            assertThat(batch.bytes()).isPositive();
            assertThat(store.write(batch, Durability.SYNC)).isEqualTo(before + 5);
            assertThat(store.get(K)).isEqualTo(bytes("2"));
            assertThat(other.get(K)).isNull();
            assertThat(store.write(batch)).isEqualTo(before + 10);
            batch.clear();
            assertThat(batch.size()).isZero();
            assertThat(store.write(batch)).isEqualTo(before + 10);
            byte[] reused = bytes("x");
            batch.put(other, reused, reused);
            reused[0] = 'y';
            store.write(batch);
            assertThat(other.get(bytes("x"))).isEqualTo(bytes("x"));
            assertThat(store.keyspace().multiGet(List.of(K, reused, K)))
                    .containsExactly(bytes("2"), null, bytes("2"));
            assertThat(store.statistics().sequence()).isEqualTo(before + 11);
        }
        try (Firn store = Firn.open(directory)) {
            assertThat(store.get(K)).isEqualTo(bytes("2"));
            assertThat(store.keyspace("other").get(bytes("x"))).isEqualTo(bytes("x"));
        }
    }

    @Test
    void aBatchThatNamesAForeignOrDroppedKeyspaceIsRefusedWhole() {
        try (Firn store = Firn.open(directory.resolve("a"));
                Firn foreign = Firn.open(directory.resolve("b"))) {
            long sequence = store.put(K, V);
            WriteBatch batch = WriteBatch.create().put(store.keyspace(), K, K)
                    .put(foreign.keyspace(), K, K);
            assertThatIllegalArgumentException().isThrownBy(() -> store.write(batch))
                    .withMessageContaining("another store");
            assertThatIllegalArgumentException().isThrownBy(() -> foreign.write(batch));
            try (Snapshot snapshot = store.snapshot()) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> snapshot.in(foreign.keyspace()));
            }
            Keyspace space = store.keyspace("space");
            WriteBatch late = WriteBatch.create().put(store.keyspace(), K, K).put(space, K, K);
            store.dropKeyspace("space");
            fails(Kind.CLOSED, () -> store.write(late));
            store.keyspace("space");
            fails(Kind.CLOSED, () -> store.write(late));
            assertThat(store.get(K)).isEqualTo(V);
            assertThat(foreign.get(K)).isNull();
            assertThat(store.statistics().sequence()).isEqualTo(sequence);
        }
        try (Firn store = Firn.open(directory.resolve("a"))) {
            assertThat(store.get(K)).isEqualTo(V);
            assertThat(store.keyspace("space").get(K)).isNull();
        }
    }

    @Test
    void keyspacesAreCreatedListedAndDropped() {
        KeyspaceOptions options = new KeyspaceOptions(CompactionShape.TIERED, Compression.DEFLATE,
                2048, 5, 1L << 20);
        try (Firn store = Firn.open(directory)) {
            Keyspace created = store.createKeyspace("b-1", options);
            assertThat(created.name()).isEqualTo("b-1");
            assertThat(created.options()).isEqualTo(options);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.createKeyspace("b-1", options))
                    .withMessageContaining("b-1");
            for (String illegal : List.of("", "a/b", "ä", "x".repeat(65), "a b")) {
                assertThatIllegalArgumentException().isThrownBy(() -> store.keyspace(illegal));
            }
            assertThat(store.keyspace("b-1")).isSameAs(created);
            store.keyspace("x".repeat(64)).put(K, V);
            assertThat(store.findKeyspace("none")).isNull();
            assertThat(store.keyspaceNames())
                    .containsExactly("b-1", "default", "x".repeat(64));
            assertThatIllegalArgumentException().isThrownBy(() -> store.dropKeyspace("default"));
            fails(Kind.NOT_FOUND, () -> store.dropKeyspace("none"));
            store.keyspace("gone").put(K, V);
            Keyspace gone = store.keyspace("gone");
            store.dropKeyspace("gone");
            assertThat(gone.isClosed()).isTrue();
            assertThat(gone.name()).isEqualTo("gone");
            fails(Kind.CLOSED, () -> gone.get(K));
            fails(Kind.CLOSED, () -> gone.put(K, V));
            fails(Kind.CLOSED, () -> gone.scan(KeyRange.all()));
            fails(Kind.CLOSED, gone::flush);
            fails(Kind.CLOSED, gone::options);
            created.put(K, bytes("b"));
        }
        try (Firn store = Firn.open(directory)) {
            assertThat(store.keyspaceNames())
                    .containsExactly("b-1", "default", "x".repeat(64));
            assertThat(store.keyspace("b-1").options()).isEqualTo(options);
            assertThat(store.keyspace("b-1").get(K)).isEqualTo(bytes("b"));
            assertThat(store.keyspace("x".repeat(64)).options())
                    .isEqualTo(KeyspaceOptions.defaults());
            assertThat(store.keyspace("gone").get(K)).isNull();
        }
    }

    @Test
    void aReadOnlyStoreChangesNothingOnDisk() throws Exception {
        try (Firn store = Firn.open(directory, small())) {
            for (int i = 0; i < 5_000; i++) {
                store.put(number(i), random(i, 100));
            }
            store.keyspace("other").put(K, V);
        }
        List<String> before = fingerprint(directory);
        try (Firn store = Firn.open(directory, small().withReadOnly(true))) {
            assertThat(store.get(number(4_999))).isEqualTo(random(4_999, 100));
            assertThat(store.stream(KeyRange.all()).count()).isEqualTo(5_000);
            assertThat(store.keyspace("other").get(K)).isEqualTo(V);
            Keyspace space = store.keyspace();
            fails(Kind.READ_ONLY, () -> space.put(K, V));
            fails(Kind.READ_ONLY, () -> space.put(M, M));
            fails(Kind.READ_ONLY, () -> space.put(K, V, Durability.NONE));
            fails(Kind.READ_ONLY, () -> space.delete(K));
            fails(Kind.READ_ONLY, () -> store.write(WriteBatch.create().put(space, K, V)));
            fails(Kind.READ_ONLY, () -> store.write(WriteBatch.create()));
            fails(Kind.READ_ONLY, () -> store.createKeyspace("n", KeyspaceOptions.defaults()));
            fails(Kind.READ_ONLY, () -> store.dropKeyspace("other"));
            fails(Kind.READ_ONLY, store::flush);
            fails(Kind.READ_ONLY, store::compact);
            fails(Kind.READ_ONLY, () -> space.compact(KeyRange.all()));
            fails(Kind.NOT_FOUND, () -> store.keyspace("n"));
            assertThat(store.awaitIdle(Duration.ofSeconds(1))).isTrue();
            assertThat(store.get(K)).isNull();
        }
        List<String> after = fingerprint(directory);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void aReadOnlyOpenAfterADirtyEndChangesNothing() throws Exception {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        Path original = directory.resolve("original");
        try (Firn store = Firn.open(original, small())) {
            for (int i = 0; i < 3_000; i++) {
                store.put(number(i), random(i, 100));
            }
            assertThat(store.awaitIdle(Duration.ofMinutes(1))).isTrue();
            try (Stream<Path> files = Files.list(original)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
        List<String> before =
                fingerprint(copy).stream().filter(f -> !f.startsWith("LOCK")).toList();
        try (Firn store = Firn.open(copy, small().withReadOnly(true))) {
            assertThat(store.stream(KeyRange.all()).count()).isEqualTo(3_000);
        }
        assertThat(fingerprint(copy).stream().filter(f -> !f.startsWith("LOCK")).toList())
                .isEqualTo(before);
    }

    @Test
    void openingRefusesWhatIsNotThereOrNotAStore() throws Exception {
        Path missing = directory.resolve("missing");
        fails(Kind.NOT_FOUND,
                () -> Firn.open(missing, Options.defaults().withCreateIfMissing(false)).close());
        fails(Kind.NOT_FOUND,
                () -> Firn.open(missing, Options.defaults().withReadOnly(true)).close());
        assertThat(missing).doesNotExist();
        fails(Kind.NOT_FOUND,
                () -> Firn.open(directory, Options.defaults().withCreateIfMissing(false)).close());
        fails(Kind.NOT_FOUND, () -> Firn.verify(missing, bytes -> {}));
        assertThat(directory).isEmptyDirectory();
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "dear");
        fails(Kind.INCOMPATIBLE, () -> Firn.open(foreign).close());
        assertThat(fingerprint(foreign)).hasSize(1);
        Firn.open(directory.resolve("new").resolve("deep")).close();
        Firn.open(directory.resolve("new").resolve("deep"),
                Options.defaults().withCreateIfMissing(false)).close();
    }

    @Test
    void aSecondOpenIsRefusedWithTheProcess() {
        try (Firn store = Firn.open(directory)) {
            store.put(K, V);
            for (Options options : List.of(Options.defaults(),
                    Options.defaults().withReadOnly(true))) {
                Throwable refused = org.assertj.core.api.Assertions
                        .catchThrowable(() -> Firn.open(directory, options).close());
                assertThat(refused).isInstanceOf(FirnException.class)
                        .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
                assertThat(((FirnException) refused).kind()).isEqualTo(Kind.LOCKED);
            }
            fails(Kind.LOCKED, () -> Firn.verify(directory, bytes -> {}));
            assertThat(store.get(K)).isEqualTo(V);
        }
        assertThat(Firn.verify(directory, bytes -> {}).isClean()).isTrue();
        Firn.open(directory).close();
    }

    @Test
    void statisticsMoveAndAreJson() {
        try (Firn store = Firn.open(directory, small())) {
            Statistics before = store.statistics();
            assertThat(before.sequence()).isZero();
            for (int i = 0; i < 5_000; i++) {
                store.put(number(i % 1_000 * 2), random(i, 100));
            }
            store.keyspace("quote-less").put(K, V, Durability.SYNC);
            store.compact();
            for (int i = 0; i < 2_000; i++) {
                store.get(number(i));
            }
            try (Cursor cursor = store.scan(KeyRange.all()); Snapshot snapshot = store.snapshot()) {
                assertThat(cursor.next()).isTrue();
                Statistics after = store.statistics();
                assertThat(after.sequence()).isEqualTo(5_001).isEqualTo(snapshot.sequence());
                assertThat(after.keyspaces()).extracting(
                        Statistics.KeyspaceStatistics::name).containsExactly("default",
                                "quote-less");
                assertThat(after.keyspaces().getFirst().total().entries()).isEqualTo(1_000);
                assertThat(after.keyspaces().getFirst().runs()).isEqualTo(1);
                assertThat(after.work().bytesPut()).isEqualTo(5_000 * 108 + 8);
                assertThat(after.work().flushes()).isPositive();
                assertThat(after.work().bytesFlushed()).isPositive();
                assertThat(after.work().compactions()).isPositive();
                assertThat(after.log().bytesWritten()).isGreaterThan(after.work().bytesPut());
                assertThat(after.log().syncs()).isPositive();
                assertThat(after.cache().hits() + after.cache().misses()).isPositive();
                assertThat(after.filters().checks()).isPositive();
                assertThat(after.filters().rejections()).isPositive();
                assertThat(after.handles().cursors()).isEqualTo(1);
                assertThat(after.handles().snapshots()).isEqualTo(1);
                assertThat(after.memory().used()).isPositive()
                        .isLessThanOrEqualTo(after.memory().limit());
                assertThat(after.failure()).isNull();
                Map<?, ?> json = (Map<?, ?>) new Json(after.toJson()).parse();
                assertThat(((Number) json.get("sequence")).longValue()).isEqualTo(5_001);
                assertThat((List<?>) json.get("keyspaces")).hasSize(2);
                assertThat((Map<?, ?>) json.get("work")).isNotEmpty();
                assertThat(json.containsKey("failure")).isTrue();
            }
            assertThat(store.tree()).hasSize(2);
        }
    }

    /// A reader of JSON that refuses what is not.
    private static final class Json {
        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object parse() {
            Object value = value();
            space();
            assertThat(at).isEqualTo(text.length());
            return value;
        }

        private void space() {
            while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean take(char c) {
            space();
            if (text.charAt(at) != c) {
                return false;
            }
            at++;
            return true;
        }

        private void expect(char c) {
            assertThat(take(c)).as("%s at %d of %s", c, at, text).isTrue();
        }

        private Object value() {
            space();
            return switch (text.charAt(at)) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> numeral();
            };
        }

        private Object word(String word, Object value) {
            assertThat(text.startsWith(word, at)).isTrue();
            at += word.length();
            return value;
        }

        private Object numeral() {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String numeral = text.substring(start, at);
            assertThat(numeral).matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
            return Double.valueOf(numeral);
        }

        private String string() {
            expect('"');
            StringBuilder string = new StringBuilder();
            while (text.charAt(at) != '"') {
                char c = text.charAt(at++);
                assertThat(c).isGreaterThanOrEqualTo(' ');
                if (c == '\\') {
                    c = text.charAt(at++);
                    assertThat("\"\\/bfnrtu".indexOf(c)).isNotNegative();
                }
                string.append(c);
            }
            at++;
            return string.toString();
        }

        private Map<String, Object> object() {
            expect('{');
            Map<String, Object> object = new LinkedHashMap<>();
            if (take('}')) {
                return object;
            }
            do {
                space();
                String name = string();
                expect(':');
                assertThat(object).doesNotContainKey(name);
                object.put(name, value());
            } while (take(','));
            expect('}');
            return object;
        }

        private List<Object> array() {
            expect('[');
            List<Object> array = new ArrayList<>();
            if (take(']')) {
                return array;
            }
            do {
                array.add(value());
            } while (take(','));
            expect(']');
            return array;
        }
    }
}
