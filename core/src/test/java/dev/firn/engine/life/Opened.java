package dev.firn.engine.life;

import dev.firn.engine.DeterministicScheduler;
import dev.firn.engine.SharedResources;
import dev.firn.engine.Store;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;

/// A store that is open on simulated storage, with what it needs, all on one thread.
record Opened(
        SimulatedStorage storage,
        DeterministicScheduler scheduler,
        SharedResources resources,
        Store store) {
    private static final long MEMORY_BYTES = 24L << 20;

    /// More steps of background work than any life needs: it goes round in circles.
    private static final long STEPS_MAX = 1_000_000;

    static Opened open(Setup setup, SimulatedStorage storage, int opens, boolean readOnly) {
        DeterministicScheduler scheduler =
                new DeterministicScheduler(setup.seed() * 31 + opens).atMost(STEPS_MAX);
        SharedResources resources =
                SharedResources.on(scheduler, MEMORY_BYTES, setup.threads());
        try {
            Store store =
                    Store.open(
                            Path.of("life"), storage,
                            setup.options().withReadOnly(readOnly), resources, true,
                            setup.seed(), setup.sizes());
            return new Opened(storage, scheduler, resources, store);
        } catch (Throwable t) {
            resources.close();
            throw t;
        }
    }

    /// Closes it, and checks that everything was given back.
    void close() {
        store.close();
        store.close();
        if (!storage.openFiles().list().isEmpty()) {
            throw new Violation(Violation.Kind.LEAK, "left open after close: "
                    + storage.openFiles().list().stream().map(Throwable::getMessage).toList());
        }
        if (resources.memoryUsed() != 0) {
            throw new Violation(Violation.Kind.LEAK,
                    resources.memoryUsed() + " bytes of memory are in use after close");
        }
    }
}
