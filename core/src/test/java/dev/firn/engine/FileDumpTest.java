package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Compression;
import dev.firn.DumpLine;
import dev.firn.DumpOptions;
import dev.firn.DumpReport;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyspaceOptions;
import dev.firn.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small store, every file of it dumped: sound, flipped anywhere, cut anywhere.
class FileDumpTest {
    @TempDir
    Path temporary;
    private Path store;

    private record Dump(DumpReport report, List<DumpLine> lines) {
        String text() {
            return lines.stream().map(DumpLine::toString).collect(Collectors.joining("\n"));
        }

        List<String> damages() {
            return lines.stream().filter(DumpLine::isDamage)
                    .map(line -> line.offset() + ": " + line.text()).toList();
        }
    }

    @BeforeEach
    void make() {
        store = temporary.resolve("store");
        try (Firn firn = Firn.open(store)) {
            var options = KeyspaceOptions.defaults().withBlockBytes(1024)
                    .withCompression(Compression.NONE);
            var users = firn.createKeyspace("users", options);
            for (int i = 0; i < 36; i++) {
                users.put(bytes("user%03d".formatted(i)),
                        bytes("a value of user %03d".formatted(i)));
            }
            users.delete(bytes("user007"));
            firn.flush();
            firn.put(bytes("tab\there"), bytes("secret"));
            firn.sync();
            firn.write(WriteBatch.create().put(firn.keyspace(), bytes("k".repeat(60)), bytes("v"))
                    .delete(firn.keyspace(), bytes("gone")));
            firn.sync();
            firn.put(bytes("last"), new byte[300]);
        }
    }

    private Dump dump(Path file, DumpOptions options) {
        List<DumpLine> lines = new ArrayList<>();
        DumpReport report = Firn.dumpFile(file, options, lines::add);
        assertThat(report.damages()).isEqualTo(lines.stream().filter(DumpLine::isDamage).count());
        return new Dump(report, lines);
    }

    private Dump dump(Path file) {
        return dump(file, DumpOptions.defaults());
    }

    private Path file(String ending) throws IOException {
        try (var files = Files.list(store)) {
            return files.filter(f -> f.getFileName().toString().contains(ending)).sorted().toList()
                    .getLast();
        }
    }

    private static String plain(String text) {
        return text.replaceAll("[0-9a-f]{16}", "ID").replaceAll("created [0-9]+ ms",
                "created T ms");
    }

    @Test
    void aLogIsTold() throws IOException {
        Dump dump = dump(file(".log"));
        assertThat(dump.report().kind()).isEqualTo("write-ahead log");
        assertThat(dump.report().isSound()).isTrue();
        assertThat(plain(dump.text()))
                .startsWith(
                        """
                                            000002.log: write-ahead log, 2632 bytes
                                            the manifest needs it, if a log leads to it; no final size is recorded
                                         0  header: segment kind 1 (write-ahead log), version 1, store ID, number 2, \
                                base LSN 0, start LSN 0, capacity 1048576, checksum ok
                                        64    batch: LSN 64, payload of 38 bytes, ends at 120, checksum ok
                                                sequence 1 put, keyspace 2, value of 19 bytes, key of 7 bytes: user000
                                """)
                .endsWith(
                        """
                                      2080    batch: LSN 2080, payload of 18 bytes, ends at 2112, checksum ok
                                                sequence 37 delete, keyspace 2, key of 7 bytes: user007
                                      2112    batch: LSN 2112, payload of 26 bytes, ends at 2160, checksum ok, \
                                synced up to LSN 2112
                                                sequence 38 put, keyspace 1, value of 6 bytes, key of 8 bytes: tab\\there
                                      2160    batch: LSN 2160, payload of 80 bytes, ends at 2264, checksum ok, \
                                synced up to LSN 2160
                                                sequence 39 put, keyspace 1, value of 1 bytes, key of 60 bytes: \
                                kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…
                                                sequence 40 delete, keyspace 1, key of 4 bytes: gone
                                      2264    batch: LSN 2264, payload of 317 bytes, ends at 2608, checksum ok, \
                                synced up to LSN 2264
                                                sequence 41 put, keyspace 1, value of 300 bytes, key of 4 bytes: last
                                      2608    close: LSN 2608, payload of 0 bytes, ends at 2632, checksum ok, \
                                synced up to LSN 2608
                                            41 records""");
    }

    @Test
    void valuesAreToldOnlyWhenWanted() throws IOException {
        assertThat(dump(file(".log")).text()).doesNotContain("secret");
        assertThat(dump(file(".log"), DumpOptions.defaults().withValues(true)).text())
                .contains("value of 6 bytes: secret, key of 8 bytes: tab\\there")
                .contains("value of 300 bytes: " + "\\x00".repeat(40) + "…,");
        assertThat(dump(file(".sst")).text()).doesNotContain("user005", "a value of");
        assertThat(dump(file(".sst"), new DumpOptions(true, true)).text())
                .contains(
                        "sequence 6 put, value of 19 bytes: a value of user 005, key of 7 bytes: user005")
                .contains("sequence 37 delete, key of 7 bytes: user007");
    }

    @Test
    void aTableIsTold() throws IOException {
        Dump dump = dump(file(".sst"));
        assertThat(dump.report().isSound()).isTrue();
        assertThat(plain(dump.text())).isEqualTo(
                """
                                    000003.sst: table, 2246 bytes
                                    the manifest names it, with table id ID
                              2166  footer: version 1, store ID, table id ID, file of 2246 bytes, top index at \
                        1413 (89 bytes), properties at 1502 (664 bytes), checksum ok
                              1502  properties: 36 entries, 1 of them tombstones, sequences 1 to 37, keys of 252 \
                        bytes and values of 665 in all, codec none, created T ms since 1970
                                      smallest key of 7 bytes: user000
                                      largest key of 7 bytes: user035
                                      written for keyspace 2, users
                                      when it was written, the keyspace was in tables up to sequence 37
                                      replaces what older tables have of sequences 1 to 37
                                      2 data blocks and 0 value blocks up to 1220, 1 index blocks up to 1333, \
                        1 filter blocks of 1 lines, 6 probes a key
                                 0    data block 0: stored 1018 bytes, raw 1018, codec none, checksum ok, 32 entries
                                        first key of 7 bytes: user000
                                        last key of 7 bytes: user031
                              1034    data block 1: stored 170 bytes, raw 170, codec none, checksum ok, 4 entries
                                        first key of 7 bytes: user032
                                        last key of 7 bytes: user035
                              1220    index block 0: stored 97 bytes, raw 97, codec none, checksum ok, 2 blocks below
                                        first key of 7 bytes: user000
                                        last key of 7 bytes: user032
                              1333    filter block 0: stored 64 bytes, raw 64, codec none, checksum ok
                              1413    top index block 0: stored 73 bytes, raw 73, codec none, checksum ok, 1 blocks below
                                        first key of 7 bytes: user000
                                        last key of 7 bytes: user000
                              1502    properties block 0: stored 648 bytes, raw 648, codec none, checksum ok""");
    }

    @Test
    void aManifestIsTold() throws IOException {
        Dump dump = dump(file("MANIFEST"));
        assertThat(dump.report().isSound()).isTrue();
        assertThat(plain(dump.text()))
                .contains(
                        """
                                            CURRENT names it
                                         0  header: segment kind 2 (manifest), version 1, store ID, number 1, base LSN 0, \
                                start LSN 0, capacity 0, checksum ok
                                        64    edit: LSN 64, payload of 25 bytes, ends at 104, checksum ok
                                                store ID created, format version 1
                                                next file is 2
                                                sequences are taken up to 0
                                                logs are needed from 0 on
                                                next keyspace is 1
                                                the snapshot ends
                                       104    synced: LSN 104, payload of 0 bytes, ends at 128, checksum ok, synced up to LSN 104
                                """)
                .contains(
                        """
                                                table 3 added to keyspace 2, level 0, run 3: id ID, 2246 bytes, 36 entries, \
                                1 tombstones, sequences 1 to 37, keys 'user000' (7 bytes) to 'user035' (7 bytes), raw 917 \
                                bytes, codec 0
                                """)
                .endsWith(
                        """
                                            10 records
                                            the store after 5 edits: 2 keyspaces, 1 tables, last sequence 37, next file 4, \
                                logs from 2""");
    }

    @Test
    void currentIsTold() throws IOException {
        assertThat(dump(file("CURRENT")).lines()).extracting(line -> plain(line.text()))
                .containsExactly("CURRENT: CURRENT, 62 bytes", "version 1 of the line",
                        "manifest MANIFEST-000001", "store ID", "checksum ok");
        Files.writeString(file("CURRENT"), "MANIFEST-000001\n");
        Dump dump = dump(file("CURRENT"));
        assertThat(dump.damages()).containsExactly("0: not a line as Firn writes it");
        assertThat(dump.text()).contains("it reads: MANIFEST-000001\\n");
    }

    @Test
    void theLockIsNotTouchedAndAnOpenStoreDoesNotMatter() throws IOException {
        try (Firn firn = Firn.open(store)) {
            firn.put(bytes("while it is open"), bytes("v"));
            firn.sync();
            try (var files = Files.list(store)) {
                for (Path file : files.sorted().toList()) {
                    assertThat(dump(file).damages()).as(file.toString()).isEmpty();
                }
            }
            assertThat(dump(file(".log")).text()).contains("key of 16 bytes: while it is open")
                    .contains(" zero bytes: preallocated, not used");
            TestData.fails(FirnException.Kind.LOCKED, () -> Firn.open(store).close());
        }
    }

    @Test
    void behindADamagedRecordTheOthersAreTold() throws IOException {
        Path log = file(".log");
        flip(log, 200);
        Dump dump = dump(log);
        assertThat(dump.damages()).singleElement().asString()
                .startsWith("176: fragment checksum 0x").contains(", expected 0x")
                .contains(", but the record at offset 2112 tells that everything was"
                        + " synced up to LSN 2112");
        assertThat(dump.text()).contains("key of 7 bytes: user001").doesNotContain("user002")
                .contains("       176    56 bytes passed over")
                .contains(
                        "       232    batch: LSN 232, payload of 38 bytes, ends at 288, checksum ok;"
                                + " no reader takes it")
                .contains("key of 7 bytes: user003").contains("user007").endsWith(
                        "2 records, and 38 behind the end that no reader takes");
    }

    @Test
    void aDamagedHeaderDoesNotHideTheRecords() throws IOException {
        Path log = file(".log");
        flip(log, 33);
        assertThat(dump(log).damages()).singleElement().asString()
                .startsWith("0: segment header checksum 0x");
        assertThat(dump(log).text()).contains("user003", "41 records");
        // The store's id comes from CURRENT now, the number from the name.
        flip(log, 33);
        flip(log, 17);
        flip(log, 25);
        assertThat(dump(log).text()).contains("user003", "41 records");
        Path alone = Files.copy(log, Files.createDirectory(temporary.resolve("alone"))
                .resolve("000002.log"));
        assertThat(dump(alone).text()).contains("put CURRENT beside the file")
                .doesNotContain("user003");
    }

    @Test
    void aTornTailIsNoDamage() throws IOException {
        Path log = file(".log");
        byte[] bytes = Files.readAllBytes(log);
        byte[] whole = Arrays.copyOf(bytes, 1 << 20);
        Arrays.fill(whole, 2264 + 100, whole.length, (byte) 0);
        Files.write(log, whole);
        Dump torn = dump(log);
        assertThat(torn.report().isSound()).isTrue();
        assertThat(torn.text())
                .contains("      2264    the records end: a fragment without its end byte")
                .contains("torn tail or left from an older file, no damage").contains("39 records");
        Arrays.fill(whole, 2264, whole.length, (byte) 0);
        Files.write(log, whole);
        assertThat(dump(log).report().isSound()).isTrue();
        assertThat(dump(log).text()).contains(
                "      2264    " + ((1 << 20) - 2264) + " zero bytes: preallocated, not used");
    }

    @Test
    void aLogOfAnotherStoreOrNameIsDamage() throws IOException {
        Path other = store.resolve("000009.log");
        Files.copy(file("000002.log"), other);
        assertThat(dump(other).damages()).singleElement().asString()
                .contains("was written as number 2, not 9");
        Path elsewhere = temporary.resolve("elsewhere");
        Firn.open(elsewhere).close();
        Path copy = Files.copy(file("000003.sst"), elsewhere.resolve("000003.sst"));
        assertThat(dump(copy).damages()).singleElement().asString().contains("a table of store");
    }

    @Test
    void filesAreToldWithoutTheirStore() throws IOException {
        Path alone = Files.createDirectory(temporary.resolve("alone"));
        for (String name : List.of("000002.log", "000003.sst", "MANIFEST-000001", "CURRENT")) {
            Path copy = Files.copy(store.resolve(name), alone.resolve("copy-of-" + name));
            if (!name.equals("CURRENT")) {
                Dump dump = dump(copy);
                assertThat(dump.damages()).as(name).isEmpty();
                assertThat(dump.text()).contains("so says its content", "user0", "checksum ok");
            } else {
                assertThat(dump(copy).damages()).singleElement().asString()
                        .contains("neither name nor content");
            }
            Files.delete(copy);
        }
    }

    @Test
    void theManifestSaysNothingAboutALogOfAnotherName() throws IOException {
        Path copy = Files.copy(file(".log"), store.resolve("copy-of-log"));
        assertThat(dump(copy).damages()).isEmpty();
        assertThat(dump(copy).text()).doesNotContain("the manifest");
    }

    @Test
    void behindADamagedBlockTheOthersAreTold() throws IOException {
        Path table = file(".sst");
        flip(table, 300);
        Dump dump = dump(table);
        assertThat(dump.damages()).singleElement().asString().matches("0: wrong checksum of a data"
                + " block of 1034 bytes: it is 0x[0-9a-f]+, but 0x[0-9a-f]+ was computed");
        assertThat(dump.text()).contains("data block 1: stored 170 bytes");
        // Its length is gone: the index tells where the next one is.
        flip(table, 9);
        assertThat(dump(table).text()).contains("no block begins here").contains(
                "1034 bytes passed over; the next block is at 1034", "data block 0: stored 170");
        // Also when that one is damaged too, so that searching would miss it.
        flip(table, 1100);
        assertThat(dump(table).text()).contains(
                "1034 bytes passed over; the next block is at 1034",
                "      1034    DAMAGE: wrong checksum of a data block of 186 bytes");
        flip(table, 1100);
        // So is the index: the next block is searched for.
        flip(table, 1300);
        assertThat(dump(table).text()).contains(
                "1034 bytes passed over; the next block is at 1034", "data block 0: stored 170");
        assertThat(dump(table).damages()).hasSize(2);
    }

    @Test
    void aTableWithoutItsEndIsStillTold() throws IOException {
        Path table = file(".sst");
        Files.write(table, Arrays.copyOf(Files.readAllBytes(table), 1300));
        Dump dump = dump(table, DumpOptions.defaults().withEntries(true));
        assertThat(dump.text()).contains("no footer of a table; it is cut off or not a table")
                .contains("key of 7 bytes: user000").contains("key of 7 bytes: user035");
        assertThat(dump.damages()).hasSize(3).anyMatch(d -> d.startsWith("1220: ")
                && d.contains("index block of 97 stored bytes, of which 64 are there"));
        Path alone = Files.copy(table, Files.createDirectory(temporary.resolve("alone"))
                .resolve("000003.sst"));
        assertThat(dump(alone).text()).contains("the table's id is not known",
                "data block: stored 1018 bytes, raw 1018, codec none, checksum not checked");
    }

    @Test
    void everyFlippedByteIsToldAsVerifyDoes() throws IOException {
        for (String name : List.of("000002.log", "000003.sst", "MANIFEST-000001", "CURRENT")) {
            byte[] good = Files.readAllBytes(store.resolve(name));
            for (int at = 0; at < good.length; at++) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (at % 3 == 0 ? 0xff : 1 << at % 8);
                check(name, bad, name + " flipped at " + at, at % 7 == 0);
            }
            Files.write(store.resolve(name), good);
        }
    }

    @Test
    void everyLengthIsToldAsVerifyDoes() throws IOException {
        for (String name : List.of("000002.log", "000003.sst", "MANIFEST-000001", "CURRENT")) {
            byte[] good = Files.readAllBytes(store.resolve(name));
            for (int to = 0; to < good.length; to++) {
                check(name, Arrays.copyOf(good, to), name + " cut to " + to, to % 7 == 0);
            }
            Files.write(store.resolve(name), good);
        }
    }

    /// Dumps a file with other bytes; what the engine takes for damaged, and only that, must be told so.
    private void check(String name, byte[] bytes, String what, boolean isVerified)
            throws IOException {
        Path file = store.resolve(name);
        Files.write(file, bytes);
        Dump dump;
        try {
            dump = dump(file, new DumpOptions(true, true));
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        if (isVerified) {
            boolean isDamaged = Firn.verify(store, b -> {}).damages().stream()
                    .anyMatch(damage -> damage.file().equals(name));
            assertThat(dump.report().isSound()).as(what + "\n" + dump.text()).isEqualTo(!isDamaged);
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x55;
        Files.write(file, bytes);
    }

    @Test
    void theMarkOfARepairTellsWhatItIs() throws IOException {
        Path marker = store.resolve("REPAIRING");
        Files.writeString(marker, "A repair.\nnew files from 17 on\n");
        Dump dump = dump(marker);
        assertThat(dump.report().isSound()).isTrue();
        assertThat(dump.text()).contains("REPAIRING: mark of a repair, 31 bytes",
                "under way, or was interrupted", "the number 17 or a larger one",
                "run 'firn repair' on the directory again");
        Files.writeString(marker, "");
        assertThat(dump(marker).text()).contains("it had written none yet");
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertThatThrownBy(() -> dump(store.resolve("000099.sst")))
                .isInstanceOf(FirnException.class).hasMessageContaining("no such file");
        assertThatThrownBy(() -> dump(store)).isInstanceOf(FirnException.class)
                .hasMessageContaining("is not a regular file");
        assertThatThrownBy(() -> dump(store.resolve("a b"))).isInstanceOf(FirnException.class)
                .hasMessageContaining("not a file name");
    }
}
