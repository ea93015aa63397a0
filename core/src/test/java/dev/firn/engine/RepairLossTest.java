package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Repairs of small stores in which one thing is wrong that is easily overlooked.
class RepairLossTest {
    private static final String LARGE = "x".repeat(4096);

    private SimulatedStorage storage = new SimulatedStorage();

    private void with(RepairAttack.Use<Object> use) throws Exception {
        RepairAttack.with(storage, 1, use);
    }

    private static void put(Firn firn, String keyspace, String key, String value) {
        firn.keyspace(keyspace).put(TestData.bytes(key), TestData.bytes(value), Durability.SYNC);
    }

    private List<String> names(String part) throws IOException {
        return storage.list().stream().map(Storage.FileInfo::name)
                .filter(name -> name.contains(part)).sorted().toList();
    }

    private void flip(String name, int at) throws IOException {
        byte[] bytes = RepairAttack.read(storage, name);
        bytes[at] ^= 1;
        RepairAttack.write(storage, name, bytes);
    }

    private void deleteAll(String... parts) throws IOException {
        for (String part : parts) {
            for (String name : names(part)) {
                storage.delete(name);
            }
        }
    }

    private RepairReport repair() throws IOException {
        storage = RepairAttack.durable(storage);
        RepairReport report = RepairAttack.repair(storage, RepairOptions.defaults());
        RepairAttack.requireClean(storage);
        return report;
    }

    private Map<String, TreeMap<String, String>> read() throws Exception {
        return RepairAttack.with(storage, 1, RepairModel::read);
    }

    @Test
    void aManifestThatIsCutLosesNothingOfTables() throws Exception {
        with(firn -> {
            firn.createKeyspace("users", KeyspaceOptions.defaults());
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 40; i++) {
                    put(firn, "default", "key" + (i + 13 * round), "value " + round);
                    put(firn, "users", "user" + i, LARGE + round);
                }
                firn.flush();
                if (round == 1) {
                    firn.compact();
                }
            }
            return null;
        });
        Map<String, TreeMap<String, String>> all = read();
        SimulatedStorage sound = RepairAttack.durable(storage);
        String name = names("MANIFEST").getLast();
        byte[] manifest = RepairAttack.read(storage, name);
        int repaired = 0;
        for (int cut = 0; cut < manifest.length; cut += 3) {
            storage = RepairAttack.durable(sound);
            RepairAttack.write(storage, name, Arrays.copyOf(manifest, cut));
            if (!opens()) {
                repaired++;
                RepairReport report = repair();
                assertThat(read()).as("cut to %s of %s: %s", cut, manifest.length, report.lines())
                        .isEqualTo(all);
            }
        }
        assertThat(repaired).isGreaterThan(manifest.length / 6);
    }

    private boolean opens() throws Exception {
        try {
            read();
            return true;
        } catch (FirnException e) {
            return false;
        }
    }

    @Test
    void aKeyspaceThatOnlyTheLogKnowsIsNotLost() throws Exception {
        byte[][] manifest = new byte[1][];
        with(firn -> {
            put(firn, "default", "a", "1");
            manifest[0] = RepairAttack.read(storage, names("MANIFEST").getLast());
            firn.createKeyspace("late", KeyspaceOptions.defaults());
            put(firn, "late", "b", "2");
            return null;
        });
        RepairAttack.write(storage, names("MANIFEST").getLast(), manifest[0]);
        assertThat(repair().isLossless()).isFalse();
        assertThat(read()).containsEntry("default", new TreeMap<>(Map.of("a", "1")))
                .containsEntry("recovered-2", new TreeMap<>(Map.of("b", "2")));
    }

    /// Two tables, whose entries the log has too.
    private void writeTwoTables() throws Exception {
        with(firn -> {
            firn.pauseCompaction();
            put(firn, "default", "a", "old " + LARGE);
            put(firn, "default", "b", "1");
            put(firn, "default", "c", "1");
            firn.flush();
            put(firn, "default", "a", "new " + LARGE);
            put(firn, "default", "d", "2");
            firn.flush();
            return null;
        });
        storage = storage.processCrash();
        flip(names(".sst").getFirst(), 40);
    }

    @Test
    void whatADamagedTableLostIsTakenFromTheLog() throws Exception {
        writeTwoTables();
        RepairReport report = repair();
        assertThat(report.entriesLost()).isZero();
        assertThat(read().get("default")).isEqualTo(new TreeMap<>(
                Map.of("a", "new " + LARGE, "b", "1", "c", "1", "d", "2")));
    }

    @Test
    void soItIsWithoutAManifest() throws Exception {
        writeTwoTables();
        deleteAll("CURRENT", "MANIFEST");
        repair();
        assertThat(read().get("default")).isEqualTo(new TreeMap<>(
                Map.of("a", "new " + LARGE, "b", "1", "c", "1", "d", "2")));
    }

    @Test
    void anOldTableThatWasSavedStaysOld() throws Exception {
        byte[][] old = new byte[1][];
        String[] name = new String[1];
        with(firn -> {
            firn.pauseCompaction();
            for (int i = 0; i < 80; i++) {
                put(firn, "default", "k" + i % 40, "old " + LARGE);
                if (i % 40 == 39) {
                    firn.flush();
                }
            }
            // A merge, after which no entry has a sequence number any more.
            firn.compact();
            name[0] = names(".sst").getLast();
            old[0] = RepairAttack.read(storage, name[0]);
            put(firn, "default", "k9", "new");
            firn.compact();
            return null;
        });
        storage = storage.processCrash();
        assertThat(names(".sst")).doesNotContain(name[0]);
        // A merge's input that nobody had deleted yet; what is damaged is not k9.
        old[0][40] ^= 1;
        try (var file = storage.create(name[0])) {
            file.write(0, java.lang.foreign.MemorySegment.ofArray(old[0]), 0, old[0].length);
        }
        deleteAll("CURRENT", "MANIFEST", ".log");
        repair();
        assertThat(read().get("default")).containsEntry("k9", "new").containsKey("k0");
    }

    private static void putUnlogged(Firn firn, String key, String value) {
        firn.keyspace().put(TestData.bytes(key), TestData.bytes(value), Durability.NONE);
    }

    @Test
    void anOldRecordOfTheLogDoesNotHideAWriteThatWasNeverThere() throws Exception {
        with(firn -> {
            put(firn, "default", "a", "1");
            firn.keyspace().delete(TestData.bytes("a"), Durability.SYNC);
            put(firn, "default", "b", "1");
            putUnlogged(firn, "a", "unlogged");
            firn.flush();
            // Now no entry has a sequence number any more.
            firn.compact();
            return null;
        });
        storage = storage.processCrash();
        deleteAll("CURRENT", "MANIFEST");
        repair();
        assertThat(read().get("default"))
                .isEqualTo(new TreeMap<>(Map.of("a", "unlogged", "b", "1")));
    }

    @Test
    void aRecordOfTheLogDoesNotBringBackWhatWasDeletedUnlogged() throws Exception {
        with(firn -> {
            put(firn, "default", "a", "1");
            put(firn, "default", "b", "1");
            firn.keyspace().delete(TestData.bytes("a"), Durability.NONE);
            firn.flush();
            firn.compact();
            return null;
        });
        storage = storage.processCrash();
        deleteAll("CURRENT", "MANIFEST");
        repair();
        assertThat(read().get("default")).isEqualTo(new TreeMap<>(Map.of("b", "1")));
    }

    /// Puts a table back that a compaction has replaced.
    ///
    /// @return its name
    private String leaveAReplacedTable() throws Exception {
        byte[][] old = new byte[1][];
        String[] name = new String[1];
        with(firn -> {
            firn.pauseCompaction();
            put(firn, "default", "a", "old");
            put(firn, "default", "gone", "old " + LARGE);
            firn.flush();
            name[0] = names(".sst").getLast();
            old[0] = RepairAttack.read(storage, name[0]);
            put(firn, "default", "a", "new");
            firn.keyspace().delete(TestData.bytes("gone"), Durability.SYNC);
            firn.flush();
            firn.compact();
            return null;
        });
        storage = storage.processCrash();
        assertThat(names(".sst")).hasSize(1).doesNotContain(name[0]);
        try (var file = storage.create(name[0])) {
            file.write(0, java.lang.foreign.MemorySegment.ofArray(old[0]), 0, old[0].length);
        }
        deleteAll("CURRENT", "MANIFEST", ".log");
        return name[0];
    }

    @Test
    void aTableThatWasReplacedDoesNotCount() throws Exception {
        String name = leaveAReplacedTable();
        RepairReport report = repair();
        assertThat(read().get("default")).isEqualTo(new TreeMap<>(Map.of("a", "new")));
        assertThat(report.warnings()).anyMatch(w -> w.contains(name))
                .noneMatch(w -> w.contains("it is not known whether"));
        assertThat(report.keyspaces()).singleElement()
                .satisfies(k -> assertThat(k.tablesKept()).isEqualTo(1));
        assertThat(report.setAside()).contains(name);
    }

    @Test
    void aDamagedTableThatWasReplacedIsNoLoss() throws Exception {
        flip(leaveAReplacedTable(), 40);
        RepairReport report = repair();
        assertThat(read().get("default")).isEqualTo(new TreeMap<>(Map.of("a", "new")));
        assertThat(report.entriesLost()).isZero();
        assertThat(report.tables()).isEmpty();
    }

    @Test
    void withoutTheTableThatReplacedItATableCountsAgain() throws Exception {
        leaveAReplacedTable();
        flip(names(".sst").getLast(), 40);
        RepairReport report = repair();
        assertThat(read().get("default")).containsEntry("a", "old").containsKey("gone");
        assertThat(report.warnings()).anyMatch(w -> w.contains("it is not known whether"));
        assertThat(report.tables()).singleElement()
                .satisfies(table -> assertThat(table.newFile()).isNull());
    }

    @Test
    void aTableUnderAWrongNameStaysWithItsKeyspace() throws Exception {
        with(firn -> {
            firn.createKeyspace("users", KeyspaceOptions.defaults());
            put(firn, "users", "u", "1");
            firn.flush();
            put(firn, "default", "d", "1");
            firn.flush();
            return null;
        });
        storage = storage.processCrash();
        String user = names(".sst").getFirst();
        String other = names(".sst").getLast();
        RepairAttack.write(storage, other, RepairAttack.read(storage, user));
        storage.delete(user);
        // Damage at its end: what comes before still tells of both tables.
        String manifest = names("MANIFEST").getLast();
        flip(manifest, RepairAttack.read(storage, manifest).length - 30);
        deleteAll(".log");
        repair();
        assertThat(read().get("users")).isEqualTo(new TreeMap<>(Map.of("u", "1")));
        assertThat(read().get("default")).isEmpty();
    }

    @Test
    void aDroppedKeyspaceDoesNotTakeTheName() throws Exception {
        byte[][] old = new byte[1][];
        String[] name = new String[1];
        with(firn -> {
            firn.createKeyspace("a", KeyspaceOptions.defaults());
            put(firn, "a", "k", "dropped");
            firn.flush();
            name[0] = names(".sst").getLast();
            old[0] = RepairAttack.read(storage, name[0]);
            firn.dropKeyspace("a");
            firn.createKeyspace("a", KeyspaceOptions.defaults());
            put(firn, "a", "k", "live");
            firn.flush();
            return null;
        });
        storage = storage.processCrash();
        if (names(".sst").contains(name[0])) {
            storage.delete(name[0]);
        }
        try (var file = storage.create(name[0])) {
            file.write(0, java.lang.foreign.MemorySegment.ofArray(old[0]), 0, old[0].length);
        }
        deleteAll("CURRENT", "MANIFEST", ".log");
        RepairReport report = repair();
        assertThat(read().get("a")).containsEntry("k", "live");
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("recovered-2"));
    }

    @Test
    void whatIsLostOfTheLogIsCounted() throws Exception {
        with(firn -> {
            put(firn, "default", "flushed", "1");
            firn.flush();
            for (int i = 0; i < 10; i++) {
                put(firn, "default", "k" + i, LARGE);
            }
            return null;
        });
        storage = storage.processCrash();
        String log = names(".log").getLast();
        for (int i = 4; i < 7; i++) {
            flip(log, indexOf(RepairAttack.read(storage, log), "k" + i));
        }
        storage = RepairAttack.durable(storage);
        for (boolean hasManifest : new boolean[]{true, false}) {
            if (!hasManifest) {
                deleteAll("CURRENT", "MANIFEST");
            }
            RepairReport dry = RepairAttack.repair(storage,
                    RepairOptions.defaults().withDryRun(true));
            assertThat(dry.log().writesLost()).isEqualTo(3);
            assertThat(dry.log().bytesLost()).isBetween(3L * LARGE.length(),
                    4L * LARGE.length());
            assertThat(dry.log().entriesLeft()).isEqualTo(3);
            assertThat(dry.log().isLossKnown()).isTrue();
        }
        for (int i = 7; i < 10; i++) {
            flip(log, indexOf(RepairAttack.read(storage, log), "k" + i));
        }
        assertThat(repair().log().isLossKnown()).isFalse();
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void aFullDiskLeavesTheStoreAsItWas() throws Exception {
        writeTwoTables();
        storage = RepairAttack.durable(storage);
        List<String> before = names("");
        var full = new FaultyStorage(storage,
                FaultRule.sticky(OperationKind.WRITE, 1, new Fault.DiskFull()).on(".*sst"));
        TestData.fails(FirnException.Kind.DISK_FULL,
                () -> RepairAttack.repair(full, RepairOptions.defaults()));
        assertThat(names("")).isEqualTo(before);
        with(firn -> null);
    }

    @Test
    void aStoreWhoseRepairHasReplacedNothingCanBeRead() throws Exception {
        with(firn -> {
            put(firn, "default", "a", "1");
            return null;
        });
        new RepairMarker(1000).write(storage);
        try (var scheduler = new DeterministicScheduler(1);
                var resources = SharedResources.on(scheduler, 16 << 20, 1);
                Firn firn = Store.open(Path.of("simulated"), storage,
                        Options.defaults().withReadOnly(true), resources, false, 77)) {
            assertThat(firn.get(TestData.bytes("a"))).isEqualTo(TestData.bytes("1"));
        }
        storage.delete("REPAIRING");
        new RepairMarker(1).write(storage);
        try (var scheduler = new DeterministicScheduler(1);
                var resources = SharedResources.on(scheduler, 16 << 20, 1)) {
            TestData.fails(FirnException.Kind.CORRUPT, () -> Store.open(Path.of("simulated"),
                    storage, Options.defaults().withReadOnly(true), resources, false, 77));
        }
    }

    @Test
    void tablesOfAnInterruptedRepairDoNotCount() throws Exception {
        writeTwoTables();
        deleteAll("CURRENT", "MANIFEST");
        storage = RepairAttack.durable(storage);
        SimulatedStorage done = storage.processCrash();
        RepairReport expected = RepairAttack.repair(done, RepairOptions.defaults());
        SimulatedStorage[] last = new SimulatedStorage[1];
        SimulatedStorage running = storage.processCrash();
        running.beforeEach((now, operation) -> {
            if (last[0] == null && now.list().stream()
                    .anyMatch(file -> file.name().startsWith("MANIFEST"))) {
                last[0] = now.processCrash();
            }
        });
        RepairAttack.repair(running, RepairOptions.defaults());
        // Without the manifest that it had begun, all that it wrote is tables.
        storage = last[0];
        storage.beforeEach((_, _) -> {});
        deleteAll("MANIFEST");
        RepairReport report = RepairAttack.repair(storage, RepairOptions.defaults());
        assertThat(report.keyspaces()).isEqualTo(expected.keyspaces());
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("PLAN.txt"));
        assertThat(report.isLossless()).isFalse();
    }

    @Test
    void aBadSectorIsDamage() throws Exception {
        with(firn -> {
            put(firn, "default", "a", "1");
            firn.flush();
            put(firn, "default", "b", "2");
            return null;
        });
        storage = RepairAttack.durable(storage.processCrash());
        for (String name : List.of(names(".sst").getFirst(), names(".log").getFirst(),
                "CURRENT", names("MANIFEST").getLast())) {
            SimulatedStorage bad = storage.processCrash();
            var faulty = new FaultyStorage(bad, FaultRule
                    .sticky(OperationKind.READ, 1, new Fault.InputOutputError()).on(name));
            RepairReport report = RepairAttack.repair(faulty, RepairOptions.defaults());
            assertThat(report.damages()).as(name)
                    .anyMatch(damage -> damage.what().contains("cannot be read"));
            RepairAttack.requireClean(bad);
        }
    }
}
