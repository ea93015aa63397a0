package dev.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.util.Bytes;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
    private static final int CHUNK = 1 << 20;

    private final MemoryBudget budget = new MemoryBudget(16L * CHUNK);
    private final ChunkPool pool = new ChunkPool(budget, CHUNK);
    private final List<TableSlots> tables = new ArrayList<>();
    private BlockCache cache = new BlockCache(pool, 8L * CHUNK);

    @AfterEach
    void everythingIsGivenBack() {
        tables.forEach(cache::release);
        cache.close();
        assertThat(budget.used(Use.CACHE)).isZero();
        assertThat(budget.used(Use.TABLE)).isZero();
        pool.close();
        assertThat(budget.used()).isZero();
        assertThat(budget.peak()).isLessThanOrEqualTo(budget.limit());
    }

    @Test
    void aBlockIsFoundAfterItWasPublished() {
        TableSlots slots = table(10);
        assertThat(slots.find(3)).isZero();
        int frame = cache.reserve(5000);
        Content.fill(cache, frame, 1, 3, 5000, 77);
        long handle = cache.publish(slots, 3, frame, 5000);
        assertThat(slots.find(3)).isEqualTo(handle).isNotZero();
        assertThat(cache.length(handle)).isEqualTo(5000);
        assertThat(read(slots, 1, 3)).isEqualTo(77);
        assertThat(slots.find(4)).isZero();
        assertThat(cache.stats()).isEqualTo(new CacheStats(1, 1, 0, 1, CHUNK));
    }

    @Test
    void framesOfABlockDoNotOverlap() {
        TableSlots slots = table(20_000);
        int[] lengths = {1, 900, 1024, 1100, 4096, 4200, 32768, 60_000, 200_000, 700_000, CHUNK};
        for (int i = 0; i < 60; i++) {
            put(slots, 1, i, Math.max(Content.BYTES_MIN, lengths[i % lengths.length]));
        }
        for (int i = 0; i < 60; i++) {
            if (slots.find(i) != 0) {
                assertThat(read(slots, 1, i)).isEqualTo(i);
            }
        }
    }

    @Test
    void aBlockLargerThanAChunkIsNotCached() {
        assertThat(cache.reserve(CHUNK + 1)).isEqualTo(-1);
        put(table(1), 1, 0, CHUNK);
    }

    @Test
    void theFirstOfTwoThatFillTheSameBlockWins() {
        TableSlots slots = table(1);
        int first = cache.reserve(4096);
        int second = cache.reserve(4096);
        assertThat(first).isNotEqualTo(second);
        Content.fill(cache, first, 1, 0, 4096, 1);
        Content.fill(cache, second, 1, 0, 4096, 2);
        long handle = cache.publish(slots, 0, second, 4096);
        assertThat(cache.publish(slots, 0, first, 4096)).isEqualTo(handle);
        assertThat(read(slots, 1, 0)).isEqualTo(2);
        assertThat(cache.stats().blocks()).isEqualTo(1);
    }

    @Test
    void aHandleIsNotValidForTheNextFillingOfTheSameFrame() {
        TableSlots slots = table(1);
        long old = put(slots, 1, 0, 4096);
        assertThat(slots.holds(0, old)).isTrue();
        cache.reclaim(CHUNK);
        assertThat(slots.holds(0, old)).isFalse();
        long again = put(slots, 1, 0, 4096);
        assertThat(cache.offset(again)).isEqualTo(cache.offset(old));
        assertThat(slots.holds(0, old)).isFalse();
        assertThat(slots.holds(0, again)).isTrue();
    }

    @Test
    void aFrameIsPublishedOrDiscardedOnce() {
        TableSlots slots = table(2);
        int frame = cache.reserve(4096);
        cache.publish(slots, 0, frame, 4096);
        assertThatThrownBy(() -> cache.publish(slots, 1, frame, 4096))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.discard(frame)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void framesBeingFilledAreNeverTaken() {
        TableSlots slots = table(10_000);
        List<Integer> held = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            held.add(cache.reserve(4096));
            Content.fill(cache, held.getLast(), 1, i, 4096, i);
        }
        for (int i = 500; i < 6000; i++) {
            put(slots, 1, i, i % 7 == 0 ? 30_000 : 4096);
        }
        cache.reclaim(Long.MAX_VALUE);
        for (int i = 0; i < 500; i++) {
            cache.publish(slots, i, held.get(i), 4096);
            assertThat(read(slots, 1, i)).isEqualTo(i);
        }
    }

    @Test
    void whenAllFramesAreBeingFilledThereIsNone() {
        List<Integer> held = new ArrayList<>();
        for (int frame = cache.reserve(100_000); frame >= 0; frame = cache.reserve(100_000)) {
            held.add(frame);
        }
        assertThat(cache.stats().bytes()).isEqualTo(8L * CHUNK);
        assertThat(cache.reserve(4096)).isEqualTo(-1);
        held.forEach(cache::discard);
        int frame = cache.reserve(4096);
        assertThat(frame).isNotEqualTo(-1);
        cache.discard(frame);
    }

    @Test
    void aReleasedTableLeavesItsFramesToOthers() {
        TableSlots one = table(1000);
        TableSlots other = table(1000);
        for (int i = 0; i < 1000; i++) {
            put(one, 1, i, 4096);
        }
        int frame = cache.reserve(4096);
        cache.release(one);
        assertThat(cache.publish(one, 5, frame, 4096)).isZero();
        assertThat(one.find(5)).isZero();
        assertThat(cache.stats().blocks()).isZero();
        for (int i = 0; i < 1000; i++) {
            put(other, 2, i, 4096);
        }
        assertThat(cache.stats().evictions()).isZero();
        assertThat(cache.stats().bytes()).isEqualTo(4L * CHUNK);
    }

    @Test
    void memoryGoesToWhoeverNeedsItAndAllOfItCanGo() {
        cache = new BlockCache(pool, Long.MAX_VALUE);
        budget.setReclaimer(cache);
        TableSlots slots = table(10_000);
        for (int i = 0; i < 10_000; i++) {
            put(slots, 1, i, 4096);
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
        }
        assertThat(budget.used(Use.CACHE)).isGreaterThan(14L * CHUNK);
        List<Chunk> taken = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            taken.add(Objects.requireNonNull(pool.take(Use.MEMTABLE)));
            for (int k = 0; k < 10_000; k++) {
                if (slots.find(k) != 0) {
                    assertThat(read(slots, 1, k)).isEqualTo(k);
                }
            }
        }
        assertThat(budget.used(Use.CACHE)).isZero();
        assertThat(cache.stats().blocks()).isZero();
        assertThat(cache.reserve(4096)).isEqualTo(-1);
        taken.forEach(chunk -> pool.give(Use.MEMTABLE, chunk));
        put(slots, 1, 0, 4096);
        assertThat(read(slots, 1, 0)).isZero();
    }

    @Test
    void whatIsLookedUpAgainStaysWhileAScanPassesThrough() {
        TableSlots hot = table(500);
        TableSlots cold = table(100_000);
        for (int i = 0; i < 500; i++) {
            put(hot, 1, i, 4096);
            read(hot, 1, i);
        }
        for (int i = 0; i < 10_000; i++) {
            put(cold, 2, i, 4096);
            assertThat(read(hot, 1, i % 500)).isEqualTo(i % 500);
        }
    }

    @Test
    void memoryMovesToTheSizeThatIsWanted() {
        TableSlots old = table(10_000);
        for (int i = 0; i < 10_000; i++) {
            put(old, 1, i, 4096);
        }
        TableSlots wanted = table(180);
        for (int pass = 0; pass < 40; pass++) {
            for (int i = 0; i < 180; i++) {
                readOrPut(wanted, 2, i, 32_000);
            }
        }
        long misses = cache.stats().misses();
        for (int i = 0; i < 180; i++) {
            readOrPut(wanted, 2, i, 32_000);
        }
        assertThat(cache.stats().misses()).isEqualTo(misses);
    }

    /// A read that has validated its block may be held up before it marks it.
    @Test
    void aBlockMayBeTouchedWhenItsMemoryHasMoved() {
        TableSlots small = table(8 * CHUNK / 1024);
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < small.blocks(); i++) {
            put(small, 1, i, 1000);
            handles.add(small.find(i));
        }
        TableSlots large = table(200);
        for (int i = 0; i < large.blocks(); i++) {
            put(large, 2, i, 700_000);
        }
        handles.stream().filter(handle -> handle != 0).forEach(cache::touch);
    }

    @Test
    void memoryStaysWhereItIsUsed() {
        TableSlots hot = table(1500);
        for (int i = 0; i < 1500; i++) {
            put(hot, 1, i, 4096);
        }
        TableSlots scanned = table(100_000);
        int missed = 0;
        for (int i = 0; i < 20_000; i++) {
            put(scanned, 2, i, 32_000);
            for (int k = 0; k < 8; k++) {
                int ordinal = (i * 8 + k) % 1500;
                if (hot.find(ordinal) == 0) {
                    missed++;
                }
                readOrPut(hot, 1, ordinal, 4096);
            }
        }
        assertThat(missed).isLessThan(2000);
    }

    @Test
    void aSmallCacheServesManySizes() {
        cache = new BlockCache(pool, 2L * CHUNK);
        TableSlots slots = table(300);
        for (int pass = 0; pass < 20; pass++) {
            for (int i = 0; i < 100; i++) {
                readOrPut(slots, 1, i, 900 + i * 37);
            }
        }
        // 300 KB of blocks in 2 MiB: borrowing larger frames keeps most of them.
        assertThat(cache.stats().misses()).isLessThan(300);
    }

    @Test
    void afterCloseNothingIsFoundAndUseIsAnException() {
        TableSlots slots = table(10);
        long handle = put(slots, 1, 0, 4096);
        int filling = cache.reserve(4096);
        cache.close();
        assertThat(slots.find(0)).isZero();
        assertThat(slots.holds(0, handle)).isFalse();
        assertThat(cache.reserve(4096)).isEqualTo(-1);
        // Who fills a frame is not disturbed: its chunk goes when he is done.
        assertThat(budget.used(Use.CACHE)).isEqualTo(CHUNK);
        Content.fill(cache, filling, 1, 1, 4096, 1);
        assertThat(cache.publish(slots, 1, filling, 4096)).isZero();
        assertThat(budget.used(Use.CACHE)).isZero();
        pool.close();
        MemorySegment memory = cache.memory(handle);
        assertThatThrownBy(() -> memory.get(Bytes.LONG, 0))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        cache.close();
    }

    private TableSlots table(int blocks) {
        TableSlots slots = Objects.requireNonNull(cache.register(blocks));
        tables.add(slots);
        return slots;
    }

    private long put(TableSlots slots, long table, int ordinal, int length) {
        int frame = cache.reserve(length);
        assertThat(frame).isNotEqualTo(-1);
        Content.fill(cache, frame, table, ordinal, length, ordinal);
        return cache.publish(slots, ordinal, frame, length);
    }

    private long read(TableSlots slots, long table, int ordinal) {
        long handle = slots.find(ordinal);
        assertThat(handle).as("block %d is cached", ordinal).isNotZero();
        long time = Content.check(cache.memory(handle), cache.offset(handle), table, ordinal,
                cache.length(handle));
        assertThat(slots.holds(ordinal, handle)).isTrue();
        cache.touch(handle);
        return time;
    }

    private void readOrPut(TableSlots slots, long table, int ordinal, int length) {
        if (slots.find(ordinal) != 0) {
            assertThat(read(slots, table, ordinal)).isEqualTo(ordinal);
        } else {
            put(slots, table, ordinal, length);
        }
    }
}
