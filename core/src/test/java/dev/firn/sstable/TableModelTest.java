package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.key.Trailer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tables against a sorted set of versions, over shapes of keys, codecs, block sizes and seeds.
/// A failure names its seed; run it alone with
/// `mvn -Dquick -pl core test -Dtest=TableModelTest -Dfirn.sstable.seed=SEED`.
class TableModelTest {
    private static final Long ONLY = Long.getLong("firn.sstable.seed");

    @ParameterizedTest
    @EnumSource(Keys.class)
    void tablesAnswerLikeTheModel(Keys shape) throws Exception {
        run(shape, 0, 6);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Keys.class)
    void manyTablesAnswerLikeTheModel(Keys shape) throws Exception {
        run(shape, 1_000, 300);
    }

    private static void run(Keys shape, long firstSeed, int seeds) throws Exception {
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            long used = ONLY == null ? seed : ONLY;
            try {
                check(shape, used);
            } catch (Exception | Error e) {
                throw new AssertionError("shape " + shape + ", replay with -Dtest=TableModelTest"
                        + " -Dfirn.sstable.seed=" + used, e);
            }
        }
    }

    private static void check(Keys shape, long seed) throws IOException {
        var r = new SplittableRandom(seed * 31 + shape.ordinal());
        int n = switch (shape) {
            case ALL_LENGTHS, SHARED_10_KIB -> 40;
            default -> 1 + r.nextInt(1 << r.nextInt(2, 11));
        };
        TreeSet<Version> model = model(shape, r, n);
        String codec = List.of("none", "lz4", "deflate").get(r.nextInt(3));
        int blockBytes = 1024 << r.nextInt(7);
        int filterBits = List.of(0, 1, 10, 20).get(r.nextInt(4));
        // Small caches, so that most seeds evict.
        long cacheBytes = r.nextBoolean() ? 64 << 20 : 2 << 20;
        try (Rig rig = new Rig(256 << 20, 1 << 20, cacheBytes);
                Table table = rig.open(rig.write(rig.settings(codec, blockBytes, filterBits),
                        model))) {
            checkFacts(table.facts(), model);
            assertThat(rig.verify(table)).isEmpty();
            checkGets(rig, table, model, shape, r, n);
            checkCursor(rig, table, model, shape, r, n);
            checkBounds(rig, table, model, shape, r, n);
        }
    }

    private static TreeSet<Version> model(Keys shape, SplittableRandom r, int n) {
        var model = new TreeSet<>(Version.ORDER);
        long sequence = r.nextInt(3) == 0 ? 0 : r.nextLong(1L << r.nextInt(1, 50));
        boolean isSettled = r.nextInt(4) == 0;
        int valueBits = r.nextInt(4, 9);
        int versionsMax = 1 << r.nextInt(6);
        for (byte[] key : shape.keys(r, n)) {
            int versions = isSettled
                    ? 1
                    : r.nextInt(10) == 0 ? 1 + r.nextInt(versionsMax * 4) : 1;
            for (int v = 0; v < versions; v++) {
                long s = isSettled ? 0 : sequence + r.nextInt(2 * n + 4 * versions);
                if (r.nextInt(8) == 0) {
                    model.add(Version.delete(key, s));
                } else {
                    byte[] value = new byte[r.nextInt(1 << valueBits)];
                    r.nextBytes(value);
                    if (r.nextBoolean()) {
                        Arrays.fill(value, 0, value.length / 2, (byte) 'v');
                    }
                    model.add(Version.put(key, s, value));
                }
            }
        }
        for (int large = r.nextInt(6) / 3; large > 0; large--) {
            byte[] value = new byte[r.nextInt(2 << 20)];
            r.nextBytes(value);
            Arrays.fill(value, value.length / 3, value.length, (byte) 'v');
            model.add(Version.put(shape.key(r, n), sequence + r.nextInt(n), value));
        }
        return unambiguous(model);
    }

    /// One version per key and sequence.
    private static TreeSet<Version> unambiguous(TreeSet<Version> model) {
        var result = new TreeSet<>(Version.ORDER);
        Version last = null;
        for (Version v : model) {
            if (last == null || !Arrays.equals(last.key(), v.key())
                    || last.trailer() >>> 8 != v.trailer() >>> 8) {
                result.add(v);
            }
            last = v;
        }
        return result;
    }

    private static void checkFacts(TableFacts facts, TreeSet<Version> model) {
        assertThat(facts.entries()).isEqualTo(model.size());
        assertThat(facts.tombstones()).isEqualTo(
                model.stream().filter(v -> Trailer.isDelete(v.trailer())).count());
        assertThat(facts.smallest().bytes()).isEqualTo(model.first().key());
        assertThat(facts.largest().bytes()).isEqualTo(model.last().key());
        assertThat(facts.sequenceMin()).isEqualTo(
                model.stream().mapToLong(v -> v.trailer() >>> 8).min().orElseThrow());
        assertThat(facts.sequenceMax()).isEqualTo(
                model.stream().mapToLong(v -> v.trailer() >>> 8).max().orElseThrow());
        assertThat(facts.rawKeyBytes()).isEqualTo(
                model.stream().mapToLong(v -> v.key().length).sum());
        assertThat(facts.rawValueBytes()).isEqualTo(
                model.stream().mapToLong(v -> v.value().length).sum());
        assertThat(facts.createdMillis()).isEqualTo(Rig.CREATED);
    }

    private static void checkGets(Rig rig, Table table, TreeSet<Version> model, Keys shape,
            SplittableRandom r, int n) throws IOException {
        for (Version v : model) {
            long sequence = v.trailer() >>> 8;
            checkGet(rig, table, model, v.key(), sequence);
            if (sequence > 0) {
                checkGet(rig, table, model, v.key(), sequence - 1);
            }
            checkGet(rig, table, model, v.key(), sequence + 1);
        }
        var versions = new ArrayList<>(model);
        for (int i = 0; i < 2 * model.size(); i++) {
            byte[] key = shape.near(r, versions.get(r.nextInt(versions.size())).key(), n);
            checkGet(rig, table, model, key, r.nextBoolean()
                    ? Trailer.SEQUENCE_MAX
                    : r.nextLong(Trailer.SEQUENCE_MAX));
        }
    }

    private static void checkGet(Rig rig, Table table, TreeSet<Version> model, byte[] key,
            long sequence) throws IOException {
        Version expected = model.ceiling(new Version(key, Trailer.seek(sequence), new byte[0]));
        if (expected != null && !Arrays.equals(expected.key(), key)) {
            expected = null;
        }
        Version found = rig.get(table, key, sequence);
        if (expected == null || found == null || !found.isSame(expected)) {
            assertThat(found).as("at sequence " + sequence).isEqualTo(expected);
        }
    }

    private static void checkCursor(Rig rig, Table table, TreeSet<Version> model, Keys shape,
            SplittableRandom r, int n) throws IOException {
        var versions = new ArrayList<>(model);
        try (TableCursor cursor = rig.cursor(table)) {
            Rig.assertSame(Rig.forward(cursor), versions);
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.isValid()).isFalse();
            Rig.assertSame(Rig.backward(cursor), versions);
            assertThat(cursor.previous()).isFalse();
            for (Version v : versions.size() > 300 ? versions.subList(0, 100) : versions) {
                checkSeek(cursor, versions, v.key(), v.trailer(), r);
                checkSeek(cursor, versions, v.key(), v.trailer() + 1, r);
                checkSeek(cursor, versions, v.key(), v.trailer() - 1, r);
            }
            for (int i = 0; i < 200; i++) {
                byte[] key = shape.near(r, versions.get(r.nextInt(versions.size())).key(), n);
                long trailer = List.of(-1L, 0L, r.nextLong()).get(r.nextInt(3));
                checkSeek(cursor, versions, key, trailer, r);
            }
        }
    }

    /// Seeks both ways and walks from there.
    private static void checkSeek(TableCursor cursor, List<Version> model, byte[] key,
            long trailer, SplittableRandom r) throws IOException {
        var sought = new Version(key, trailer, new byte[0]);
        int low = 0;
        int high = model.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (Version.ORDER.compare(model.get(middle), sought) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int at = low;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(key.length + 3);
            MemorySegment.copy(key, 0, memory, ValueLayout.JAVA_BYTE, 3, key.length);
            assertAt(cursor, cursor.seek(memory, 3, key.length, trailer), model, at);
            int position = at;
            for (int step = r.nextInt(4); step > 0 && position < model.size(); step--) {
                position++;
                assertAt(cursor, cursor.next(), model, position);
            }
            for (int step = r.nextInt(6); step > 0 && position >= 0
                    && position < model.size(); step--) {
                position--;
                assertAt(cursor, cursor.previous(), model, position);
            }
            position = at - 1;
            assertAt(cursor, cursor.seekBefore(memory, 3, key.length, trailer), model, position);
            for (int step = r.nextInt(4); step > 0 && position >= 0; step--) {
                position--;
                assertAt(cursor, cursor.previous(), model, position);
            }
        }
    }

    private static void assertAt(TableCursor cursor, boolean is, List<Version> model, int at)
            throws IOException {
        assertThat(cursor.isValid()).isEqualTo(is);
        assertThat(is).isEqualTo(at >= 0 && at < model.size());
        if (is && !Rig.at(cursor).isSame(model.get(at))) {
            assertThat(Rig.at(cursor)).isEqualTo(model.get(at));
        }
    }

    private static void checkBounds(Rig rig, Table table, TreeSet<Version> model, Keys shape,
            SplittableRandom r, int n) throws IOException {
        var versions = new ArrayList<>(model);
        for (int i = 0; i < 6; i++) {
            byte[] lower = i == 0
                    ? null
                    : shape.near(r, versions.get(r.nextInt(versions.size())).key(), n);
            byte[] upper = i == 1
                    ? null
                    : shape.near(r, versions.get(r.nextInt(versions.size())).key(), n);
            List<Version> visible = versions.stream()
                    .filter(v -> lower == null || Arrays.compareUnsigned(v.key(), lower) >= 0)
                    .filter(v -> upper == null || Arrays.compareUnsigned(v.key(), upper) < 0)
                    .toList();
            try (TableCursor cursor = table.cursor(rig.buffers, rig.counters, key(lower),
                    key(upper), r.nextBoolean())) {
                Rig.assertSame(Rig.forward(cursor), visible);
                Rig.assertSame(Rig.backward(cursor), visible);
                for (int seek = 0; seek < 30; seek++) {
                    byte[] key = shape.near(r, versions.get(r.nextInt(versions.size())).key(), n);
                    checkSeek(cursor, visible, key, r.nextBoolean() ? -1 : r.nextLong(), r);
                }
            }
        }
    }

    private static dev.firn.key.UserKey key(byte[] bytes) {
        return bytes == null ? null : dev.firn.key.UserKey.copyOf(bytes);
    }
}
