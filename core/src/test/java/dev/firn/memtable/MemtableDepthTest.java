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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// a, aa, aaa: a tree as deep as its keys are long. Nothing may recurse.
class MemtableDepthTest {
    @Test
    void aTreeMayBeThousandsOfNodesDeep() throws IOException {
        List<Integer> lengths = IntStream.rangeClosed(0, 5_000).boxed().toList();
        check(lengths, 256 << 20);
        check(lengths.reversed(), 256 << 20);
        List<Integer> shuffled = new java.util.ArrayList<>(lengths);
        Collections.shuffle(shuffled, new Random(7));
        check(shuffled, 256 << 20);
    }

    /// Takes more than 2 GiB of native memory.
    @Test
    @Tag("long")
    void aTreeMayBeAsDeepAsTheLongestKeyIsLong() throws IOException {
        check(IntStream.rangeClosed(0, Memtable.KEY_BYTES_MAX).boxed().toList(), 3L << 30);
    }

    private static void check(List<Integer> lengths, long limit) throws IOException {
        MemoryBudget budget = new MemoryBudget(limit);
        int longest = Collections.max(lengths);
        byte[] key = new byte[longest];
        Arrays.fill(key, (byte) 'a');
        try (ChunkPool pool = new ChunkPool(budget, 1 << 20);
                Memtable memtable = new Memtable(pool)) {
            for (int length : lengths) {
                assertThat(memtable.insert(key, 0, length, Trailer.of(memtable.entries() + 1,
                        ValueKind.PUT), MemorySegment.NULL, 0, 0)).isTrue();
            }
            for (int i = 0; i < lengths.size(); i += 1 + lengths.size() / 1_000) {
                long found = memtable.find(key, 0, lengths.get(i), Trailer.SEQUENCE_MAX);
                assertThat(Trailer.sequence(memtable.trailer(found))).isEqualTo(i + 1);
            }
            try (EntryCursor cursor = memtable.cursor(); Arena arena = Arena.ofConfined()) {
                boolean more = cursor.seekToFirst();
                for (int length = 0; length <= longest; length++, more = cursor.next()) {
                    assertThat(more).isTrue();
                    assertThat(cursor.keyLength()).isEqualTo(length);
                }
                assertThat(more).isFalse();
                more = cursor.seekToLast();
                for (int length = longest; length >= 0; length--, more = cursor.previous()) {
                    assertThat(more).isTrue();
                    assertThat(cursor.keyLength()).isEqualTo(length);
                }
                assertThat(more).isFalse();
                MemorySegment sought = arena.allocate(longest + 1L);
                sought.fill((byte) 'a');
                assertThat(cursor.seek(sought, 0, longest - 3, 0)).isTrue();
                assertThat(cursor.keyLength()).isEqualTo(longest - 2);
                assertThat(cursor.seekBefore(sought, 0, longest - 3, -1)).isTrue();
                assertThat(cursor.keyLength()).isEqualTo(longest - 4);
                assertThat(cursor.seek(sought, 0, longest + 1, -1)).isFalse();
            }
        }
        assertThat(budget.used()).isZero();
    }
}
