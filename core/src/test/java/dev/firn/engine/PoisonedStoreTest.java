package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static dev.firn.engine.TestData.fails;
import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.firn.Durability;
import dev.firn.FirnException.Kind;
import dev.firn.Options;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// After a failed write or force of log or manifest, or of the directory, a store takes no more
/// writes, reads go on, nothing is forced again, and what was acknowledged is there after a power
/// loss. An open that fails leaves the files as they are.
class PoisonedStoreTest {
    private static final int ENTRIES = 50;

    private final SimulatedStorage disk = new SimulatedStorage();
    private final FaultyStorage storage = new FaultyStorage(disk);
    private final DeterministicScheduler scheduler = new DeterministicScheduler(1);

    private static Store open(Storage storage, DeterministicScheduler scheduler) {
        return Store.open(Path.of("poisoned"), storage, Options.defaults(),
                SharedResources.on(scheduler, 24L << 20, 1), true, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "FORCE, .*\\.log", "WRITE, .*\\.log", "FORCE, MANIFEST.*", "WRITE, MANIFEST.*",
        "SYNC_DIRECTORY, ''"})
    void aFailureEndsWritingForGood(OperationKind kind, String file) throws Exception {
        Store store = open(storage, scheduler);
        for (int i = 0; i < ENTRIES; i++) {
            store.keyspace().put(number(i), random(i, 100), Durability.SYNC);
        }
        // Once only: whoever tries again finds the disk healthy.
        storage.add(FaultRule.once(kind, 1, new Fault.InputOutputError()).on(file));
        var failure1 = catchThrowable(
                () -> store.keyspace().put(bytes("meets it"), bytes("perhaps"), Durability.SYNC));
        var failure2 = catchThrowable(store::flush);
        scheduler.drain();
        assertThat(storage.fired()).isPositive();
        long forced = storage.count(OperationKind.FORCE);
        long synced = storage.count(OperationKind.SYNC_DIRECTORY);
        fails(Kind.FAILED, () -> store.keyspace().put(bytes("a"), bytes("a"), Durability.BUFFERED));
        fails(Kind.FAILED, () -> store.keyspace().put(bytes("a"), bytes("a"), Durability.SYNC));
        fails(Kind.FAILED, () -> store.delete(number(1)));
        scheduler.advance(60_000_000_000L);
        scheduler.drain();
        fails(Kind.FAILED, () -> store.keyspace().put(bytes("a"), bytes("a"), Durability.NONE));
        assertThat(store.get(number(7))).isEqualTo(random(7, 100));
        assertThat(store.statistics().failure()).isNotNull();
        // Although writes were told: whoever closes wants to know of his own.
        fails(Kind.FAILED, store::close);
        store.close();
        assertThat(storage.count(OperationKind.FORCE)).as("forced again").isEqualTo(forced);
        assertThat(storage.count(OperationKind.SYNC_DIRECTORY)).as("synced again")
                .isEqualTo(synced);
        for (int seed = 0; seed < 20; seed++) {
            try (Store again = open(disk.crash(new Random(seed)), new DeterministicScheduler(1))) {
                for (int i = 0; i < ENTRIES; i++) {
                    assertThat(again.get(number(i))).as("lost").isEqualTo(random(i, 100));
                }
                assertThat(again.get(bytes("a"))).as("refused").isNull();
            }
        }
        disk.openFiles().assertNone();
    }

    /// Another thread's write is told; the close must not look as if all were durable.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseThatReturnsMeansThatAllIsDurable(boolean somebodyWasTold) {
        Store store = open(storage, scheduler);
        store.keyspace().put(bytes("a"), bytes("a"), Durability.BUFFERED);
        storage.add(FaultRule.once(OperationKind.FORCE, 1, new Fault.InputOutputError())
                .on(".*\\.log"));
        if (somebodyWasTold) {
            scheduler.advance(60_000_000_000L);
            scheduler.drain();
            fails(Kind.FAILED, () -> store.put(bytes("b"), bytes("b")));
        }
        fails(Kind.FAILED, store::close);
        store.close();
        assertThat(storage.fired()).isEqualTo(1);
        disk.openFiles().assertNone();
    }

    @Test
    void aFailedOpenDeletesNothing() throws IOException {
        try (Store store = open(disk, scheduler)) {
            store.put(bytes("a"), bytes("a"));
            store.flush();
            store.put(bytes("b"), bytes("b"));
        }
        disk.create("000099.sst").close();
        String log = names(disk).stream().filter(name -> name.endsWith(".log")).findFirst()
                .orElseThrow();
        try (var file = disk.openLog(log)) {
            file.truncate(70);
        }
        List<String> before = names(disk);
        fails(Kind.CORRUPT, () -> open(disk, new DeterministicScheduler(1)));
        assertThat(names(disk)).isEqualTo(before).contains("000099.sst");
    }

    @Test
    void whatAnOpenLeavesOverIsDeletedOnce() throws IOException {
        Store store = open(disk, scheduler);
        store.put(bytes("a"), bytes("a"));
        disk.create("CURRENT.tmp").close();
        disk.create("000099.sst").close();
        SimulatedStorage left = disk.processCrash();
        try (var file = left.openLog("MANIFEST-000001")) {
            // Without the mark at its end the manifest is written anew, by way of CURRENT.tmp.
            file.truncate(left.list().stream().filter(f -> f.name().equals("MANIFEST-000001"))
                    .findFirst().orElseThrow().bytes() - 24);
        }
        left.beforeEach((now, operation) -> {
            if (operation.kind() == OperationKind.DELETE) {
                assertThat(now.exists(operation.name())).as(operation.name()).isTrue();
            }
        });
        try (Store again = open(left, new DeterministicScheduler(1))) {
            assertThat(names(left)).doesNotContain("CURRENT.tmp", "000099.sst");
            assertThat(again.get(bytes("a"))).isEqualTo(bytes("a"));
        }
        store.close();
    }

    private static List<String> names(SimulatedStorage storage) throws IOException {
        return storage.list().stream().map(Storage.FileInfo::name).sorted().toList();
    }
}
