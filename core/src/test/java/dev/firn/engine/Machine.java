package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.util.MemoryBudget.Use;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Memory for small stores that are opened one after the other on one thread. To free native memory
/// takes longer than to open such a store, so each gets what the last one has given back.
///
/// Each store has a scheduler of its own, and sees no difference: what waits in the pool counts as
/// memory that is there to be had.
public final class Machine implements AutoCloseable {
    private final Relay relay = new Relay();
    private final SharedResources resources;

    /// A machine with so much memory.
    public Machine(long memoryBytes, int threads) {
        resources = SharedResources.on(relay, memoryBytes, threads);
    }

    /// What the next store uses, on a scheduler.
    public SharedResources on(Scheduler scheduler) {
        relay.to = scheduler;
        return resources;
    }

    /// Fails if a store that has been closed has kept memory.
    public void requireIdle() {
        for (Use use : Use.values()) {
            if (use != Use.POOL && use != Use.CACHE && resources.budget().used(use) != 0) {
                throw new Violation(Violation.Kind.LEAK, resources.budget().used(use)
                        + " bytes of memory are in use after close, for " + use);
            }
        }
    }

    /// Frees the memory, and fails if any was kept. Stores must be closed, or have failed.
    @Override
    public void close() {
        relay.to = null;
        resources.close();
        if (resources.memoryUsed() != 0) {
            throw new Violation(Violation.Kind.LEAK,
                    resources.memoryUsed() + " bytes of memory are in use at the end");
        }
    }

    private static final class Relay implements Scheduler {
        private @Nullable Scheduler to;

        private Scheduler to() {
            if (to == null) {
                throw new IllegalStateException("no store is open");
            }
            return to;
        }

        @Override
        public void submit(Priority priority, Task task) {
            to().submit(priority, task);
        }

        @Override
        public void submitAfter(long nanos, Priority priority, Task task) {
            to().submitAfter(nanos, priority, task);
        }

        @Override
        public boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos) {
            return to().await(gate, condition, timeoutNanos);
        }

        @Override
        public void pause(long nanos) {
            to().pause(nanos);
        }

        @Override
        public long nanoTime() {
            return to().nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return to().currentTimeMillis();
        }

        @Override
        public void close() {
            // Each store's ends with it.
        }
    }
}
