package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.VerifyReport;
import dev.firn.VerifyReport.Damage;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.FileStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that somebody else may read: they are not damaged, and no repair takes them for lost.
class UnreadableFilesTest {
    private static final List<String> NOBODY = List.of("setpriv", "--reuid=65534",
            "--regid=65534", "--clear-groups", "true");

    @TempDir
    Path temporary;
    private Path store;

    /// What the child does that may not look into the directory.
    public static void main(String[] arguments) {
        Path store = Path.of(arguments[0]);
        for (Runnable use : List.<Runnable>of(
                () -> Firn.verify(store, _ -> {}),
                () -> Firn.repair(store, RepairOptions.defaults(), _ -> {}),
                () -> Firn.open(store).close())) {
            try {
                use.run();
                System.out.println("done");
            } catch (FirnException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @BeforeEach
    void make() {
        store = temporary.resolve("store");
        try (Firn firn = Firn.open(store)) {
            firn.put(bytes("ada"), bytes("1815"));
            firn.flush();
            firn.put(bytes("grace"), bytes("1906"));
        }
    }

    private String name(String ending) throws IOException {
        try (var files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending)).sorted().toList().getLast();
        }
    }

    private Storage refusing(String name, String reason) {
        String path = store.resolve(name).toString();
        return new FaultyStorage(new FileStorage(store),
                FaultRule.sticky(OperationKind.OPEN, 1, new Fault.Before(() -> {
                    throw reason.isEmpty()
                            ? new AccessDeniedException(path)
                            : new FileSystemException(path, null, reason);
                })).on(name));
    }

    private static VerifyReport verify(Storage storage) {
        try (SharedResources resources = SharedResources.create(16L << 20, 1, 0)) {
            return Verifier.verify(storage, resources, _ -> {});
        }
    }

    private static void repair(Storage storage) {
        try (SharedResources resources = SharedResources.create(16L << 20, 1, 0)) {
            Repair.repair(storage, resources, RepairOptions.defaults(), _ -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".sst", ".log"})
    void aFileThatMayNotBeReadIsNotDamaged(String ending) throws IOException {
        String name = name(ending);
        VerifyReport report = verify(refusing(name, ""));
        assertThat(report.damages()).isEmpty();
        assertThat(report.unread())
                .containsExactly(new Damage(name, -1, "cannot be read: permission denied"));
        assertThat(report.isClean()).isFalse();
        assertThat(report.entries()).as("of the other file").isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Operation not permitted", "Too many open files"})
    void noRepairTakesItForLost(String reason) throws IOException {
        List<String> before = TestData.fingerprint(store);
        for (String ending : List.of(".sst", ".log")) {
            String name = name(ending);
            assertThatThrownBy(() -> repair(refusing(name, reason)))
                    .isInstanceOf(FirnException.class)
                    .hasMessageContaining(store + ": " + name + " cannot be read: ")
                    .hasMessageEndingWith("Repair as a user who may read every file")
                    .extracting(e -> ((FirnException) e).kind())
                    .isEqualTo(FirnException.Kind.IO);
        }
        assertThat(TestData.fingerprint(store)).isEqualTo(before);
    }

    @Test
    void norWhenTheManifestIsLost() throws IOException {
        Files.delete(store.resolve("CURRENT"));
        Files.delete(store.resolve("MANIFEST-000001"));
        List<String> before = TestData.fingerprint(store);
        for (String ending : List.of(".sst", ".log")) {
            String name = name(ending);
            assertThatThrownBy(() -> repair(refusing(name, "")))
                    .isInstanceOf(FirnException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("permission denied");
        }
        assertThat(TestData.fingerprint(store)).isEqualTo(before);
    }

    @Test
    void aFileThatTheDiskCannotOpenIsDamaged() throws IOException {
        String name = name(".sst");
        VerifyReport report = verify(refusing(name, "Input/output error"));
        assertThat(report.unread()).isEmpty();
        assertThat(report.damages())
                .containsExactly(new Damage(name, -1, "cannot be opened: Input/output error"));
    }

    @Test
    void aDirectoryThatMayNotBeLookedIntoIsNamed() throws Exception {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // Whom permissions do not bind.
            assumeTrue(run(NOBODY).waitFor() == 0, "there is no setpriv");
            command.addAll(NOBODY.subList(0, NOBODY.size() - 1));
        }
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp",
                place(Firn.class) + ":" + place(UnreadableFilesTest.class),
                UnreadableFilesTest.class.getName(), store.toString()));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("r--r--r--"));
        try {
            Process child = run(command);
            String output = new String(child.getInputStream().readAllBytes());
            assertThat(child.waitFor()).as(output).isZero();
            assertThat(output.lines()).hasSize(3)
                    .allMatch(line -> line.equals(store + ": permission denied"));
        } finally {
            Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static Path place(Class<?> of) throws Exception {
        return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static Process run(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
