package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A key that is written over and over: old snapshots find their version in a few steps.
class VersionsTest {
    private static final int VERSIONS = 500_000;
    private static final byte[] KEY = {'h', 'o', 't'};

    /// Three steps for each doubling, which is what the jumps guarantee, and a few to begin with.
    private static final int STEPS_MAX = 3 * 19 + 3;

    @Test
    void anOldVersionOfAHotKeyIsFoundInAFewSteps() {
        try (ChunkPool pool = new ChunkPool(new MemoryBudget(1L << 30), 1 << 20)) {
            MemtableArena arena = new MemtableArena(pool);
            RadixTree tree = new RadixTree(arena);
            Versions versions = new Versions(arena);
            TreeWriter writer = new TreeWriter(tree, new NodeWriter(arena), versions);
            for (long s = 1; s <= VERSIONS; s++) {
                assertThat(writer.insert(KEY, 0, 3, Trailer.of(2 * s, ValueKind.PUT),
                        MemorySegment.NULL, 0, 0)).isTrue();
            }
            int leaf = tree.find(KEY, 0, 3);
            Random random = new Random(1);
            int most = 0;
            for (int i = 0; i < 20_000; i++) {
                long sequence = i < 100 ? i : random.nextLong(2L * VERSIONS + 3);
                long bound = Trailer.seek(sequence);
                most = Math.max(most, steps(versions, leaf, bound));
                assertThat(most).isLessThanOrEqualTo(STEPS_MAX);
                int found = versions.atOrBelow(leaf, bound);
                long expected = Math.min(sequence / 2, VERSIONS);
                if (expected == 0) {
                    assertThat(found).isZero();
                } else {
                    assertThat(versions.trailer(found))
                            .isEqualTo(Trailer.of(2 * expected, ValueKind.PUT));
                }
                int above = versions.above(leaf, bound);
                if (expected == VERSIONS) {
                    assertThat(above).isZero();
                } else {
                    assertThat(versions.trailer(above))
                            .isEqualTo(Trailer.of(2 * expected + 2, ValueKind.PUT));
                }
            }
            assertThat(most).isGreaterThan(10);
            tree.close();
        }
    }

    private static int steps(Versions versions, int leaf, long bound) {
        int steps = 0;
        for (int version = versions.newest(leaf); steps <= STEPS_MAX && version != 0 && Long
                .compareUnsigned(versions.trailer(version), bound) > 0; steps++) {
            version = versions.step(version, bound);
        }
        return steps;
    }

    @Test
    void aCursorWalksAllVersionsBothWays() throws IOException {
        try (ChunkPool pool = new ChunkPool(new MemoryBudget(1L << 30), 1 << 20);
                Memtable memtable = new Memtable(pool);
                Arena arena = Arena.ofConfined()) {
            int versions = 50_000;
            for (int s = 1; s <= versions; s++) {
                byte[] key = s % 1000 == 0 ? new byte[]{'h', 'o'} : KEY;
                assertThat(memtable.insert(key, 0, key.length, Trailer.of(s, ValueKind.PUT),
                        MemorySegment.NULL, 0, 0)).isTrue();
            }
            MemorySegment key = arena.allocate(3);
            MemorySegment.copy(MemorySegment.ofArray(KEY), 0, key, 0, 3);
            try (EntryCursor cursor = memtable.cursor()) {
                assertThat(cursor.seek(key, 0, 3, -1L)).isTrue();
                for (int s = versions; s > 0; s--) {
                    if (s % 1000 != 0) {
                        assertThat(cursor.trailer()).isEqualTo(Trailer.of(s, ValueKind.PUT));
                        assertThat(cursor.keyLength()).isEqualTo(3);
                        assertThat(cursor.next()).isEqualTo(s > 1);
                    }
                }
                assertThat(cursor.seekToLast()).isTrue();
                for (int s = 1; s <= versions; s++) {
                    if (s % 1000 != 0) {
                        assertThat(cursor.trailer()).isEqualTo(Trailer.of(s, ValueKind.PUT));
                        assertThat(cursor.previous()).isTrue();
                    }
                }
                assertThat(cursor.keyLength()).isEqualTo(2);
                assertThat(cursor.trailer()).isEqualTo(Trailer.of(1000, ValueKind.PUT));
            }
        }
    }
}
