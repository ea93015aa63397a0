package dev.firn.engine.life;

import dev.firn.engine.DeterministicScheduler;
import dev.firn.engine.Machine;
import dev.firn.engine.SharedResources;
import dev.firn.engine.Store;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A store that is open on simulated storage, with what it needs, all on one thread.
record Opened(
        SimulatedStorage storage,
        DeterministicScheduler scheduler,
        SharedResources resources,
        @Nullable Machine machine,
        Store store) {
    static final long MEMORY_BYTES = 24L << 20;

    /// More steps of background work than any life needs: it goes round in circles.
    private static final long STEPS_MAX = 1_000_000;

    /// Opens a store with memory of its own.
    static Opened open(Setup setup, SimulatedStorage storage, int opens, boolean readOnly) {
        DeterministicScheduler scheduler = scheduler(setup, opens);
        SharedResources resources =
                SharedResources.on(scheduler, MEMORY_BYTES, setup.threads());
        try {
            return new Opened(storage, scheduler, resources, null,
                    open(setup, storage, readOnly, resources, true));
        } catch (Throwable t) {
            resources.close();
            throw t;
        }
    }

    /// Opens a store with the memory of a machine.
    static Opened open(
            Setup setup, SimulatedStorage storage, int opens, boolean readOnly, Machine machine) {
        DeterministicScheduler scheduler = scheduler(setup, opens);
        SharedResources resources = machine.on(scheduler);
        return new Opened(storage, scheduler, resources, machine,
                open(setup, storage, readOnly, resources, false));
    }

    private static DeterministicScheduler scheduler(Setup setup, int opens) {
        return new DeterministicScheduler(setup.seed() * 31 + opens).atMost(STEPS_MAX);
    }

    private static Store open(Setup setup, SimulatedStorage storage, boolean readOnly,
            SharedResources resources, boolean owned) {
        return Store.open(Path.of("life"), storage, setup.options().withReadOnly(readOnly),
                resources, owned, setup.seed(), setup.sizes());
    }

    /// Closes it, and checks that everything was given back.
    void close() {
        store.close();
        store.close();
        if (!storage.openFiles().list().isEmpty()) {
            throw new Violation(Violation.Kind.LEAK, "left open after close: "
                    + storage.openFiles().list().stream().map(Throwable::getMessage).toList());
        }
        if (machine != null) {
            machine.requireIdle();
        } else if (resources.memoryUsed() != 0) {
            throw new Violation(Violation.Kind.LEAK,
                    resources.memoryUsed() + " bytes of memory are in use after close");
        }
    }
}
