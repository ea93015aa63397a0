package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.RepairReport.RepairedKeyspace;
import dev.firn.manifest.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stores on a real file system, damaged in every way that comes to mind and repaired, against a
/// model that knows all that was written.
@Tag("proof")
class RepairTest {
    @TempDir
    Path temporary;

    private Path store;
    private RepairModel model;

    @BeforeEach
    void make() {
        store = temporary.resolve("store");
        model = new RepairModel(1);
        try (Firn firn = Firn.open(store, TestData.small())) {
            RepairModel.createKeyspaces(firn);
            firn.pauseCompaction();
            model.write(firn, 300);
            firn.flush();
            model.write(firn, 200);
            firn.compact();
            firn.pauseCompaction();
            model.write(firn, 200);
            firn.flush();
            model.write(firn, 100);
        }
    }

    private List<Path> files(String ending) throws IOException {
        try (var list = Files.list(store)) {
            return list.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().contains(ending)).sorted().toList();
        }
    }

    private Path current() {
        return store.resolve("CURRENT");
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private RepairReport repair() {
        return repair(RepairOptions.defaults());
    }

    private RepairReport repair(RepairOptions options) {
        return Firn.repair(store, options, _ -> {});
    }

    /// Repairs, and checks what holds of every repair; returns what the store has then.
    private Map<String, TreeMap<String, String>> repaired(RepairReport report) throws IOException {
        assertThat(report.healthy()).isFalse();
        assertThat(report.damages()).isNotEmpty();
        assertThat(Firn.verify(store, _ -> {}).damages()).isEmpty();
        Path quarantine = store.resolve(report.quarantine());
        assertThat(quarantine.resolve("PLAN.txt")).content().startsWith("the plan of a repair");
        assertThat(quarantine.resolve("REPORT.txt")).content()
                .isEqualTo(String.join("\n", report.lines()) + "\n");
        for (String name : report.setAside()) {
            assertThat(store.resolve(report.quarantine()).resolve(name)).exists();
        }
        RepairReport again = repair();
        assertThat(again.healthy()).isTrue();
        Map<String, TreeMap<String, String>> found;
        try (Firn firn = Firn.open(store, TestData.small())) {
            found = RepairModel.read(firn);
            firn.put(TestData.bytes("new"), TestData.bytes("value"));
            firn.compact();
        }
        try (Firn firn = Firn.open(store, TestData.small())) {
            found.get("default").put("new", "value");
            assertThat(RepairModel.read(firn)).isEqualTo(found);
            found.get("default").remove("new");
        }
        model.checkValues(found);
        return found;
    }

    private void losesNothing(RepairReport report) throws IOException {
        var found = repaired(report);
        assertThat(report.entriesLost()).isZero();
        model.checkState(found, Set.of());
        assertThat(found).containsOnlyKeys(RepairModel.NAMES);
    }

    @Test
    void aHealthyStoreStaysAsItIs() throws IOException {
        List<String> before = TestData.fingerprint(store);
        RepairReport report = repair();
        assertThat(report.healthy()).isTrue();
        assertThat(report.lines()).containsExactly("nothing is wrong, nothing was changed");
        assertThat(report.state()).isEqualTo("MANIFEST-000001");
        assertThat(report.keyspaces()).extracting(RepairedKeyspace::name)
                .containsAll(RepairModel.NAMES);
        assertThat(report.keyspaces()).allMatch(keyspace -> keyspace.tablesKept() > 0
                && keyspace.entriesKept() > 0 && keyspace.isLossKnown());
        assertThat(report.log().isKept()).isTrue();
        assertThat(report.log().records()).isPositive();
        assertThat(report.log().sequence()).isGreaterThanOrEqualTo(report.log().records());
        assertThat(TestData.fingerprint(store)).isEqualTo(before);
    }

    @Test
    void aLostCurrentLosesNothing() throws IOException {
        Files.delete(current());
        losesNothing(repair());
    }

    @Test
    void aDamagedCurrentLosesNothing() throws IOException {
        flip(current(), 8);
        RepairReport report = repair();
        assertThat(Files.readAllBytes(store.resolve(report.quarantine()).resolve("CURRENT")))
                .hasSameSizeAs(Files.readAllBytes(current()));
        losesNothing(report);
    }

    @Test
    void anEmptyCurrentLosesNothing() throws IOException {
        cut(current(), 0);
        losesNothing(repair());
    }

    @Test
    void aForeignCurrentLosesNothing() throws IOException {
        Path other = temporary.resolve("other");
        Firn.open(other).close();
        Files.copy(other.resolve("CURRENT"), current(),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        var found = repaired(repair());
        assertThat(found).containsKeys(RepairModel.NAMES.toArray(String[]::new));
    }

    @Test
    void withoutAnyManifestTheTablesTellTheirKeyspaces() throws IOException {
        Files.delete(current());
        for (Path manifest : files("MANIFEST")) {
            Files.delete(manifest);
        }
        RepairReport report = repair();
        assertThat(report.warnings()).isNotEmpty();
        assertThat(report.lines())
                .contains("keyspaces and tables: from the tables themselves, as no manifest can be"
                        + " read")
                .anyMatch(line -> line.matches(
                        "log: whole; \\d+ records saved to tables, up to sequence \\d+"));
        losesNothing(report);
    }

    @Test
    void whatLiesUnderTheNextNumbersIsPassedOver() throws IOException {
        Files.delete(current());
        for (Path manifest : files("MANIFEST")) {
            Files.delete(manifest);
        }
        long next = files(".").stream().map(file -> file.getFileName().toString())
                .mapToLong(name -> Long.parseLong(name.replaceAll("\\..*", ""))).max().orElseThrow()
                + 1;
        for (int i = 0; i < 12; i++) {
            String number = "%06d".formatted(next + i);
            Files.createDirectory(store.resolve(
                    i % 3 == 0 ? "MANIFEST-" + number : number + (i % 3 == 1 ? ".sst" : ".tmp")));
        }
        losesNothing(repair());
    }

    @Test
    void aManifestFlippedAnywhereLosesNothing() throws IOException {
        Path manifest = files("MANIFEST").getLast();
        long size = Files.size(manifest);
        byte[] sound = Files.readAllBytes(manifest);
        Path copy = temporary.resolve("copy");
        copy(store, copy);
        for (long at = 0; at < size; at += size / 6) {
            byte[] bytes = sound.clone();
            bytes[(int) at] ^= 0x40;
            Files.write(store.resolve(manifest.getFileName()), bytes);
            RepairReport report = repair();
            if (!report.healthy()) {
                losesNothing(report);
            }
            remove(store);
            copy(copy, store);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var list = Files.list(from)) {
            for (Path file : list.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void aDamagedBlockCostsItsEntriesOnly() throws IOException {
        // The log has nothing of it any more.
        Path table = files(".sst").getFirst();
        flip(table, 100);
        RepairReport report = repair();
        var found = repaired(report);
        assertThat(report.tables()).singleElement().satisfies(t -> {
            assertThat(t.entriesSaved()).isPositive();
            assertThat(t.entriesLost()).isPositive();
            assertThat(t.losses()).singleElement().satisfies(loss -> {
                assertThat(loss.offset()).isZero();
                assertThat(loss.keys()).isNull();
            });
        });
        long wrong = 0;
        for (String name : RepairModel.NAMES) {
            var keys = new java.util.HashSet<>(model.state.get(name).keySet());
            keys.addAll(found.get(name).keySet());
            wrong += keys.stream().filter(key -> !java.util.Objects
                    .equals(model.state.get(name).get(key), found.get(name).get(key))).count();
        }
        assertThat(wrong).isBetween(1L, report.entriesLost());
        assertThat(report.log().isKept()).isTrue();
    }

    @Test
    void keysAreToldOnlyWhenAskedFor() throws IOException {
        flip(files(".sst").getFirst(), 3000);
        RepairReport quiet = repair(RepairOptions.defaults().withDryRun(true));
        assertThat(String.join("\n", quiet.lines()) + quiet.toJson()).doesNotContain("key0");
        RepairReport report =
                repair(RepairOptions.defaults().withDryRun(true).withKeys(true));
        assertThat(String.join("\n", report.lines())).contains("between key0");
    }

    @Test
    void aTableWithoutItsFooterKeepsItsEntries() throws IOException {
        Path table = files(".sst").getLast();
        cut(table, Files.size(table) - 10);
        losesNothing(repair());
    }

    @Test
    void aTableCutInTheMiddleKeepsItsFirstHalf() throws IOException {
        Path table = files(".sst").getFirst();
        cut(table, Files.size(table) / 2);
        RepairReport report = repair();
        repaired(report);
        assertThat(report.tables().getFirst().entriesSaved()).isPositive();
        assertThat(report.tables().getFirst().entriesLost()).isPositive();
    }

    @Test
    void aMissingTableIsTold() throws IOException {
        Path table = files(".sst").getFirst();
        Files.delete(table);
        RepairReport report = repair();
        repaired(report);
        assertThat(report.tables()).singleElement()
                .satisfies(t -> assertThat(t.newFile()).isNull());
        assertThat(report.entriesLost()).isPositive();
        assertThat(report.warnings()).isNotEmpty();
    }

    @Test
    void allTablesMayBeMissing() throws IOException {
        for (Path table : files(".sst")) {
            Files.delete(table);
        }
        RepairReport report = repair();
        repaired(report);
        assertThat(report.keyspaces()).extracting(RepairedKeyspace::entriesKept)
                .containsOnly(0L);
        assertThat(report.log().isKept()).isTrue();
    }

    @Test
    void swappedTablesAreFoundByWhatTheyAre() throws IOException {
        List<Path> tables = files(".sst");
        Path a = tables.getFirst();
        Path b = tables.getLast();
        Path aside = store.resolve("aside");
        Files.move(a, aside);
        Files.move(b, a);
        Files.move(aside, b);
        losesNothing(repair());
    }

    @Test
    void aTableUnderANumberThatNoStoreGivesIsKept() throws IOException {
        Path table = files(".sst").getFirst();
        Path far = store.resolve("999999999999999999.sst");
        Files.move(table, far);
        RepairReport report = repair();
        losesNothing(report);
        assertThat(report.setAside()).contains("999999999999999999.sst");
        Files.move(files(".sst").getFirst(), far);
        flip(far, Files.size(far) / 2);
        byte[] bytes = Files.readAllBytes(far);
        Files.delete(current());
        for (Path manifest : files("MANIFEST")) {
            Files.delete(manifest);
        }
        RepairReport second = repair();
        assertThat(second.setAside()).contains("999999999999999999.sst");
        assertThat(store.resolve(second.quarantine()).resolve("999999999999999999.sst"))
                .hasBinaryContent(bytes);
    }

    @Test
    void aForeignTableIsNotTaken() throws IOException {
        Path other = temporary.resolve("other");
        try (Firn firn = Firn.open(other)) {
            firn.put(TestData.bytes("foreign"), TestData.bytes("foreign"));
            firn.flush();
        }
        Path foreign;
        try (var list = Files.list(other)) {
            foreign = list.filter(f -> f.toString().endsWith(".sst")).findFirst().orElseThrow();
        }
        Path table = files(".sst").getLast();
        Files.copy(foreign, table, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        RepairReport report = repair();
        assertThat(repaired(report).get("default")).doesNotContainKey("foreign");
        assertThat(report.setAside()).contains(table.getFileName().toString());
    }

    @Test
    void aHoleInTheLogKeepsThePrefixOnly() throws IOException {
        Path log = files(".log").getLast();
        flip(log, 200);
        RepairReport report = repair();
        var found = repaired(report);
        assertThat(report.log().isKept()).isFalse();
        assertThat(report.log().recordsLeft()).isPositive();
        assertThat(report.log().sequenceLeftFirst()).isGreaterThan(report.log().sequence());
        assertThat(report.log().isLossKnown()).isTrue();
        assertThat(report.log().bytesLost()).isPositive();
        assertThat(String.join("\n", report.lines())).contains("writes lost in ")
                .contains("--beyond-damage saves it");
        assertThat(report.toJson())
                .contains("\"bytesLost\":" + report.log().bytesLost() + ",");
        assertThat(report.isLossless()).isFalse();
        assertThat(found).containsOnlyKeys(RepairModel.NAMES);
    }

    @Test
    void whatIsBehindAHoleIsTakenWhenAskedFor() throws IOException {
        Path log = files(".log").getLast();
        flip(log, 200);
        RepairReport dry = repair(RepairOptions.defaults().withDryRun(true));
        long left = dry.log().recordsLeft();
        assertThat(dry.lines()).anyMatch(line -> line.startsWith("with --beyond-damage ")
                && line.contains(" " + dry.log().entriesLeft() + " writes more"));
        RepairReport report = repair(RepairOptions.defaults().withBeyondDamage(true));
        assertThat(left).isPositive();
        assertThat(report.log().recordsLeft()).isZero();
        assertThat(report.log().records()).isGreaterThanOrEqualTo(left);
        var found = repaired(report);
        int right = 0;
        int all = 0;
        for (String name : RepairModel.NAMES) {
            for (var entry : model.state.get(name).entrySet()) {
                all++;
                right += entry.getValue().equals(found.get(name).get(entry.getKey())) ? 1 : 0;
            }
        }
        // One record was lost, of seven writes at most.
        assertThat(right).isGreaterThanOrEqualTo(all - 7);
    }

    @Test
    void aMissingLogIsTold() throws IOException {
        for (Path log : files(".log")) {
            Files.delete(log);
        }
        if (!Firn.verify(store, _ -> {}).isClean()) {
            repaired(repair());
        }
    }

    @Test
    void aDryRunChangesNothing() throws IOException {
        flip(files(".sst").getLast(), 100);
        flip(files(".log").getLast(), 200);
        flip(current(), 8);
        List<String> before = TestData.fingerprint(store);
        RepairReport dry = repair(RepairOptions.defaults().withDryRun(true));
        assertThat(TestData.fingerprint(store)).isEqualTo(before);
        assertThat(dry.dryRun()).isTrue();
        RepairReport report = repair();
        assertThat(report.keyspaces()).isEqualTo(dry.keyspaces());
        assertThat(report.log()).isEqualTo(dry.log());
        assertThat(report.setAside()).isEqualTo(dry.setAside());
        assertThat(report.damages()).isEqualTo(dry.damages());
        repaired(report);
    }

    @Test
    void whatWasSetAsideCanBeMovedBackByHand() throws IOException {
        flip(files(".sst").getLast(), 100);
        flip(files(".log").getLast(), 200);
        var damages = Firn.verify(store, _ -> {}).damages();
        RepairReport report = repair();
        assertThat(Firn.verify(store, _ -> {}).damages()).isEmpty();
        // As docs/guarantees.md says: first goes what the repair wrote.
        long first = Long.parseLong(report.quarantine().replace("quarantine-", ""));
        for (Path file : files("")) {
            if (StoreFile.parse(file.getFileName().toString())
                    .filter(f -> f.number() >= first).isPresent()) {
                Files.delete(file);
            }
        }
        Files.delete(current());
        try (var list = Files.list(store.resolve(report.quarantine()))) {
            for (Path file : list.filter(f -> !f.toString().endsWith(".txt")).toList()) {
                Files.move(file, store.resolve(file.getFileName()),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        assertThat(Firn.verify(store, _ -> {}).damages()).isEqualTo(damages).isNotEmpty();
        RepairReport again = repair(RepairOptions.defaults().withBeyondDamage(true));
        assertThat(again.state()).startsWith("MANIFEST-");
        assertThat(repaired(again)).containsOnlyKeys(RepairModel.NAMES);
    }

    @Test
    void anOpenStoreIsNotRepaired() {
        try (Firn firn = Firn.open(store, TestData.small())) {
            assertThat(firn.keyspaceNames()).isNotEmpty();
            TestData.fails(FirnException.Kind.LOCKED, this::repair);
        }
    }

    @Test
    void whatIsNoStoreIsNotRepaired() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        TestData.fails(FirnException.Kind.NOT_FOUND,
                () -> Firn.repair(empty, RepairOptions.defaults(), _ -> {}));
        TestData.fails(FirnException.Kind.NOT_FOUND,
                () -> Firn.repair(temporary.resolve("none"), RepairOptions.defaults(), _ -> {}));
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aNewerStoreIsNotTouched() throws IOException {
        // A line with a right checksum of a version that is not known.
        String line = "firn 2 MANIFEST-000001 store 0000000000000001";
        var crc = new java.util.zip.CRC32C();
        crc.update(ByteBuffer.wrap(TestData.bytes(line)));
        Files.writeString(current(), line + " crc32c %08x\n".formatted(crc.getValue()));
        List<String> before = TestData.fingerprint(store);
        TestData.fails(FirnException.Kind.INCOMPATIBLE, this::repair);
        assertThat(TestData.fingerprint(store)).isEqualTo(before);
    }

    @Test
    void aStoreWhoseRepairWasInterruptedIsNotOpened() throws IOException {
        Files.writeString(store.resolve("REPAIRING"), "");
        assertThatThrownBy(() -> Firn.open(store)).isInstanceOf(FirnException.class)
                .hasMessageContaining("firn repair");
        assertThat(Firn.verify(store, _ -> {}).damages()).singleElement()
                .satisfies(d -> assertThat(d.file()).isEqualTo("REPAIRING"));
        losesNothing(repair());
    }
}
