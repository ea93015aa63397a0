package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Durability;
import dev.firn.Statistics.Stall;
import dev.firn.StoreEvent;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A disk that takes 200 milliseconds for every force makes writers slow, and says so.
class SlowDiskTest {
    private static final long FORCE_NANOS = 200_000_000L;

    /// In virtual time, so that every wait is exact.
    @Test
    void theStallIsReported() {
        DeterministicScheduler time = new DeterministicScheduler(1);
        FaultyStorage storage = new FaultyStorage(new SimulatedStorage());
        Queue<StoreEvent> events = new ConcurrentLinkedQueue<>();
        try (Store store =
                Store.open(Path.of("slow"), storage, small().withListener(events::add),
                        SharedResources.on(time, 16L << 20, 1), true, 1)) {
            storage.add(FaultRule.sticky(OperationKind.FORCE, 1,
                    new Fault.Before(() -> time.pause(FORCE_NANOS))));
            for (int i = 0; i < 5; i++) {
                store.keyspace().put(number(i), random(i, 100), Durability.SYNC);
                store.keyspace().put(number(i), random(i, 100), Durability.BUFFERED);
            }
            assertStall(store, Throttle.DISK, 5, 5 * FORCE_NANOS);
            assertThat(events).filteredOn(e -> e instanceof StoreEvent.Stalled s
                    && s.reason().equals(Throttle.DISK)).hasSize(5);
            // Segments of the log: nobody prepares them ahead here, so who fills one waits.
            for (int i = 0; i < 6; i++) {
                store.keyspace().put(number(i), random(i, 400_000), Durability.BUFFERED);
            }
            assertThat(stall(store, Throttle.DISK).count()).isGreaterThan(5);
            assertThat(store.awaitIdle(Duration.ofMinutes(5))).isTrue();
            assertThat(store.statistics().failure()).isNull();
        }
    }

    /// With threads: all of them get on.
    @Test
    @Timeout(120)
    void nobodyWaitsForEver() throws Exception {
        SimulatedStorage disk = new SimulatedStorage();
        FaultyStorage storage = new FaultyStorage(disk);
        SharedResources resources = SharedResources.create(16L << 20, 2, 0);
        ExecutorService writers = Executors.newFixedThreadPool(4);
        try (Store store = Store.open(Path.of("slow"), storage, small(), resources, true, 1)) {
            storage.add(FaultRule.sticky(OperationKind.FORCE, 1,
                    new Fault.Before(() -> rest(FORCE_NANOS))));
            List<Future<?>> all = new java.util.ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int writer = w;
                all.add(writers.submit(() -> {
                    for (int i = 0; i < 3; i++) {
                        store.keyspace().put(number(writer * 100 + i), random(i, 30_000),
                                i == 1 ? Durability.SYNC : Durability.BUFFERED);
                        assertThat(store.get(number(writer * 100 + i))).hasSize(30_000);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
            store.flush();
            assertThat(stall(store, Throttle.DISK).count()).isPositive();
        } finally {
            writers.shutdownNow();
        }
        disk.openFiles().assertNone();
        assertThat(resources.memoryUsed()).isZero();
    }

    private static void rest(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            java.util.concurrent.locks.LockSupport.parkNanos(left);
        }
    }

    private static Stall stall(Store store, String reason) {
        return store.statistics().stalls().stream().filter(s -> s.reason().equals(reason))
                .findFirst().orElse(new Stall(reason, 0, 0, 0));
    }

    private static void assertStall(Store store, String reason, long count, long nanos) {
        Stall stall = stall(store, reason);
        assertThat(stall.count()).isEqualTo(count);
        assertThat(stall.nanos()).isGreaterThanOrEqualTo(nanos);
        assertThat(stall.longestNanos()).isGreaterThanOrEqualTo(FORCE_NANOS);
    }
}
