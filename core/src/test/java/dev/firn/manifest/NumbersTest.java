package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.manifest.Change.NextFile;
import dev.firn.storage.SimulatedStorage;
import org.junit.jupiter.api.Test;

/// Numbers of files end somewhere, and nothing is written when they have.
class NumbersTest {
    @Test
    void whatHasNoNumberIsNotWritten() throws Exception {
        SimulatedStorage storage = new SimulatedStorage();
        storage.create();
        try (Manifest manifest = Manifest.create(storage, 7)) {
            manifest.append(VersionEdit.of(new NextFile(StoreFile.NUMBER_MAX - 2)));
            assertThat(manifest.newFileNumber()).isEqualTo(StoreFile.NUMBER_MAX - 2);
            assertThat(manifest.newFileNumber()).isEqualTo(StoreFile.NUMBER_MAX - 1);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(manifest::newFileNumber).isInstanceOf(FirnException.class)
                        .hasMessageContaining("numbers for files are used up");
            }
            manifest.append(VersionEdit.of());
            assertThat(manifest.failure()).isNull();
        }
        assertThat(Manifest.read(storage).nextFile()).isEqualTo(StoreFile.NUMBER_MAX);
        try (Manifest again = Manifest.open(storage)) {
            assertThatThrownBy(again::newFileNumber).isInstanceOf(FirnException.class);
        }
    }

    @Test
    void aFarNumberIsNotTheStores() throws Exception {
        SimulatedStorage storage = new SimulatedStorage();
        storage.create();
        Manifest.create(storage, 7).close();
        storage.create("999999999999999999.sst").close();
        storage.create("000077.sst").close();
        try (Manifest manifest = Manifest.open(storage)) {
            assertThat(manifest.orphans(storage.list().stream().map(f -> f.name()).toList()))
                    .contains("000077.sst").doesNotContain("999999999999999999.sst");
            assertThat(manifest.newFileNumber()).isBetween(78L, 100L);
        }
    }
}
