package dev.firn.storage;

import static dev.firn.storage.OperationKind.CREATE;
import static dev.firn.storage.OperationKind.FORCE;
import static dev.firn.storage.OperationKind.LIST;
import static dev.firn.storage.OperationKind.OPEN;
import static dev.firn.storage.OperationKind.READ;
import static dev.firn.storage.OperationKind.RENAME;
import static dev.firn.storage.OperationKind.SYNC_DIRECTORY;
import static dev.firn.storage.OperationKind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The rules of [FaultyStorage].
class FaultyStorageTest {
    private final SimulatedStorage simulated = new SimulatedStorage();
    private final FaultyStorage storage = new FaultyStorage(simulated);

    private static Fault error() {
        return new Fault.InputOutputError();
    }

    @Test
    void theNthFailsOnce() throws IOException {
        storage.create();
        storage.add(FaultRule.once(WRITE, 2, error()));
        try (WriteFile file = storage.create("a")) {
            StorageContract.write(file, 0, "1");
            assertThatIOException().isThrownBy(() -> StorageContract.write(file, 1, "2"))
                    .withMessageContaining("a: Input/output error (injected: WRITE)");
            StorageContract.write(file, 2, "3");
        }
        assertThat(storage.count(WRITE)).isEqualTo(3);
        assertThat(storage.count(WRITE, "b.*")).isZero();
        assertThat(storage.fired()).isEqualTo(1);
        try (ReadFile file = storage.open("a")) {
            assertThat(StorageContract.read(file, 0, 3)).isEqualTo("1\0003");
        }
    }

    @Test
    void allFromTheNthFailUntilHealed() throws IOException {
        storage.create();
        storage.add(FaultRule.sticky(WRITE, 2, new Fault.DiskFull()).on(".*\\.log"));
        try (WriteFile log = storage.create("1.log"); WriteFile other = storage.create("a")) {
            StorageContract.write(other, 0, "1");
            StorageContract.write(log, 0, "1");
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(DiskFullException.class)
                        .isThrownBy(() -> StorageContract.write(log, 1, "2"));
                StorageContract.write(other, 1, "2");
            }
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> storage.createLog("2.log", 10));
            assertThat(storage.exists("2.log")).isFalse();
            storage.heal();
            StorageContract.write(log, 1, "2");
            storage.createLog("2.log", 10).close();
        }
        simulated.openFiles().assertNone();
    }

    @Test
    void rulesMayCountSeveralKinds() throws IOException {
        storage.create();
        storage.add(FaultRule.once(WRITE, 4, error()).of(CREATE, WRITE, FORCE));
        try (WriteFile file = storage.create("a")) {
            StorageContract.write(file, 0, "1");
            file.force();
            assertThatIOException().isThrownBy(() -> StorageContract.write(file, 1, "2"));
        }
    }

    @Test
    void aShortWriteLeavesAPart() throws IOException {
        storage.create();
        storage.add(FaultRule.once(WRITE, 1, new Fault.ShortWrite(0.5, false)));
        storage.add(FaultRule.once(WRITE, 2, new Fault.ShortWrite(0.25, true)));
        try (WriteFile file = storage.create("a"); ReadFile _ = storage.open("a")) {
            assertThatIOException().isThrownBy(() -> StorageContract.write(file, 0, "01234567"))
                    .isNotInstanceOf(DiskFullException.class);
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> StorageContract.write(file, 0, "abcdefgh"));
        }
        try (ReadFile file = simulated.open("a")) {
            assertThat(StorageContract.read(file, 0, (int) file.bytes())).isEqualTo("ab23");
        }
    }

    @Test
    void anErrorAfterwardsHidesWhatWasDone() throws IOException {
        storage.create();
        storage.create("a").close();
        storage.add(FaultRule.once(RENAME, 1, new Fault.ErrorAfterwards()));
        storage.add(FaultRule.once(CREATE, 1, new Fault.ErrorAfterwards()));
        assertThatIOException().isThrownBy(() -> storage.rename("a", "b"));
        assertThat(storage.exists("b")).isTrue();
        assertThatIOException().isThrownBy(() -> storage.create("c"));
        assertThat(storage.exists("c")).isTrue();
        simulated.openFiles().assertNone();
    }

    @Test
    void aHookRunsBefore() throws IOException {
        storage.create();
        AtomicInteger ran = new AtomicInteger();
        storage.add(FaultRule.sticky(FORCE, 2, new Fault.Before(ran::incrementAndGet)));
        try (WriteFile file = storage.create("a")) {
            file.force();
            assertThat(ran).hasValue(0);
            file.force();
            file.force();
            assertThat(ran).hasValue(2);
        }
        assertThat(simulated.count(FORCE)).isEqualTo(3);
    }

    @Test
    void readsAndListsFailToo() throws IOException {
        storage.create();
        storage.create("a").close();
        storage.add(FaultRule.once(READ, 1, error()));
        storage.add(FaultRule.once(LIST, 1, error()));
        storage.add(FaultRule.once(OPEN, 2, error()));
        try (ReadFile file = storage.open("a")) {
            assertThatIOException().isThrownBy(() -> StorageContract.read(file, 0, 0));
            StorageContract.read(file, 0, 0);
        }
        assertThatIOException().isThrownBy(() -> storage.open("a"));
        assertThatIOException().isThrownBy(storage::list);
        assertThat(storage.list()).hasSize(1);
    }

    /// Fails each operation of a run; whatever was acknowledged until then survives any crash.
    @ParameterizedTest
    @EnumSource(names = {"CREATE", "WRITE", "FORCE", "RENAME", "SYNC_DIRECTORY"})
    void aSweepStopsTheToyWithoutLoss(OperationKind kind) throws IOException {
        FaultyStorage untouched = new FaultyStorage(new SimulatedStorage());
        new ToyLog(untouched).run();
        long operations = untouched.count(kind);
        assertThat(operations).isPositive();
        for (Fault fault : new Fault[]{error(), new Fault.ErrorAfterwards(),
            new Fault.DiskFull()}) {
            for (long n = 1; n <= operations; n++) {
                SimulatedStorage inner = new SimulatedStorage();
                FaultyStorage faulty = new FaultyStorage(inner, FaultRule.once(kind, n, fault));
                ToyLog toy = new ToyLog(faulty);
                assertThatIOException().as(kind + " " + n + " " + fault).isThrownBy(toy::run);
                assertThat(faulty.fired()).isEqualTo(1);
                inner.openFiles().assertNone();
                assertThat(wrongs(inner, toy)).as(kind + " " + n + " " + fault).isZero();
            }
        }
    }

    @Test
    void aLyingForceIsCaught() throws IOException {
        storage.add(FaultRule.sticky(FORCE, 3, new Fault.LyingForce()));
        ToyLog toy = new ToyLog(storage);
        toy.run();
        assertThat(wrongs(simulated, toy)).isPositive();
    }

    @Test
    void aLyingDirectorySyncIsCaught() throws IOException {
        storage.add(FaultRule.sticky(SYNC_DIRECTORY, 1, new Fault.LyingForce()));
        ToyLog toy = new ToyLog(storage);
        toy.run();
        assertThat(wrongs(simulated, toy)).isPositive();
    }

    @Test
    void aRetriedForceIsCaught() throws IOException {
        storage.add(FaultRule.once(FORCE, 3, error()));
        ToyLog toy = new ToyLog(storage, ToyLog.Mistake.RETRIED_FORCE);
        toy.run();
        assertThat(wrongs(simulated, toy)).isPositive();
    }

    private static long wrongs(SimulatedStorage left, ToyLog toy) {
        Random random = new Random(1);
        return java.util.stream.Stream
                .concat(left.crashStates(50, 1), java.util.stream.Stream
                        .generate(() -> left.crash(random)).limit(50))
                .filter(state -> {
                    try {
                        return !toy.wrongIn(state).isEmpty();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }).count();
    }
}
