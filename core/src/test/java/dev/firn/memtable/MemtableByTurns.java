package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.memtable.SmallMap.Keys;
import dev.firn.testkit.Turns;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A read of a memtable, beside one writer, returns exactly what was there at the sequence it had
/// acquired: at every point of the read the writer comes in and goes on to every point of its own.
///
/// Run by `PlantedBugsTest` with the memtable of [Seen], whose points stand before every access to
/// its memory. What is tried are orders of these accesses, one after the other; what a processor or
/// compiler may make of a plain write where a release is needed does not show here.
class MemtableByTurns {
    enum Shape {
        FIRST_KEYS(Keys.FEW, 30),
        FOUR_TO_TEN(Keys.FOUR, 20),
        TWENTY_THREE_TO_INDEXED(Keys.inOneNode(23), 6),
        INDEXED(Keys.inOneNode(30), 6),
        INDEXED_TO_DIRECT(Keys.inOneNode(53), 4);

        final Keys keys;
        final int histories;

        Shape(Keys keys, int histories) {
            this.keys = keys;
            this.histories = histories;
        }
    }

    /// A history: writes, one read, and what the read has to return by the sequence it reads at.
    private static final class History {
        private final Keys keys;
        private final List<int[]> writes = new ArrayList<>();
        private final int read;
        private final int key;
        private final List<String> expected = new ArrayList<>();

        History(Keys keys, Random random) {
            this.keys = keys;
            this.read = random.nextInt(4);
            this.key = random.nextInt(Keys.TOUCHED);
            SmallModel model = new SmallModel(keys);
            expected.add(read(model));
            int count = 1 + random.nextInt(3);
            for (int i = 1; i <= count; i++) {
                int[] write = {random.nextInt(Keys.TOUCHED), random.nextInt(5) == 0 ? -1 : i};
                writes.add(write);
                if (write[1] < 0) {
                    model.delete(write[0]);
                } else {
                    model.put(write[0], write[1]);
                }
                expected.add(read(model));
            }
        }

        private String read(SmallModel model) {
            return switch (read) {
                case 0 -> String.valueOf(model.get(key));
                case 1 -> model.ascend(key);
                case 2 -> model.descend(key);
                default -> model.ascend(0) + model.descend(Keys.TOUCHED - 1);
            };
        }

        private void write(SmallMap map) {
            for (int[] write : writes) {
                if (write[1] < 0) {
                    map.delete(write[0]);
                } else {
                    map.put(write[0], write[1]);
                }
            }
        }

        private void read(SmallMap map) {
            long at = map.visible();
            String found;
            try {
                found = switch (read) {
                    case 0 -> String.valueOf(map.get(key, at));
                    case 1 -> map.ascend(key, at);
                    case 2 -> map.descend(key, at);
                    default -> map.ascend(0, at) + map.descend(Keys.TOUCHED - 1, at);
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String right = expected.get((int) at - keys.present.size());
            if (!found.equals(right)) {
                throw new AssertionError("not linearizable: " + found + " instead of " + right);
            }
        }

        int[] run(ChunkPool pool, int... lengths) throws InterruptedException {
            try (SmallMap map = new SmallMap(keys, pool, NodeWriter::new)) {
                return Turns.run(() -> read(map), () -> write(map), lengths);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadFindsWhatItsSequenceSees(Shape shape) throws InterruptedException {
        long runs = 0;
        try (ChunkPool pool = new ChunkPool(new MemoryBudget(16 << 20), 64 << 10)) {
            for (int seed = 0; seed < shape.histories; seed++) {
                History history = new History(shape.keys, new Random(seed));
                int[] points = history.run(pool);
                int step = 1 + points[0] * points[1] / 500;
                for (int turn = seed % step; turn < (points[0] + 1) * (points[1] + 1);
                        turn += step) {
                    int reader = turn / (points[1] + 1);
                    int writer = turn % (points[1] + 1);
                    try {
                        history.run(pool, reader, writer);
                    } catch (AssertionError e) {
                        throw new AssertionError("%s, seed %d, turns %d and %d of %d and %d: %s"
                                .formatted(shape, seed, reader, writer, points[0], points[1],
                                        e.getMessage()),
                                e);
                    }
                    runs++;
                }
            }
            assertThat(pool.budget().used(MemoryBudget.Use.MEMTABLE)).isZero();
        }
        assertThat(runs).isGreaterThan(1_000);
    }
}
