package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firn.Compression;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyRange;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files of a store against others on the same machine, and what messages give away.
class SecurityTest {
    private static final String KEY = "KEYSECRET";
    private static final String VALUE = "VALUESECRET";

    @TempDir
    Path temporary;

    /// What the child with an open umask does.
    public static void main(String[] arguments) throws IOException {
        Path store = Path.of(arguments[0]);
        fill(store);
        Path table = only(store, ".sst");
        byte[] bytes = Files.readAllBytes(table);
        bytes[30] ^= 1;
        Files.write(table, bytes);
        Firn.repair(store, RepairOptions.defaults(), _ -> {});
        try (Firn firn = Firn.open(store, TestData.small())) {
            firn.put(bytes("again"), new byte[100]);
            firn.compact();
        }
    }

    private static void fill(Path store) {
        try (Firn firn = Firn.open(store, TestData.small())) {
            var options = KeyspaceOptions.defaults().withBlockBytes(1024)
                    .withCompression(Compression.NONE);
            var keyspace = firn.createKeyspace("plain", options);
            for (int i = 0; i < 60; i++) {
                keyspace.put(bytes(KEY + i), bytes(VALUE + i));
            }
            firn.flush();
            firn.put(bytes(KEY), bytes(VALUE));
            firn.sync();
        }
    }

    private static Path only(Path store, String part) throws IOException {
        try (var files = Files.list(store)) {
            return files.filter(file -> file.getFileName().toString().contains(part)).sorted()
                    .toList().getLast();
        }
    }

    @Test
    void othersCannotReadAFileWhateverTheUmask() throws Exception {
        Path store = temporary.resolve("store");
        Process child = new ProcessBuilder("sh", "-c", "umask 000; exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                SecurityTest.class.getName(), store.toString())
                .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor()).as(output).isZero();
        List<String> kinds = new ArrayList<>();
        try (var files = Files.walk(store)) {
            for (Path file : files.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(mode).as(file.toString())
                        .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
                kinds.add(file.getFileName().toString().replaceAll("[0-9]+", "N"));
            }
        }
        assertThat(kinds).contains("store", "LOCK", "CURRENT", "MANIFEST-N", "N.sst", "N.log",
                "quarantine-N", "REPORT.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../x", "a\\b", "a b", "\u00e4", "\u0430dmin", "a\u0000",
        "a\n", "\uff41", "\ud83d\ude00"})
    void namesOfKeyspacesAreRefused(String name) {
        try (Firn firn = Firn.open(temporary.resolve("store"), TestData.small())) {
            List<String> before = firn.keyspaceNames();
            assertThatThrownBy(() -> firn.keyspace(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("A-Z");
            assertThatThrownBy(() -> firn.createKeyspace(name, KeyspaceOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> firn.keyspace("x".repeat(65)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("64");
            assertThat(firn.keyspaceNames()).isEqualTo(before);
        }
        assertThat(temporary.resolve("x")).doesNotExist();
    }

    @Test
    void namesOfKeyspacesAreNoPaths() throws IOException {
        Path store = temporary.resolve("store");
        try (Firn firn = Firn.open(store, TestData.small())) {
            for (String name : List.of(".", "..", "CURRENT", "LOCK", "-", "x".repeat(64))) {
                firn.keyspace(name).put(bytes("k"), bytes("v"));
            }
            firn.flush();
        }
        try (Firn firn = Firn.open(store, TestData.small())) {
            assertThat(firn.keyspace("..").get(bytes("k"))).isEqualTo(bytes("v"));
        }
        try (var files = Files.list(temporary)) {
            assertThat(files).containsExactly(store);
        }
    }

    private interface Replacement {
        void put(Path file, Path aside) throws Exception;
    }

    @Test
    @Timeout(120)
    void linksPipesAndDirectoriesAreNoFilesOfAStore() throws Exception {
        Path sound = temporary.resolve("sound");
        fill(sound);
        List<Replacement> all = new ArrayList<>(List.of(
                (file, aside) -> Files.createSymbolicLink(file, aside),
                (file, aside) -> Files.createSymbolicLink(file, Path.of("/nonexistent/nothing")),
                (file, aside) -> Files.createDirectory(file)));
        assumeTrue(run("mkfifo", temporary.resolve("probe").toString()), "there is no mkfifo");
        all.add((file, aside) -> run("mkfifo", file.toString()));
        int round = 0;
        for (String part : List.of("CURRENT", "LOCK", "MANIFEST", ".log", ".sst")) {
            for (Replacement replacement : all) {
                Path store = temporary.resolve("store" + round++);
                copy(sound, store);
                Path file = only(store, part);
                Path aside = temporary.resolve("aside" + round);
                Files.move(file, aside);
                byte[] before = Files.readAllBytes(aside);
                replacement.put(file, aside);
                Throwable thrown = catchThrowable(() -> Firn.open(store, TestData.small()).close());
                assertThat(thrown).as(part).isInstanceOf(FirnException.class)
                        .hasMessageContaining(file.getFileName().toString())
                        .hasMessageContaining("is not a regular file")
                        .hasMessageContaining(
                                "move that away, and put the file itself in its place");
                thrown = catchThrowable(() -> Firn
                        .open(store, TestData.small().withReadOnly(true)).close());
                assertThat(thrown).as(part).isInstanceOf(FirnException.class)
                        .hasMessageContaining("is not a regular file");
                assertThat(Files.readAllBytes(aside)).isEqualTo(before);
                if (part.equals("LOCK")) {
                    assertThat(catchThrowable(() -> repair(store))).as("repair")
                            .isInstanceOf(FirnException.class);
                } else {
                    assertThat(Firn.verify(store, _ -> {}).damages()).as(part).singleElement()
                            .satisfies(damage -> assertThat(damage.what())
                                    .contains("is not a regular file", "move that away"));
                    assertThat(repair(store).damages()).as(part).anySatisfy(
                            damage -> {
                                assertThat(damage.file()).isEqualTo(file.getFileName().toString());
                                assertThat(damage.what()).contains("is not a regular file");
                            });
                    assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).as(part)
                            .isTrue();
                    assertThat(Firn.verify(store, _ -> {}).damages()).as(part).isEmpty();
                    Firn.open(store, TestData.small()).close();
                }
                assertThat(Files.readAllBytes(aside)).isEqualTo(before);
            }
        }
    }

    private static RepairReport repair(Path store) {
        return Firn.repair(store, RepairOptions.defaults(), _ -> {});
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void theDirectoryMayBeALinkAndHasOneOwnerAllTheSame() throws IOException {
        Path store = temporary.resolve("store");
        fill(store);
        Path link = Files.createSymbolicLink(temporary.resolve("link"), store);
        try (Firn firn = Firn.open(link, TestData.small())) {
            assertThat(firn.get(bytes(KEY))).isEqualTo(bytes(VALUE));
            TestData.fails(FirnException.Kind.LOCKED, () -> Firn.open(store));
        }
    }

    @Test
    void aDirectoryThatIsThereKeepsItsMode() throws IOException {
        Path store = Files.createDirectory(temporary.resolve("store"));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxrwxrwx"));
        fill(store);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
                .isEqualTo("rwxrwxrwx");
    }

    @Test
    void currentNamesAFileOfTheDirectoryOnly() throws IOException {
        Path store = temporary.resolve("store");
        fill(store);
        for (String name : List.of("../MANIFEST-000001", "MANIFEST-000001/../x", "/etc/passwd",
                "MANIFEST-1", "LOCK")) {
            String line = "firn 1 " + name + " store 0000000000000001";
            var crc = new CRC32C();
            crc.update(bytes(line));
            Files.writeString(store.resolve("CURRENT"),
                    line + " crc32c %08x\n".formatted(crc.getValue()));
            TestData.fails(FirnException.Kind.CORRUPT, () -> Firn.open(store));
        }
    }

    @Test
    void messagesHaveNoKeysAndNoValues() throws IOException {
        Path store = temporary.resolve("store");
        fill(store);
        List<String> told = new ArrayList<>();
        Firn closed = Firn.open(store, TestData.small());
        String large = KEY.repeat(10_000);
        try (Firn firn = closed) {
            told.add(firn.toString());
            told.add(firn.keyspace("plain").toString());
            told.add(firn.statistics().toString() + firn.statistics().toJson());
            told.add(KeyRange.prefix(bytes(KEY)).toString());
            told.add(WriteBatch.create().put(firn.keyspace(), bytes(KEY), bytes(VALUE)).toString());
            told.add(firn.keyspace("plain").stream(KeyRange.all()).toList().toString());
            try (var cursor = firn.scan(KeyRange.all()); var snapshot = firn.snapshot()) {
                assertThat(cursor.next()).isTrue();
                told.add(cursor.toString() + snapshot);
            }
            tell(told, () -> firn.put(bytes(large), bytes(VALUE)));
            tell(told, () -> firn.get(bytes(large)));
            tell(told, () -> Firn.open(store));
        }
        tell(told, () -> closed.put(bytes(KEY), bytes(VALUE)));
        tell(told, () -> closed.get(bytes(KEY)));
        try (Firn firn = Firn.open(store, TestData.small().withReadOnly(true))) {
            tell(told, () -> firn.put(bytes(KEY), bytes(VALUE)));
            tell(told, () -> firn.delete(bytes(KEY)));
        }
        for (String part : List.of(".sst", ".log", "MANIFEST")) {
            damaged(store, only(store, part), told);
        }
        assertThat(told).hasSizeGreaterThan(60);
        String all = String.join("\n", told);
        assertThat(all).doesNotContain("KEYSECR").doesNotContain("VALUESECR");
        String lower = all.toLowerCase(java.util.Locale.ROOT).replace("0x", "").replace(" ", "");
        assertThat(lower).doesNotContain(HexFormat.of().formatHex(bytes("KEYSE")))
                .doesNotContain(HexFormat.of().formatHex(bytes("VALUE")));
    }

    private void damaged(Path store, Path file, List<String> told) throws IOException {
        byte[] sound = Files.readAllBytes(file);
        int length = Math.min(sound.length, 3000);
        for (int at = 0; at < length; at += length / 12) {
            byte[] bytes = sound.clone();
            bytes[at] ^= 0x08;
            Files.write(file, bytes);
            told.add(Firn.verify(store, _ -> {}).toString());
            told.add(Firn.repair(store, RepairOptions.defaults().withDryRun(true), _ -> {})
                    .toString());
            tell(told, () -> {
                try (Firn firn = Firn.open(store, Options.defaults().withReadOnly(true));
                        var cursor = firn.keyspace("plain").scan(KeyRange.all())) {
                    while (cursor.next()) {
                        assertThat(cursor.key()).isNotNull();
                    }
                }
            });
        }
        Files.write(file, sound);
    }

    private static void tell(List<String> told, ThrowingCallable call) {
        for (Throwable t = catchThrowable(call); t != null; t = t.getCause()) {
            told.add(t.toString());
            for (Throwable suppressed : t.getSuppressed()) {
                told.add(suppressed.toString());
            }
        }
    }
}
