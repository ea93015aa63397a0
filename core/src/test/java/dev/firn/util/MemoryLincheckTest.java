package dev.firn.util;

import dev.firn.testkit.ModelChecking;
import dev.firn.util.MemoryBudget.Use;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Memory is reserved once and given to one owner at a time: the sum never exceeds the limit, no
/// chunk has two owners, and when all is given back nothing is reserved.
///
/// Model checking: the accounts and lists are on the heap.
@Tag("lincheck")
class MemoryLincheckTest {
    @Test
    void memoryHasOneOwner() {
        ModelChecking.options(6, 300).threads(2)
                .actorsPerThread(4).actorsBefore(1).actorsAfter(0)
                .sequentialSpecification(Model.class)
                .check(Pool.class);
    }

    @Test
    void theBudgetIsNeverExceeded() {
        ModelChecking.options(5, 300).threads(3)
                .actorsPerThread(2).actorsBefore(1).actorsAfter(1).check(Budget.class);
    }

    public static class Budget {
        private final MemoryBudget budget = new MemoryBudget(10);

        @Operation
        public void reserve() {
            budget.tryReserve(Use.CACHE, 4);
        }

        @Operation
        public boolean reserveAndRelease() {
            if (budget.tryReserveNow(Use.LOG, 3)) {
                budget.release(Use.LOG, 3);
            }
            return budget.peak() <= budget.limit();
        }

        @Operation
        public boolean isBounded() {
            return budget.used() <= budget.limit();
        }

        @Validate
        public void sumsAgree() {
            if (budget.used() != budget.used(Use.CACHE) || budget.used(Use.LOG) != 0) {
                throw new IllegalStateException("the uses do not sum up");
            }
        }
    }

    public static class Pool {
        private static final int CHUNK = 2 << 10;
        private final MemoryBudget budget = new MemoryBudget(3 * CHUNK);
        private final ChunkPool pool = new ChunkPool(budget, CHUNK);
        private final ConcurrentLinkedQueue<Chunk> owned = new ConcurrentLinkedQueue<>();

        @Operation
        public String takeStandard() {
            return keep(pool.take(Use.MEMTABLE));
        }

        @Operation
        public String takePiece() {
            return keep(pool.take(Use.MEMTABLE, CHUNK / 2));
        }

        private String keep(Chunk chunk) {
            if (chunk == null) {
                return "";
            }
            boolean twice = owned.contains(chunk);
            owned.add(chunk);
            return twice ? "two owners" : "";
        }

        @Operation
        public void give() {
            Chunk chunk = owned.poll();
            if (chunk != null) {
                pool.give(Use.MEMTABLE, chunk);
            }
        }

        @Operation
        public void trim() {
            pool.trim(CHUNK);
        }

        @Validate
        public void allIsGivenBack() {
            if (budget.peak() > budget.limit()) {
                throw new IllegalStateException("more than the limit");
            }
            for (Chunk chunk = owned.poll(); chunk != null; chunk = owned.poll()) {
                pool.give(Use.MEMTABLE, chunk);
            }
            pool.close();
            if (budget.used() != 0) {
                throw new IllegalStateException(budget.used() + " bytes are kept");
            }
        }
    }

    /// What a pool may not show.
    public static class Model {
        public String takeStandard() {
            return "";
        }

        public String takePiece() {
            return "";
        }

        public void give() {
            // Nothing that anybody sees.
        }

        public void trim() {
            // Nothing that anybody sees.
        }
    }
}
