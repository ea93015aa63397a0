package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Durability;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Keyspace;
import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes wrong in the background is told, passes, and stops nothing else.
@Tag("proof")
class BackgroundErrorsTest {
    private final SimulatedStorage disk = new SimulatedStorage();
    private final FaultyStorage storage = new FaultyStorage(disk);
    private final DeterministicScheduler time = new DeterministicScheduler(1);
    private Store store = open(SharedResources.on(time, 16L << 20, 1));

    private Store open(SharedResources resources) {
        return Store.open(Path.of("errors"), storage, small(), resources, true, 1);
    }

    @AfterEach
    void closed() {
        storage.heal();
        store.close();
        disk.openFiles().assertNone();
    }

    private static Fault thrown(Error error) {
        return new Fault.Before(() -> {
            throw error;
        });
    }

    @Test
    void errorsAtAnyPlaceAreTold() throws Exception {
        Volume.reach(BackgroundErrorsTest.class, new BackgroundErrors(), Count.ROUNDS,
                BackgroundErrors.ROUNDS);
    }

    @Test
    void anErrorInAFlushIsToldOnceAndTheFlushIsTriedAgain() {
        storage.add(FaultRule.once(OperationKind.CREATE, 1,
                thrown(new OutOfMemoryError("Java heap space"))).on(".*\\.sst"));
        fill(0);
        time.drain();
        assertThat(store.statistics().failure()).contains("OutOfMemoryError: Java heap space");
        assertThat(store.get(number(0))).isEqualTo(random(0, 10_000));
        assertThatThrownBy(() -> store.put(number(100), random(100, 10)))
                .isInstanceOfSatisfying(FirnException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.OUT_OF_MEMORY))
                .hasMessageContaining("OutOfMemoryError: Java heap space")
                .hasMessageContaining("this call was not carried out");
        assertThat(store.get(number(100))).isNull();
        store.keyspace().put(number(100), random(100, 10), Durability.SYNC);
        assertThat(store.awaitIdle(Duration.ofMinutes(1))).isTrue();
        assertThat(store.statistics().failure()).isNull();
        assertThat(store.statistics().work().flushes()).isPositive();
    }

    @Test
    void pausesBetweenTriesGrow() {
        storage.add(FaultRule.sticky(OperationKind.CREATE, 1,
                thrown(new StackOverflowError())).on(".*\\.sst"));
        fill(0);
        assertThat(store.awaitIdle(Duration.ofMinutes(1))).isFalse();
        assertThat(storage.count(OperationKind.CREATE, ".*\\.sst")).isBetween(10L, 25L);
    }

    /// A merge of one keyspace that fails and fails stops neither a flush nor a merge of another.
    @Test
    void aFailureOfOneKeyspaceIsNotThatOfAnother() {
        Keyspace bad = store.keyspace("bad");
        Keyspace good = store.keyspace("good");
        store.pauseCompaction();
        for (int i = 0; i < 2; i++) {
            bad.put(number(0), random(i, 1_000));
            store.flush();
        }
        // The tables of the keyspace that is bad: they exist by now.
        storage.add(FaultRule.sticky(OperationKind.OPEN, 1, new Fault.InputOutputError())
                .on(String.join("|", store.tree().stream()
                        .filter(tree -> tree.name().equals("bad"))
                        .flatMap(tree -> tree.tables().stream())
                        .map(table -> "%06d\\.sst".formatted(table.number())).toList())));
        assertThatThrownBy(() -> bad.compact(dev.firn.KeyRange.all()))
                .isInstanceOf(FirnException.class).hasMessageContaining("injected");
        assertThat(store.statistics().failure()).contains("injected");
        // Told already, but the next write does not know of that.
        assertThatThrownBy(() -> good.put(number(0), new byte[10]))
                .hasMessageContaining("injected");
        for (int i = 0; i < 3; i++) {
            good.put(number(0), random(i, 1_000));
            time.advance(10_000_000_000L);
            store.flush();
        }
        good.compact(dev.firn.KeyRange.all());
        assertThat(store.tree().stream().filter(tree -> tree.name().equals("good"))
                .mapToInt(tree -> tree.tables().size()).sum()).isEqualTo(1);
    }

    /// The same with the threads that users have.
    @Test
    @Timeout(60)
    void threadsGoOn() {
        store.close();
        store = open(SharedResources.create(16L << 20, 1, 0));
        storage.add(FaultRule.once(OperationKind.CREATE, 1,
                thrown(new OutOfMemoryError("Java heap space"))).on(".*\\.sst"));
        assertThatThrownBy(() -> {
            for (int n = 0;; n++) {
                store.put(number(n % 100), random(n % 100, 10_000));
            }
        }).hasMessageContaining("Java heap space");
        assertThat(store.awaitIdle(Duration.ofSeconds(50))).isTrue();
        assertThat(store.get(number(1))).isEqualTo(random(1, 10_000));
        assertThat(store.statistics().failure()).isNull();
    }

    private void fill(int from) {
        for (int i = from; i < from + 8; i++) {
            store.put(number(i), random(i, 10_000));
        }
    }
}
