package dev.firn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `firn repair` as its user sees it.
class RepairTest {
    @TempDir
    Path temporary;

    private Path store;

    @BeforeEach
    void make() {
        store = temporary.resolve("store");
        for (int i = 0; i < 3; i++) {
            assertThat(Cli.run("put", store, "ada" + i, "secret" + i).code()).isZero();
        }
        assertThat(Cli.run("flush", store).code()).isZero();
    }

    private Path file(String ending) throws Exception {
        try (var list = Files.list(store)) {
            return list.filter(f -> f.toString().endsWith(ending)).sorted().findFirst()
                    .orElseThrow();
        }
    }

    private void damage(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aHealthyStoreIsLeftAlone() {
        var result = Cli.run("repair", store);
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEqualTo("nothing is wrong, nothing was changed\n");
        assertThat(result.err()).isEmpty();
        assertThat(Cli.run("put", store, "grace", "1906").code()).isZero();
        assertThat(Cli.run("repair", store, "--json").out()).contains("\"healthy\":true",
                "\"name\":\"default\",\"tablesKept\":1,\"entriesKept\":3,",
                "\"log\":{\"isKept\":true,\"records\":1,\"sequence\":4,");
    }

    @Test
    void theHelpTellsHowLongFilesAreKept() {
        assertThat(Cli.run("repair", "--help").out()).contains("quarantine-N", "--memory=SIZE")
                .containsPattern("until\\s+you\\s+delete\\s+that\\s+folder");
    }

    @Test
    void theMemoryCanBeChosen() throws Exception {
        damage(file(".sst"), 20);
        assertThat(Cli.run("repair", store, "--dry-run", "--memory", "8m").err())
                .contains("the store is damaged");
        assertThat(Cli.run("repair", store, "--memory", "1m").code()).isEqualTo(2);
    }

    @Test
    void aLostCurrentCostsNothing() throws Exception {
        Files.delete(store.resolve("CURRENT"));
        assertThat(Cli.run("get", store, "ada1").code()).isEqualTo(1);
        var dry = Cli.run("repair", store, "--dry-run");
        assertThat(dry.code()).isEqualTo(1);
        assertThat(dry.out()).startsWith("a dry run: nothing was changed\n")
                .contains("damage: CURRENT at offset 0: it is missing");
        assertThat(dry.err()).isEqualTo(
                "firn repair: the store is damaged; nothing was changed\n");
        assertThat(store.resolve("CURRENT")).doesNotExist();
        var result = Cli.run("repair", store);
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("the store was repaired\n")
                .contains("keyspace default: 3 entries kept in", "0 lost", "moved to quarantine-");
        assertThat(Cli.run("verify", store).code()).isZero();
        assertThat(Cli.run("get", store, "ada1").out()).isEqualTo("secret1\n");
    }

    @Test
    void aLossIsToldWithoutKeysAndExits1() throws Exception {
        damage(file(".sst"), 20);
        assertThat(Cli.run("verify", store).err()).contains("damage found");
        var result = Cli.run("repair", store);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("nothing saved, ", " lost at offset 0:")
                .doesNotContain("ada").doesNotContain("secret");
        assertThat(result.err()).isEqualTo(
                "firn repair: the store was repaired, but something is or may be lost\n");
        assertThat(Cli.run("verify", store).code()).isZero();
        assertThat(Cli.run("repair", store).code()).isZero();
    }

    @Test
    void theReportIsJsonWhenWanted() throws Exception {
        damage(file(".sst"), 20);
        var result = Cli.run("repair", store, "--json", "--dry-run");
        assertThat(result.out()).hasLineCount(1).startsWith("{\"dryRun\":true,\"healthy\":false")
                .contains("\"damages\":[{\"file\":\"").endsWith("]}\n");
    }

    @Test
    void anOpenStoreIsRefused() {
        try (Firn open = Firn.open(store)) {
            assertThat(open.keyspaceNames()).hasSize(1);
            var result = Cli.run("repair", store);
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).hasLineCount(1).contains("is open already");
        }
    }

    @Test
    void anEmptyDirectoryIsNoStore() throws Exception {
        var result = Cli.run("repair", Files.createDirectory(temporary.resolve("empty")));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("there is no store in");
    }
}
