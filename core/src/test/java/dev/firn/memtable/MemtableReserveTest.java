package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What was reserved is enough: every insertion succeeds when nothing else is left of the budget.
/// Replay: `mvn -pl core test -Dtest=MemtableReserveTest -Dfirn.seed=N`.
class MemtableReserveTest {
    private static final int CHUNK = 64 << 10;
    private static final int ROUNDS = 60;

    /// How nodes fill.
    private enum Keys {
        /// Nodes of a few children.
        RANDOM,
        /// Every node gets one child more in each round: the most that grow at once.
        LEVEL,
        /// Long common prefixes.
        DEEP,
        /// Two bytes, so that versions pile up.
        FEW
    }

    @ParameterizedTest
    @EnumSource(Keys.class)
    void reservedInsertionsSucceed(Keys keys) {
        long seed = Long.getLong("firn.seed", System.nanoTime());
        System.out.println("MemtableReserveTest " + keys + " -Dfirn.seed=" + seed);
        Random random = new Random(seed);
        MemoryBudget budget = new MemoryBudget(256L << 20);
        try (ChunkPool pool = new ChunkPool(budget, CHUNK);
                Memtable memtable = new Memtable(pool)) {
            long sequence = 1;
            for (int round = 0; round < ROUNDS; round++) {
                int count = keys == Keys.LEVEL ? 400 : 1 + random.nextInt(2_000);
                byte[][] batch = new byte[count][];
                int valueMax = 1 << random.nextInt(random.nextInt(8) == 0 ? 17 : 8);
                int[] values = new int[count];
                long bytes = 0;
                long largest = 0;
                for (int i = 0; i < count; i++) {
                    batch[i] = key(keys, random, round, i);
                    values[i] = random.nextInt(valueMax + 1);
                    bytes += batch[i].length + values[i];
                    largest = Math.max(largest, batch[i].length + values[i]);
                }
                assertThat(memtable.reserve(count, bytes, largest)).isTrue();
                long rest = budget.limit() - budget.used();
                assertThat(budget.tryReserve(Use.CACHE, rest)).isTrue();
                MemorySegment value = MemorySegment.ofArray(new byte[valueMax]);
                for (int i = 0; i < count; i++) {
                    assertThat(
                            memtable.insert(
                                    batch[i], 0, batch[i].length,
                                    Trailer.of(sequence++, ValueKind.PUT), value, 0, values[i]))
                            .as("insertion %d of %d in round %d, seed %d", i, count, round, seed)
                            .isTrue();
                }
                memtable.releaseReserve();
                budget.release(Use.CACHE, rest);
            }
        }
        assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
    }

    /// Values larger than half a chunk have chunks of their own, whatever room there is.
    @Test
    void largeAmongSmallFindTheirMemory() {
        MemoryBudget budget = new MemoryBudget(64L << 20);
        try (ChunkPool pool = new ChunkPool(budget, CHUNK);
                Memtable memtable = new Memtable(pool)) {
            MemorySegment value = MemorySegment.ofArray(new byte[CHUNK]);
            for (int i = 0; i < 500; i++) {
                byte[] key = {(byte) (i >>> 8), (byte) i};
                int length = i % 3 == 0 ? 1_000 : CHUNK / 2 + (i * 61) % (CHUNK / 2);
                assertThat(memtable.reserve(1, length + 2, length + 2)).isTrue();
                long rest = budget.limit() - budget.used();
                assertThat(budget.tryReserve(Use.CACHE, rest)).isTrue();
                assertThat(
                        memtable.insert(key, 0, 2, Trailer.of(i + 1, ValueKind.PUT), value, 0,
                                length))
                        .as("insertion %d of %d bytes", i, length).isTrue();
                memtable.releaseReserve();
                budget.release(Use.CACHE, rest);
                assertThat(memtable.takenBytes()).isBetween(
                        memtable.reservedBytes() - 2 * CHUNK, memtable.reservedBytes());
            }
        }
    }

    /// A batch of many small writes asks for little more than it takes.
    @Test
    void aLargeBatchReservesLittleMoreThanItTakes() {
        MemoryBudget budget = new MemoryBudget(256L << 20);
        try (ChunkPool pool = new ChunkPool(budget, 1 << 20);
                Memtable memtable = new Memtable(pool)) {
            assertThat(memtable.reserve(100_000, 100_000L * 116, 116)).isTrue();
            assertThat(budget.used()).isLessThan(32L << 20);
            memtable.releaseReserve();
            assertThat(budget.used()).isZero();
        }
    }

    private static byte[] key(Keys keys, Random random, int round, int i) {
        byte[] key =
                switch (keys) {
                    case RANDOM -> new byte[1 + random.nextInt(20)];
                    case LEVEL -> new byte[]{(byte) (i >>> 8), (byte) i, (byte) round, 0};
                    case DEEP -> new byte[random.nextInt(300)];
                    case FEW -> new byte[2];
                };
        switch (keys) {
            case RANDOM, FEW -> random.nextBytes(key);
            case DEEP -> {
                for (int at = 0; at < key.length; at++) {
                    key[at] = (byte) (random.nextInt(100) == 0 ? random.nextInt() : 0);
                }
            }
            case LEVEL -> {
                // Made above.
            }
        }
        return key;
    }
}
