package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Durability;
import dev.firn.FirnException;
import dev.firn.Snapshot;
import dev.firn.engine.WorkHealth.Work;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Background work that fails and fails does not keep from its work who does not need it, and who
/// waits for it is told, or served.
class BackgroundFailuresTest {
    private static final long PAUSE_NANOS = 10_000_000_000L;

    private final FaultyStorage storage = new FaultyStorage(new SimulatedStorage());
    private final DeterministicScheduler time = new DeterministicScheduler(1).atMost(100_000);

    private Store open() {
        return Store.open(Path.of("failures"), storage, small(),
                SharedResources.on(time, 16L << 20, 1), true, 1);
    }

    /// Segments that cannot be prepared are tried again every tenth of a second.
    @Test
    void aSegmentThatCannotBePreparedRefusesOneWrite() {
        try (Store store = open()) {
            storage.add(FaultRule.sticky(OperationKind.CREATE, 1, new Fault.InputOutputError())
                    .on(".*\\.log"));
            // So much that the next segment is wanted soon.
            store.put(number(9), random(9, 600_000));
            int refused = 0;
            for (int i = 0; i < 30; i++) {
                try {
                    store.put(number(i % 3), random(i, 10));
                } catch (FirnException e) {
                    refused++;
                }
                time.advance(PAUSE_NANOS);
                time.drain();
            }
            assertThat(storage.fired()).isGreaterThan(10);
            assertThat(refused).isEqualTo(1);
            storage.heal();
        }
    }

    /// In between the store is idle, with nothing to merge down: the tables were moved unread.
    @Test
    void aMergeThatFailsForEverRefusesOneWrite() {
        try (Store store = open()) {
            failReads(tableOfTwoVersions(store));
            int refused = 0;
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(store::compact).hasMessageContaining("injected");
                assertThat(store.statistics().failure()).contains("injected");
                try {
                    store.put(number(100 + i), random(i, 10));
                } catch (FirnException e) {
                    refused++;
                }
                assertThat(store.awaitIdle(Duration.ofMinutes(1))).isTrue();
                assertThat(store.statistics().failure()).isNull();
                time.advance(PAUSE_NANOS);
                time.drain();
            }
            assertThat(refused).as("refused writes").isEqualTo(1);
            storage.heal();
            store.compact();
            failReads(tableOfTwoVersions(store));
            assertThatThrownBy(store::compact).hasMessageContaining("injected");
            assertThatThrownBy(() -> store.put(number(1), random(1, 10)))
                    .hasMessageContaining("injected");
            storage.heal();
        }
    }

    private void failReads(String tables) {
        storage.add(FaultRule.sticky(OperationKind.READ, 1, new Fault.InputOutputError())
                .of(OperationKind.OPEN, OperationKind.READ).on(tables));
    }

    /// Makes one run that only a merge that is asked for makes smaller, and returns its table.
    private static String tableOfTwoVersions(Store store) {
        store.put(number(1), random(1, 10));
        store.flush();
        try (Snapshot snapshot = store.snapshot()) {
            store.put(number(1), random(2, 10));
            store.compact();
            assertThat(snapshot.sequence()).isPositive();
        }
        return store.tree().stream().flatMap(tree -> tree.tables().stream())
                .map(table -> "%06d\\.sst".formatted(table.number()))
                .collect(Collectors.joining("|"));
    }

    /// A merge is done when it is durable, whatever fails then; who waits for it hears no failure.
    @Test
    void whoWaitsForAMergeIsToldOnlyIfItWasNotDone() {
        int told = 0;
        int looks = 0;
        boolean hasFailed = true;
        while (hasFailed) {
            looks++;
            DeterministicScheduler clock = new DeterministicScheduler(1).atMost(100_000);
            try (Store store = Store.open(Path.of("merge"), new SimulatedStorage(), small(),
                    SharedResources.on(clock, 16L << 20, 1), true, 1)) {
                store.pauseCompaction();
                for (int i = 0; i < 2; i++) {
                    store.put(number(1), random(i, 10));
                    store.flush();
                }
                clock.failAt(clock.looks() + looks);
                boolean done = true;
                try {
                    store.compact();
                } catch (FirnException e) {
                    done = false;
                    told++;
                }
                assertThat(store.tree().getFirst().tables()).as("look " + looks)
                        .hasSize(done ? 1 : 2);
                hasFailed = clock.thrown() != null;
            }
        }
        assertThat(told).isPositive().isLessThan(looks);
    }

    /// Whatever fails when a flush is done, the new run is merged down when the store is idle.
    @Test
    void aFlushThatIsDoneIsMergedDown() {
        boolean hasFailed = true;
        for (int look = 1; hasFailed; look++) {
            DeterministicScheduler clock = new DeterministicScheduler(1).atMost(100_000);
            try (Store store = Store.open(Path.of("flush"), new SimulatedStorage(), small(),
                    SharedResources.on(clock, 16L << 20, 1), true, 1)) {
                store.put(number(1), random(1, 10));
                store.flush();
                rest(clock);
                assertThat(store.statistics().failure()).isNull();
                store.put(number(1), random(2, 10));
                clock.failAt(clock.looks() + look);
                try {
                    store.flush();
                } catch (FirnException e) {
                    assertThat(e).hasMessageContaining("injected");
                }
                rest(clock);
                hasFailed = clock.thrown() != null;
                if (store.health().isPoisoned()) {
                    assertThatThrownBy(store::close).hasMessageContaining("injected");
                } else {
                    assertThat(store.tree().getFirst().tables()).as("look " + look).hasSize(1);
                }
            }
        }
    }

    private static void rest(DeterministicScheduler clock) {
        for (int i = 0; i < 4; i++) {
            clock.advance(PAUSE_NANOS);
            clock.drain();
        }
    }

    /// The JVM throws the same object again where it has no memory for another.
    @Test
    void theSameErrorTwiceIsTwoFailures() {
        OutOfMemoryError preallocated = new OutOfMemoryError("Java heap space");
        try (Store store = open()) {
            storage.add(FaultRule.sticky(OperationKind.CREATE, 1, new Fault.Before(() -> {
                throw preallocated;
            })).on(".*\\.sst"));
            store.put(number(1), random(1, 10));
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(store::flush).hasMessageContaining("Java heap space");
            }
            storage.heal();
            store.flush();
        }
    }

    /// The failure that ends the wait has passed when it is looked at: the wait goes on.
    @Test
    void whoWaitsReturnsWhenItIsDone() {
        Health health = new Health("place");
        Tasks tasks = new Tasks(time, new Gate(), health.upkeep()::failed);
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        new BackgroundWait("place", tasks, health).until(
                () -> looks.incrementAndGet() > 9,
                Work.FLUSH,
                () -> failures.getAndIncrement() % 2 == 0 ? new IOException("passes") : null);
        assertThat(looks.get()).isGreaterThan(9);
    }

    /// Whoever is done is not told of what came after.
    @Test
    void whoIsServedIsNotTold() {
        Health health = new Health("place");
        Tasks tasks = new Tasks(time, new Gate(), health.upkeep()::failed);
        new BackgroundWait("place", tasks, health)
                .until(() -> true, Work.FLUSH, () -> new IOException("of another group"));
        assertThat(health.describe()).isNull();
    }

    /// A scheduler that does not take a task gets it again, at the latest from who waits.
    @Test
    void aTaskThatWasNotTakenIsRun() {
        Health health = new Health("place");
        Tasks tasks = new Tasks(time, new Gate(), health.upkeep()::failed);
        AtomicInteger runs = new AtomicInteger();
        BackgroundTask task = tasks.task(Scheduler.Priority.FLUSH, () -> {
            runs.incrementAndGet();
            return true;
        });
        for (int n = 1; n <= 4; n++) {
            int before = runs.get();
            time.refuseAt(time.submissions() + 1);
            if (n % 2 == 0) {
                tasks.submit(task);
            } else {
                tasks.submitAfter(PAUSE_NANOS, task);
            }
            time.drain();
            assertThat(runs.get()).isEqualTo(before);
            assertThat(tasks.await(() -> runs.get() > before, Long.MAX_VALUE)).isTrue();
            assertThat(runs.get()).isEqualTo(before + 1);
        }
        assertThat(health.describe()).contains("no heap to submit a task");
        tasks.close();
    }

    @Test
    void anIntervalThatIsNotTakenGoesOnWithTheNextWrite() {
        try (Store store = open()) {
            time.refuseAt(time.submissions() + 1);
            time.advance(PAUSE_NANOS);
            time.drain();
            assertThatThrownBy(() -> store.put(number(1), random(1, 10)))
                    .hasMessageContaining("no heap to submit a task");
            store.keyspace().put(number(1), random(1, 10), Durability.BUFFERED);
            long forced = storage.count(OperationKind.FORCE, ".*\\.log");
            time.advance(PAUSE_NANOS);
            time.drain();
            assertThat(storage.count(OperationKind.FORCE, ".*\\.log")).isGreaterThan(forced);
        }
    }
}
