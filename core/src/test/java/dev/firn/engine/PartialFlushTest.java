package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Durability;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.WriteBatch;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A flush of one keyspace loses nothing of the others (P3).
class PartialFlushTest {
    private static final byte[] KEY = bytes("key");

    private final SimulatedStorage storage = new SimulatedStorage();
    private final DeterministicScheduler scheduler = new DeterministicScheduler(1);
    private int whole;

    private static Store open(SimulatedStorage storage, DeterministicScheduler scheduler) {
        return Store.open(Path.of("partial"), storage,
                Options.defaults().withMemtableBytes(64L << 10),
                SharedResources.on(scheduler, 8L << 20, 1), true, 1);
    }

    @Test
    void aFlushOfOneKeyspaceTakesTheBatchesOfAll() {
        try (Store store = open(storage, scheduler)) {
            Keyspace small = store.keyspace("small");
            Keyspace large = store.keyspace("large");
            storage.beforeEach((now, _) -> now.crashStates(5, 1).forEach(this::check));
            store.write(WriteBatch.create().put(small, KEY, KEY).put(large, KEY, KEY),
                    Durability.NONE);
            fill(large, scheduler);
            storage.beforeEach((_, _) -> {});
            check(storage.processCrash());
        }
        assertThat(whole).as("states that have the batch").isPositive();
    }

    private static void fill(Keyspace large, DeterministicScheduler scheduler) {
        for (int i = 0; i < 4; i++) {
            large.put(bytes("filler" + i), random(i, 30_000), Durability.BUFFERED);
            scheduler.drain();
        }
    }

    private void check(SimulatedStorage state) {
        try (Store left = open(state, new DeterministicScheduler(1))) {
            boolean inSmall = left.keyspace("small").contains(KEY);
            assertThat(left.keyspace("large").contains(KEY)).as("half a batch").isEqualTo(inSmall);
            whole += inSmall ? 1 : 0;
        }
    }
}
