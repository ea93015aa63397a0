package dev.firn.cache;

import dev.firn.testkit.ModelChecking;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A block that is believed is whole, while frames are given to other blocks, other tables and
/// other users of the memory, and the cache is closed; and in the end all memory is given back.
///
/// Model checking: Lincheck does not see the accesses to the blocks themselves, but it switches at
/// the slots around them, and that is where the protocol decides.
@Tag("lincheck")
class BlockCacheLincheckTest {
    @Test
    void whatIsBelievedIsWhole() {
        ModelChecking.options(12, 120).threads(2)
                .actorsPerThread(3).actorsBefore(3).actorsAfter(0)
                .sequentialSpecification(Model.class)
                .check(Operations.class);
    }

    @Param(name = "block", gen = IntGen.class, conf = "0:2")
    public static class Operations {
        private static final int CHUNK = 1 << 10;
        private static final int BLOCKS = 3;
        private static final int LENGTH = 64;

        /// Room for two blocks, or for one and another use.
        private final MemoryBudget budget =
                new MemoryBudget(2 * CHUNK + 2 * TableSlots.bytes(BLOCKS));
        private final ChunkPool pool = new ChunkPool(budget, CHUNK);
        private final BlockCache cache = new BlockCache(pool, 2 * CHUNK);
        private final AtomicLong times = new AtomicLong();
        private volatile Table table;

        private record Table(long id, TableSlots slots) {}

        public Operations() {
            budget.setReclaimer(cache);
            table = new Table(1, Objects.requireNonNull(cache.register(BLOCKS)));
        }

        /// Looks a block up.
        @Operation
        public String get(@Param(name = "block") int block) {
            Table of = table;
            long handle = of.slots.find(block);
            if (handle == 0) {
                return "";
            }
            boolean whole;
            try {
                whole = cache.length(handle) == LENGTH && Content.check(cache.memory(handle),
                        cache.offset(handle), of.id, block, LENGTH) != -1;
            } catch (IndexOutOfBoundsException | IllegalStateException e) {
                whole = false;
            }
            boolean believed = of.slots.holds(block, handle);
            cache.touch(handle);
            return believed && !whole ? "torn" : "";
        }

        /// Puts a block in, if there is room.
        @Operation
        public void put(@Param(name = "block") int block) {
            Table of = table;
            int frame = cache.reserve(LENGTH);
            if (frame >= 0) {
                Content.fill(cache, frame, of.id, block, LENGTH, times.incrementAndGet());
                cache.publish(of.slots, block, frame, LENGTH);
            }
        }

        /// Uses the memory for something else.
        @Operation
        public void take() {
            Chunk chunk = pool.take(Use.MEMTABLE);
            if (chunk != null) {
                chunk.memory().fill((byte) 7);
                pool.give(Use.MEMTABLE, chunk);
            }
        }

        /// Closes the table and opens another one.
        @Operation(runOnce = true)
        public void reopen() {
            Table old = table;
            TableSlots slots = cache.register(BLOCKS);
            if (slots != null) {
                table = new Table(2, slots);
                cache.release(old.slots);
            }
        }

        @Operation(runOnce = true)
        public void close() {
            cache.close();
        }

        @Validate
        public void allIsGivenBack() {
            cache.release(table.slots);
            cache.close();
            pool.close();
            if (budget.used() != 0) {
                throw new IllegalStateException(budget.used() + " bytes are kept");
            }
        }
    }

    /// A cache that holds nothing: nobody may see a difference.
    public static class Model {
        public String get(int block) {
            return "";
        }

        public void put(int block) {
            // It need not keep it.
        }

        public void take() {
            // Nothing that anybody sees.
        }

        public void reopen() {
            // Nothing that anybody sees.
        }

        public void close() {
            // Nothing that anybody sees.
        }
    }
}
