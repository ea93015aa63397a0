package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;

/// What one owner has reserved in the memory budget for buffers on the heap. One thread.
final class Reservation {
    private final MemoryBudget budget;
    private final Use use;
    private long held;

    Reservation(MemoryBudget budget, Use use) {
        this.budget = budget;
        this.use = use;
    }

    /// Reserves bytes, or says that there is no room ([FirnException.Kind#OUT_OF_MEMORY]); then
    /// nothing has changed.
    void take(long bytes) {
        if (!budget.tryReserve(use, bytes)) {
            throw outOfMemory(bytes, budget);
        }
        held += bytes;
    }

    /// What is thrown when the budget has no room for so many bytes.
    static FirnException outOfMemory(long bytes, MemoryBudget budget) {
        return new FirnException(FirnException.Kind.OUT_OF_MEMORY,
                "no room for " + bytes + " more bytes of buffers in the memory budget of "
                        + budget.limit() + " bytes");
    }

    /// Gives a part back.
    void give(long bytes) {
        held -= bytes;
        budget.release(use, bytes);
    }

    /// Gives all of it back.
    void giveAll() {
        give(held);
    }
}
