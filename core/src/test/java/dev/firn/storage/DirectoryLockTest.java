package dev.firn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One owner of a directory, among processes and within one.
class DirectoryLockTest {
    @TempDir
    Path directory;

    private FileStorage storage;

    @BeforeEach
    void open() {
        storage = new FileStorage(directory);
    }

    @Test
    void anotherProcessIsNamed() throws Exception {
        try (LockHolder other = new LockHolder(directory)) {
            assertThat(other.answer()).isEqualTo("locked");
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(LockedException.class)
                        .isThrownBy(() -> storage.lock("LOCK"))
                        .withMessage(directory.resolve("LOCK") + " is locked by process "
                                + other.pid());
            }
        }
        storage.lock("LOCK").close();
    }

    @Test
    void anotherProcessIsRefused() throws Exception {
        String expected = directory.resolve("LOCK") + " is locked by process "
                + ProcessHandle.current().pid();
        try (AutoCloseable _ = storage.lock("LOCK")) {
            refuseEverythingHere();
            try (LockHolder other = new LockHolder(directory)) {
                assertThat(other.answer()).isEqualTo(expected);
            }
            // Neither the refusals here nor the other's closing may have dropped it.
            try (LockHolder other = new LockHolder(directory)) {
                assertThat(other.answer()).isEqualTo(expected);
            }
        }
        try (LockHolder other = new LockHolder(directory)) {
            assertThat(other.answer()).isEqualTo("locked");
        }
    }

    /// All that could open and close the file in the owning process, by other paths too.
    private void refuseEverythingHere() throws IOException {
        Path link = directory.resolveSibling(directory.getFileName() + "-link");
        Files.createSymbolicLink(link, directory);
        try {
            for (Path path : new Path[]{directory, link, directory.resolve("../"
                    + directory.getFileName())}) {
                FileStorage same = new FileStorage(path);
                assertThatExceptionOfType(LockedException.class)
                        .isThrownBy(() -> same.lock("LOCK")).withMessageContaining("this process");
                assertThatExceptionOfType(FileSystemException.class)
                        .isThrownBy(() -> same.open("LOCK"));
                assertThatExceptionOfType(FileSystemException.class)
                        .isThrownBy(() -> same.create("LOCK"));
            }
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void theDeadHoldNothing() throws Exception {
        try (LockHolder other = new LockHolder(directory)) {
            assertThat(other.answer()).isEqualTo("locked");
            other.kill();
        }
        storage.lock("LOCK").close();
        assertThat(Files.readString(directory.resolve("LOCK")))
                .isEqualTo(ProcessHandle.current().pid() + "\n");
    }

    @Test
    void anotherClassLoaderIsRefusedAndDropsNothing() throws Exception {
        URL classes = FileStorage.class.getProtectionDomain().getCodeSource().getLocation();
        try (AutoCloseable _ = storage.lock("LOCK");
                URLClassLoader loader = new URLClassLoader(
                        new URL[]{classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> theirs = loader.loadClass(FileStorage.class.getName());
            assertThat(theirs).isNotSameAs(FileStorage.class);
            Object other = theirs.getConstructor(Path.class).newInstance(directory);
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(Exception.class)
                        .isThrownBy(() -> theirs.getMethod("lock", String.class).invoke(other,
                                "LOCK"))
                        .havingCause().withMessageContaining("locked by this process");
            }
            try (LockHolder process = new LockHolder(directory)) {
                assertThat(process.answer()).contains("is locked by process");
            }
        }
    }

    @Test
    void locksOfOtherDirectoriesAreOthers() throws Exception {
        Path second = Files.createDirectory(directory.resolve("second"));
        try (AutoCloseable _ = storage.lock("LOCK");
                AutoCloseable _ = new FileStorage(second).lock("LOCK")) {
            assertThat(Files.exists(second.resolve("LOCK"))).isTrue();
        }
    }
}
