package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/// Who may not open a store is told why, and changes nothing.
class OpenRefusedTest {
    @TempDir
    Path directory;

    /// The child: opens the store, says so, and keeps it until its input ends; or says why not.
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (Firn store = Firn.open(Path.of(arguments[0]))) {
                System.out.println("open " + store.keyspaceNames());
                System.in.read();
            } catch (FirnException e) {
                System.out.println(e.kind() + " " + e.getMessage());
            }
        }
    }

    private static Process holder(Path store) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1",
                "-Xmx128m", Holder.class.getName(), store.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String answer(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
    }

    @Test
    void theStoreOfAnotherProcessIsRefusedWithItsNumber() throws Exception {
        Firn.open(directory).close();
        Process other = holder(directory);
        try {
            assertThat(answer(other)).startsWith("open");
            for (boolean readOnly : new boolean[]{false, true}) {
                refused(Kind.LOCKED, "is locked by process " + other.pid(),
                        Options.defaults().withReadOnly(readOnly));
            }
        } finally {
            other.getOutputStream().close();
            other.waitFor();
        }
        Firn.open(directory).close();
    }

    @Test
    void anotherProcessIsRefusedAndTakesNothingAway() throws Exception {
        try (Firn store = Firn.open(directory)) {
            store.put(number(1), random(1, 10));
            for (int i = 0; i < 2; i++) {
                // The second try finds out whether the first has dropped the lock.
                Process other = holder(directory);
                assertThat(answer(other)).startsWith("LOCKED")
                        .contains("is locked by process " + ProcessHandle.current().pid());
                other.waitFor();
            }
            refused(Kind.LOCKED, "this process", Options.defaults());
            store.put(number(2), random(2, 10));
        }
        try (Firn store = Firn.open(directory)) {
            assertThat(store.get(number(2))).isEqualTo(random(2, 10));
        }
    }

    private void refused(Kind kind, String why, Options options) {
        assertThatThrownBy(() -> Firn.open(directory, options).close())
                .isInstanceOfSatisfying(FirnException.class,
                        e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(directory.toString()).hasMessageContaining(why);
    }

    /// On a file system that is mounted read-only, which even root cannot write.
    @Test
    void aReadOnlyDirectoryIsReadAndNothingElse() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        require("mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs", disk.toString());
        try {
            try (Firn store = Firn.open(disk)) {
                store.put(number(1), random(1, 10));
            }
            require("mount", "-o", "remount,ro", disk.toString());
            assertThatThrownBy(() -> Firn.open(disk).close())
                    .isInstanceOfSatisfying(FirnException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.READ_ONLY))
                    .hasMessageContaining(disk.toString())
                    .hasMessageContaining("read-only");
            Options readOnly = Options.defaults().withReadOnly(true);
            // No lock can be taken there, so any number may read.
            try (Firn one = Firn.open(disk, readOnly); Firn two = Firn.open(disk, readOnly)) {
                assertThat(one.get(number(1))).isEqualTo(random(1, 10));
                assertThat(two.get(number(1))).isEqualTo(random(1, 10));
                assertThatThrownBy(() -> one.put(number(1), new byte[1]))
                        .isInstanceOfSatisfying(FirnException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.READ_ONLY));
            }
            require("mount", "-o", "remount,rw", disk.toString());
            try (Firn store = Firn.open(disk)) {
                assertThat(store.get(number(1))).isEqualTo(random(1, 10));
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void require(String... command) throws Exception {
        if (!run(command)) {
            throw new TestAbortedException("this machine does not let us: "
                    + String.join(" ", command));
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(Stream.of(command).toList())
                    .redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
