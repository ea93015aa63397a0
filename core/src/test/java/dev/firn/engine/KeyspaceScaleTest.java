package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Resources;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Ten thousand keyspaces in one store: what an idle one costs, and that all come back.
///
/// On simulated storage, since each creation forces the manifest. The simulated files are counted
/// as well, which makes the figure an upper bound.
class KeyspaceScaleTest {
    private static final int KEYSPACES = 10_000;
    private static final long BYTES_MAX = 16 << 10;

    @Test
    void anIdleKeyspaceCostsLittle() {
        SimulatedStorage storage = new SimulatedStorage();
        SharedResources resources = SharedResources.create(64L << 20, 2, 0);
        try (Store store = open(storage, resources)) {
            store.put(number(0), number(0));
            long before = used(resources);
            long started = System.nanoTime();
            for (int i = 0; i < KEYSPACES; i++) {
                store.keyspace("k" + i);
            }
            long created = System.nanoTime() - started;
            assertThat(store.keyspaceNames()).hasSize(KEYSPACES + 1);
            long each = (used(resources) - before) / KEYSPACES;
            System.out.printf(
                    "KeyspaceScaleTest: %d bytes for an idle keyspace; %d made in %d ms%n",
                    each, KEYSPACES, created / 1_000_000);
            assertThat(each).isLessThanOrEqualTo(BYTES_MAX);
            // Some are written, the others stay idle.
            for (int i = 0; i < KEYSPACES; i += 100) {
                store.keyspace("k" + i).put(number(i), number(i));
            }
            store.flush();
        }
        long before = used(resources);
        long started = System.nanoTime();
        try (Store store = open(storage, resources)) {
            System.out.printf("KeyspaceScaleTest: reopened in %d ms%n",
                    (System.nanoTime() - started) / 1_000_000);
            assertThat(store.keyspaceNames()).hasSize(KEYSPACES + 1);
            for (int i = 0; i < KEYSPACES; i += 50) {
                Keyspace space = store.findKeyspace("k" + i);
                assertThat(space).isNotNull();
                assertThat(space.get(number(i))).isEqualTo(i % 100 == 0 ? number(i) : null);
            }
            long each = (used(resources) - before) / KEYSPACES;
            System.out.printf("KeyspaceScaleTest: %d bytes each after it%n", each);
            assertThat(each).isLessThanOrEqualTo(BYTES_MAX);
        }
        resources.close();
        assertThat(resources.memoryUsed()).isZero();
    }

    private static Store open(SimulatedStorage storage, SharedResources resources) {
        return Store.open(Path.of("scale"), storage, Options.defaults(), resources, false, 1);
    }

    /// Heap in use after a collection, and what is accounted for outside it.
    private static long used(Resources resources) {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least + resources.memoryUsed();
    }
}
