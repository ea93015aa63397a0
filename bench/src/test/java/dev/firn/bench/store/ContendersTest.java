package dev.firn.bench.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each store does what a sorted map does: what is measured is the same thing.
class ContendersTest {
    private static final int OPERATIONS = 3_000;
    private static final int KEYS = 400;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void aRandomLifeIsThatOfASortedMap(StoreKind kind) throws IOException {
        live(kind, new Setup(directory, 64L << 20, 1 << 20, false), OPERATIONS);
    }

    @ParameterizedTest
    @EnumSource(names = {"FIRN", "ROCKSDB", "LMDB", "MVSTORE", "MAPDB", "XODUS", "LEVELDB"})
    void syncedWritesAreThereAfterReopening(StoreKind kind) throws IOException {
        live(kind, new Setup(directory, 64L << 20, 1 << 20, true), 30);
    }

    private static void live(StoreKind kind, Setup setup, int operations) throws IOException {
        TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        SplittableRandom random = new SplittableRandom(1);
        for (int life = 0; life < 2; life++) {
            try (Contender store = kind.open(setup)) {
                try (Session session = store.session()) {
                    for (int i = 0; i < operations; i++) {
                        step(kind, session, model, random);
                    }
                }
                store.settle();
                try (Session session = store.session()) {
                    assertAll(kind, session, model);
                }
            }
            try (Contender store = kind.open(setup); Session session = store.session()) {
                assertAll(kind, session, model);
            }
        }
    }

    private static void step(StoreKind kind, Session session, TreeMap<byte[], byte[]> model,
            SplittableRandom random) throws IOException {
        byte[] key = key(random.nextInt(KEYS));
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {
                byte[] value = value(random);
                session.put(key, value);
                model.put(key.clone(), value.clone());
                // The arrays belong to the caller again.
                Arrays.fill(key, (byte) 0);
                Arrays.fill(value, (byte) 0);
            }
            case 4 -> {
                byte[][] keys = new byte[5][];
                byte[][] values = new byte[5][];
                for (int i = 0; i < 4; i++) {
                    keys[i] = key(random.nextInt(KEYS));
                    values[i] = value(random);
                    model.put(keys[i].clone(), values[i].clone());
                }
                session.putBatch(keys, values, 4);
                for (int i = 0; i < 4; i++) {
                    Arrays.fill(keys[i], (byte) 0);
                    Arrays.fill(values[i], (byte) 0);
                }
            }
            case 5 -> {
                session.delete(key);
                model.remove(key);
            }
            case 6 -> assertScan(session, model, key, true, 1 + random.nextInt(20));
            case 7 -> assertBackwards(kind, session, model, key, 1 + random.nextInt(20));
            default -> assertGet(session, model, key);
        }
    }

    private static byte[] key(int number) {
        return (number % 3 == 0 ? "key" + (char) 0xe9 + number : "k" + number)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] value(SplittableRandom random) {
        return ("value " + random.nextLong()).repeat(1 + random.nextInt(10)).getBytes(US_ASCII);
    }

    private static void assertGet(Session session, TreeMap<byte[], byte[]> model, byte[] key)
            throws IOException {
        byte[] target = new byte[1000];
        int length = session.get(key, target);
        byte[] expected = model.get(key);
        assertThat(length < 0 ? null : Arrays.copyOf(target, length)).isEqualTo(expected);
    }

    private static void assertAll(StoreKind kind, Session session, TreeMap<byte[], byte[]> model)
            throws IOException {
        for (int number = 0; number < KEYS; number++) {
            assertGet(session, model, key(number));
        }
        assertScan(session, model, null, true, Integer.MAX_VALUE);
        assertBackwards(kind, session, model, null, Integer.MAX_VALUE);
    }

    private static void assertBackwards(StoreKind kind, Session session,
            TreeMap<byte[], byte[]> model, byte[] from, int limit) throws IOException {
        if (kind == StoreKind.LEVELDB || kind == StoreKind.LEVELDB_DEFAULT) {
            assertThatThrownBy(() -> session.scan(from, false, limit, (k, kl, v, vl) -> {}))
                    .isInstanceOf(UnsupportedOperationException.class);
        } else {
            assertScan(session, model, from, false, limit);
        }
    }

    private static void assertScan(Session session, TreeMap<byte[], byte[]> model, byte[] from,
            boolean isForward, int limit) throws IOException {
        NavigableMap<byte[], byte[]> range = from == null
                ? model
                : isForward ? model.tailMap(from, true) : model.headMap(from, true);
        List<String> expected = new ArrayList<>();
        for (Map.Entry<byte[], byte[]> entry : (isForward ? range : range.descendingMap())
                .entrySet()) {
            if (expected.size() < limit) {
                expected.add(Arrays.toString(entry.getKey()) + new String(entry.getValue(),
                        US_ASCII));
            }
        }
        List<String> shown = new ArrayList<>();
        long count = session.scan(from, isForward, limit, (key, keyLength, value,
                valueLength) -> shown.add(Arrays.toString(Arrays.copyOf(key, keyLength))
                        + new String(value, 0, valueLength, US_ASCII)));
        assertThat(shown).isEqualTo(expected);
        assertThat(count).isEqualTo(expected.size());
    }
}
