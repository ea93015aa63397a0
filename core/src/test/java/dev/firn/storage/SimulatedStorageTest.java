package dev.firn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// [SimulatedStorage] as a storage; its crashes are tested in [CrashStatesTest].
class SimulatedStorageTest extends StorageContract {
    private SimulatedStorage simulated;

    @Override
    Storage open() {
        simulated = new SimulatedStorage();
        return simulated;
    }

    @AfterEach
    void nothingIsOpen() {
        simulated.openFiles().assertNone();
    }

    @Test
    void whoLeavesAFileOpenIsNamed() throws IOException {
        WriteFile file = storage.create("a");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> simulated.openFiles().assertNone())
                .withMessageContaining("a (to write)")
                .satisfies(error -> assertThat(error.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName()
                                .equals("whoLeavesAFileOpenIsNamed")));
        file.close();
    }

    @Test
    void aFullDiskTakesWhatFits() throws IOException {
        simulated.capacity(10);
        try (WriteFile file = storage.create("a")) {
            write(file, 0, "01234567");
            assertThat(storage.freeBytes()).isEqualTo(2);
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> write(file, 8, "89x"));
            write(file, 0, "ABCDEFGH");
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> storage.createLog("b", 1));
            assertThat(storage.exists("b")).isFalse();
            assertThat(get("a")).isEqualTo("ABCDEFGH89");
            simulated.capacity(11);
            write(file, 8, "89x");
        }
        storage.delete("a");
        assertThat(storage.freeBytes()).isEqualTo(11);
        storage.createLog("b", 11).close();
        assertThatExceptionOfType(DiskFullException.class)
                .isThrownBy(() -> storage.recycleLog("b", "c", 12));
        assertThat(get("b")).hasSize(11);
    }

    @Test
    void operationsAreCountedAndAnnounced() throws IOException {
        var told = new StringBuilder();
        simulated.beforeEach((now, operation) -> told.append(operation.kind()).append(' ')
                .append(operation.name()).append(now.exists("a") ? "+ " : "- "));
        try (WriteFile file = storage.create("a")) {
            write(file, 0, "1");
            file.force();
            file.truncate(0);
        }
        storage.rename("a", "b");
        storage.syncDirectory();
        storage.delete("b");
        assertThat(told).hasToString("CREATE a- WRITE a+ FORCE a+ TRUNCATE a+ RENAME a+ "
                + "SYNC_DIRECTORY - DELETE b- ");
        assertThat(simulated.count(OperationKind.WRITE)).isEqualTo(1);
        assertThat(simulated.count(OperationKind.READ)).isZero();
    }
}
