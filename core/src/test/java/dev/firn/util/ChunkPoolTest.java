package dev.firn.util;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.util.MemoryBudget.Reclaimer;
import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Chunks pass from hand to hand inside the budget.
class ChunkPoolTest {
    private static final int CHUNK = 64 << 10;
    private static final int CHUNKS = 32;

    private final MemoryBudget budget = new MemoryBudget((long) CHUNKS * CHUNK);
    private final ChunkPool pool = new ChunkPool(budget, CHUNK);

    /// A cache that holds chunks until they are wanted.
    private final ArrayDeque<Chunk> cached = new ArrayDeque<>();

    private void fill() {
        for (Chunk chunk = pool.take(Use.CACHE); chunk != null; chunk = pool.take(Use.CACHE)) {
            cached.push(chunk);
        }
        assertThat(cached).hasSize(CHUNKS);
        assertThat(budget.used()).isEqualTo(budget.limit());
    }

    private void reclaimFromCache() {
        budget.setReclaimer(new Reclaimer() {
            @Override
            public long reclaim(long bytes) {
                return handOver() ? pool.trim(bytes) : 0;
            }

            @Override
            public boolean handOver() {
                Chunk chunk = cached.poll();
                if (chunk != null) {
                    pool.give(Use.CACHE, chunk);
                }
                return chunk != null;
            }
        });
    }

    private static long address(Chunk chunk) {
        return chunk.memory().address();
    }

    @Test
    void theCacheHandsItsChunksOver() {
        fill();
        reclaimFromCache();
        List<Long> addresses = cached.stream().map(ChunkPoolTest::address).toList();
        ChunkReserve reserve = new ChunkReserve(pool, Use.MEMTABLE);
        assertThat(reserve.ensure(3L * CHUNK - 1)).isTrue();
        assertThat(budget.used(Use.MEMTABLE)).isEqualTo(3L * CHUNK);
        assertThat(budget.used()).isEqualTo(budget.limit());
        List<Chunk> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            taken.add(reserve.take(CHUNK));
        }
        taken.add(pool.take(Use.MEMTABLE));
        assertThat(taken).allMatch(chunk -> addresses.contains(address(chunk)));
        assertThat(budget.used(Use.MEMTABLE)).isEqualTo(4L * CHUNK);
        taken.forEach(chunk -> pool.give(Use.MEMTABLE, chunk));
        close();
    }

    @Test
    void whatIsNotTakenGoesBack() {
        fill();
        reclaimFromCache();
        ChunkReserve reserve = new ChunkReserve(pool, Use.MEMTABLE);
        assertThat(reserve.ensure(5L * CHUNK + 100)).isTrue();
        reserve.release();
        assertThat(budget.used(Use.MEMTABLE)).isZero();
        assertThat(budget.used(Use.POOL)).isPositive();
        assertThat(reserve.ensure((CHUNKS + 1L) * CHUNK)).isFalse();
        assertThat(budget.used(Use.MEMTABLE)).isZero();
        close();
    }

    @Test
    void smallPiecesComeOutOfReservedChunks() {
        fill();
        reclaimFromCache();
        ChunkReserve reserve = new ChunkReserve(pool, Use.MEMTABLE);
        assertThat(reserve.ensure(2L * CHUNK)).isTrue();
        Chunk small = reserve.take(4096);
        assertThat(small.bytes()).isEqualTo(4096);
        assertThat(budget.used(Use.MEMTABLE)).isEqualTo(2L * CHUNK);
        reserve.release();
        assertThat(budget.used(Use.MEMTABLE)).isEqualTo(4096);
        pool.give(Use.MEMTABLE, small);
        close();
    }

    /// Bytes that were needed on the heap for a while do not send a chunk through the C library.
    @Test
    void aTrimmedChunkComesBack() {
        fill();
        Chunk chunk = cached.pop();
        long address = address(chunk);
        pool.give(Use.CACHE, chunk);
        assertThat(pool.trim(1)).isEqualTo(CHUNK);
        assertThat(budget.used()).isEqualTo(budget.limit() - CHUNK);
        // The heap is done with its bytes; the next chunk is the one from before.
        Chunk again = pool.take(Use.CACHE);
        assertThat(address(again)).isEqualTo(address);
        assertThat(budget.used()).isEqualTo(budget.limit());
        cached.push(again);
        close();
    }

    private void close() {
        cached.forEach(chunk -> pool.give(Use.CACHE, chunk));
        cached.clear();
        pool.close();
        assertThat(budget.used()).isZero();
    }
}
