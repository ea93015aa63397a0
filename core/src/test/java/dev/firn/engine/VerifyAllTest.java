package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verification tells of every damaged file, also where one of them hides what the others belong
/// to.
class VerifyAllTest {
    @TempDir
    Path store;

    @BeforeEach
    void makeStore() {
        try (Firn firn = Firn.open(store, TestData.small())) {
            firn.pauseCompaction();
            for (int table = 0; table < 3; table++) {
                for (int i = 0; i < 50; i++) {
                    firn.put(TestData.bytes("key" + i), TestData.bytes("value" + table));
                }
                firn.flush();
            }
            firn.put(TestData.bytes("last"), TestData.bytes("in the log"));
        }
    }

    private List<String> files(String part) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(part)).sorted().toList();
        }
    }

    private void flip(String name, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(store.resolve(name));
        bytes[at] ^= 0x04;
        Files.write(store.resolve(name), bytes);
    }

    private Set<String> damaged() {
        VerifyReport report = Firn.verify(store, _ -> {});
        Set<String> names = new TreeSet<>();
        report.damages().forEach(damage -> names.add(damage.file()));
        return names;
    }

    @Test
    void aDamagedManifestHidesNoOtherDamage() throws IOException {
        List<String> tables = files(".sst");
        String log = files(".log").getLast();
        String manifest = files("MANIFEST").getLast();
        flip(tables.get(0), 40);
        flip(tables.get(2), 40);
        assertThat(damaged()).containsExactly(tables.get(0), tables.get(2));
        flip(log, 90);
        assertThat(damaged()).containsExactlyInAnyOrder(tables.get(0), tables.get(2), log);
        flip(manifest, 100);
        assertThat(damaged()).containsExactlyInAnyOrder(tables.get(0), tables.get(2), log,
                manifest);
    }

    @Test
    void aLostCurrentHidesNoOtherDamage() throws IOException {
        String table = files(".sst").get(1);
        flip(table, 40);
        Files.delete(store.resolve("CURRENT"));
        assertThat(damaged()).containsExactlyInAnyOrder(table, "CURRENT");
    }

    @Test
    void whatIsWholeIsNotBlamedForAManifest() throws IOException {
        String manifest = files("MANIFEST").getLast();
        flip(manifest, 100);
        assertThat(damaged()).containsExactly(manifest);
    }
}
