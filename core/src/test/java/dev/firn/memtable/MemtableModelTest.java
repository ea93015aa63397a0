package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Model.Version;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random inserts, lookups and cursor movements against a `TreeMap`.
///
/// Replay one seed with `-Dfirn.seed=N`.
class MemtableModelTest {
    private static final long[] REPLAY = Long.getLong("firn.seed") == null
            ? new long[0]
            : new long[]{Long.getLong("firn.seed")};

    @ParameterizedTest
    @EnumSource
    void agreesWithATreeMap(KeyShape shape) {
        run(shape, 12, 400);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void agreesWithATreeMapForLong(KeyShape shape) {
        run(shape, 200, 2_000);
    }

    private static void run(KeyShape shape, int seeds, int steps) {
        LongStream.of(REPLAY.length > 0 ? REPLAY : LongStream.range(0, seeds).toArray())
                .forEach(seed -> {
                    try {
                        new Run(shape, new Random(seed * 31 + shape.ordinal()))
                                .go(steps * shape.scale);
                    } catch (Throwable t) {
                        throw new AssertionError("replay: mvn -pl core test "
                                + "-Dtest=MemtableModelTest -Dfirn.seed=" + seed + " (" + shape
                                + ")", t);
                    }
                });
    }

    /// One seed: a memtable, its model, and a cursor that moves while entries go in.
    private static final class Run {
        private final KeyShape shape;
        private final Random random;
        private Model model;
        private EntryCursor cursor;

        /// Where the cursor is; null when nowhere.
        private @Nullable Version position;

        /// What had been inserted when the cursor last sought: that much it has to find.
        private long promised;

        Run(KeyShape shape, Random random) {
            this.shape = shape;
            this.random = random;
        }

        void go(int steps) throws IOException {
            MemoryBudget budget = new MemoryBudget(1L << 30);
            int chunkBytes = 4096 << random.nextInt(9);
            try (ChunkPool pool = new ChunkPool(budget, chunkBytes);
                    Memtable memtable = new Memtable(pool)) {
                dirty(pool);
                model = new Model(memtable);
                cursor = memtable.cursor();
                double inserts = 0.2 + 0.6 * random.nextDouble();
                for (int i = 0; i < steps; i++) {
                    if (random.nextDouble() < inserts) {
                        insert(chunkBytes);
                    } else if (random.nextInt(3) == 0) {
                        model.checkFind(key(), random.nextLong(model.sequence + 2));
                    } else {
                        move();
                    }
                }
                model.checkAll();
                assertThat(memtable.bytes()).isLessThanOrEqualTo(memtable.reservedBytes());
                cursor.close();
            }
            assertThat(budget.used()).isZero();
        }

        /// Chunks come with whatever their last owner left in them.
        private static void dirty(ChunkPool pool) {
            List<Chunk> chunks = new ArrayList<>();
            for (int i = 0; i < 1 + (1 << 20) / pool.chunkBytes(); i++) {
                chunks.add(pool.take(Use.COMPACTION));
            }
            for (Chunk chunk : chunks) {
                chunk.memory().fill((byte) 0xa5);
                pool.give(Use.COMPACTION, chunk);
            }
        }

        private void insert(int chunkBytes) {
            byte[] value = new byte[random.nextInt(100) == 0
                    ? random.nextInt(2 * chunkBytes)
                    : random.nextInt(40)];
            random.nextBytes(value);
            boolean delete = random.nextInt(4) == 0;
            assertThat(model.insert(key(), delete ? ValueKind.DELETE : ValueKind.PUT,
                    delete ? new byte[0] : value)).isTrue();
        }

        /// A new key, one that exists, or one next to it.
        private byte[] key() {
            if (model.entries.isEmpty() || random.nextBoolean()) {
                return shape.next(random);
            }
            Version near = model.entries.ceilingKey(new Version(shape.next(random), -1L));
            return near == null ? model.entries.lastKey().key() : near.key();
        }

        private void move() throws IOException {
            switch (random.nextInt(10)) {
                case 0 -> {
                    seeking();
                    after(null, cursor.seekToFirst());
                }
                case 1 -> {
                    seeking();
                    before(null, cursor.seekToLast());
                }
                case 2 -> seek(true);
                case 3 -> seek(false);
                case 4, 5, 6 -> {
                    if (position != null) {
                        after(position, cursor.next());
                    }
                }
                default -> {
                    if (position != null) {
                        before(position, cursor.previous());
                    }
                }
            }
        }

        private void seeking() {
            promised = model.sequence;
        }

        private void seek(boolean forward) throws IOException {
            byte[] key = key();
            long trailer = random.nextBoolean()
                    ? Trailer.seek(random.nextLong(model.sequence + 2))
                    : Trailer.of(random.nextLong(model.sequence + 2), ValueKind.PUT);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(key.length + 5L);
                MemorySegment.copy(key, 0, memory, ValueLayout.JAVA_BYTE, 5, key.length);
                seeking();
                Version target = new Version(key, trailer);
                if (forward) {
                    boolean found = cursor.seek(memory, 5, key.length, trailer);
                    after(model.entries.lowerKey(target), found);
                } else {
                    before(target, cursor.seekBefore(memory, 5, key.length, trailer));
                }
            }
        }

        /// The cursor moved forward from `from` (null: from before the first).
        private void after(@Nullable Version from, boolean found) throws IOException {
            check(from == null ? model.entries : model.entries.tailMap(from, false), found);
        }

        /// The cursor moved backward from `from` (null: from behind the last).
        private void before(@Nullable Version from, boolean found) throws IOException {
            var back = model.entries.descendingMap();
            check(from == null ? back : back.tailMap(from, false), found);
        }

        /// It must be at an entry of what lies ahead, and have passed over none that was promised.
        private void check(NavigableMap<Version, byte[]> ahead, boolean found) throws IOException {
            assertThat(cursor.isValid()).isEqualTo(found);
            position = found ? Model.at(cursor) : null;
            for (Version version : ahead.keySet()) {
                if (position != null && Version.ORDER.compare(version, position) == 0) {
                    model.checkAt(cursor, version);
                    return;
                }
                assertThat(Trailer.sequence(version.trailer())).as("passed over")
                        .isGreaterThan(promised);
            }
            assertThat(position).as("not ahead").isNull();
        }
    }
}
