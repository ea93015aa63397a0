package dev.firn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What [FileStorage] does with a real file system.
class FileStorageTest {
    @TempDir
    Path temporary;

    private Path directory;
    private FileStorage storage;

    @BeforeEach
    void create() throws IOException {
        directory = temporary.resolve("parent/store");
        storage = new FileStorage(directory);
        storage.create();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void othersSeeNothing() throws Exception {
        storage.create("a").close();
        storage.createLog("b", 10).close();
        storage.lock("LOCK").close();
        assertThat(mode(directory)).isEqualTo("rwx------");
        assertThat(mode(directory.resolve("a"))).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("b"))).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("LOCK"))).isEqualTo("rw-------");
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        assertThatExceptionOfType(NotDirectoryException.class)
                .isThrownBy(() -> new FileStorage(file).exists());
        assertThatIOException().isThrownBy(() -> new FileStorage(file).create());
    }

    @Test
    void linksAreRefused() throws IOException {
        Path target = Files.writeString(temporary.resolve("target"), "secret");
        Files.createSymbolicLink(directory.resolve("link"), target);
        Files.createSymbolicLink(directory.resolve("dangling"), temporary.resolve("nowhere"));
        for (String link : new String[]{"link", "dangling"}) {
            refuses(link);
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> storage.create(link));
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> storage.createLog(link, 10));
            assertThat(Files.isSymbolicLink(directory.resolve(link))).isTrue();
        }
        assertThat(Files.exists(temporary.resolve("nowhere"))).isFalse();
        assertThat(Files.readString(target)).isEqualTo("secret");
    }

    /// A link that is put there after the look at the file and before its opening.
    @Test
    void linksAreNotFollowedWhenOpening() throws IOException {
        Path target = Files.writeString(temporary.resolve("target"), "secret");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        for (var options : java.util.List.of(FileStorage.CREATE, FileStorage.WRITE,
                FileStorage.READ)) {
            assertThatIOException().isThrownBy(() -> DiskFile.open(link, "link", options));
        }
        assertThatIOException().isThrownBy(() -> MappedRegion.toRead(link));
        assertThatIOException().isThrownBy(() -> MappedRegion.toWrite(link));
        assertThatIOException().isThrownBy(() -> DirectoryLock.acquire(directory, "link"));
        assertThat(Files.readString(target)).isEqualTo("secret");
    }

    @Test
    void aFileIsSetAsideAndNothingReplaced() throws Exception {
        storage.create("a").close();
        storage.setAside("a", "folder", "b");
        assertThat(directory.resolve("folder/b")).exists();
        assertThat(mode(directory.resolve("folder"))).isEqualTo("rwx------");
        assertThat(storage.exists("a")).isFalse();
        assertThat(storage.hasFolder("folder")).isTrue();
        assertThat(storage.list()).isEmpty();
        storage.create("a").close();
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> storage.setAside("a", "folder", "b"));
        Files.createSymbolicLink(directory.resolve("link"), temporary);
        assertThatExceptionOfType(NotDirectoryException.class)
                .isThrownBy(() -> storage.setAside("a", "link", "b"));
        assertThat(storage.exists("a")).isTrue();
    }

    @Test
    @Timeout(10)
    void whatIsNotRegularIsRefused() throws Exception {
        Files.createDirectory(directory.resolve("dir"));
        refuses("dir");
        Process mkfifo = new ProcessBuilder("mkfifo", directory.resolve("pipe").toString())
                .start();
        assumeTrue(mkfifo.waitFor() == 0, "there is no mkfifo here");
        refuses("pipe");
    }

    private void refuses(String name) throws IOException {
        storage.createLog("good", 1).close();
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.open(name)).withMessageContaining("regular");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.openLog(name));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.delete(name));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.rename(name, "other"));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.recycleLog(name, "other", 1));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> storage.recycleLog("good", name, 1));
        assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> storage.lock(name));
        assertThat(storage.exists(name)).isFalse();
        assertThat(storage.list()).extracting(Storage.FileInfo::name).containsExactly("good");
        storage.delete("good");
    }

    /// The JVM reports a bad page late in compiled code, so this needs compiled code.
    @ParameterizedTest
    @CsvSource({"8, false", "8, true", "134, false", "134, true", "4096, false", "4096, true",
        "200000, false", "200000, true"})
    void aFileCutBelowItsMappingIsAnError(int length, boolean heap) throws IOException {
        int fileBytes = 1 << 20;
        int rounds = length > 10_000 ? 3_000 : 30_000;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = heap
                    ? MemorySegment.ofArray(new byte[length])
                    : arena.allocate(length);
            try (WriteFile log = storage.createLog("1.log", fileBytes);
                    ReadFile reader = storage.open("1.log")) {
                for (int i = 0; i < rounds; i++) {
                    log.write(i * 8 % 4096, memory, 0, length);
                    reader.copy(i * 8 % 4096, memory, 0, length);
                }
                try (FileChannel channel = FileChannel.open(directory.resolve("1.log"),
                        StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
                for (int i = 0; i < 20; i++) {
                    long offset = 8192L * i;
                    assertThatIOException()
                            .isThrownBy(() -> reader.copy(offset, memory, 0, length))
                            .withMessageContaining("1.log");
                    assertThatIOException()
                            .isThrownBy(() -> log.write(offset, memory, 0, length))
                            .withMessageContaining("1.log");
                }
            }
            storage.delete("1.log");
        }
    }

    @Test
    void aFileCutBelowAPositionedReaderIsAnError() throws IOException {
        FileStorage positioned = new FileStorage(directory, FileAccess.POSITIONED,
                FileAccess.POSITIONED);
        try (WriteFile log = positioned.createLog("1.log", 10_000);
                ReadFile reader = positioned.open("1.log")) {
            log.truncate(5_000);
            assertThatIOException().isThrownBy(() -> StorageContract.read(reader, 4_990, 20));
            assertThat(StorageContract.read(reader, 4_990, 10)).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesMayBeLargerThanTwoGigabytes(FileAccess access) throws IOException {
        FileStorage large = new FileStorage(directory, access, access);
        long end = (5L << 30) + 12_345;
        try (WriteFile file = large.create("large")) {
            StorageContract.write(file, end - 3, "end"); // the rest is a hole
            StorageContract.write(file, 3L << 30, "three");
        }
        try (ReadFile file = large.open("large"); WriteFile log = large.openLog("large")) {
            assertThat(file.bytes()).isEqualTo(end);
            assertThat(StorageContract.read(file, end - 3, 3)).isEqualTo("end");
            assertThat(StorageContract.read(file, (3L << 30) - 1, 7)).isEqualTo("\0three\0");
            StorageContract.write(log, 4L << 30, "four");
            assertThat(StorageContract.read(file, 4L << 30, 4)).isEqualTo("four");
        }
        large.delete("large");
    }

    @Test
    @Tag("long")
    void oneCopyMayBeLargerThanTwoGigabytes() throws IOException {
        long bytes = (2L << 30) + 4_096;
        for (FileAccess access : FileAccess.values()) {
            FileStorage large = new FileStorage(directory, access, access);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(bytes);
                memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes - 1, (byte) 7);
                try (WriteFile file = large.create("large")) {
                    file.write(0, memory, 0, bytes);
                }
                memory.fill((byte) 1);
                try (ReadFile file = large.open("large")) {
                    file.copy(0, memory, 0, bytes);
                }
                assertThat(memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes - 1))
                        .isEqualTo((byte) 7);
                assertThat(memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes - 2))
                        .isZero();
            }
            large.delete("large");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullDiskIsACleanError(FileAccess access) throws Exception {
        Path mount = Files.createDirectory(temporary.resolve("mount"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()),
                "not run: mounting a small file system needs root");
        try {
            FileStorage small = new FileStorage(mount.resolve("store"), access, access);
            small.create();
            assertThat(small.freeBytes()).isBetween(500_000L, 1L << 20);
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> small.createLog("1.log", 2 << 20))
                    .withMessageContaining("1.log");
            assertThat(small.list()).isEmpty();
            try (WriteFile log = small.createLog("2.log", 200_000);
                    WriteFile table = small.create("3.sst")) {
                MemorySegment piece = MemorySegment.ofArray(new byte[100_000]);
                assertThatExceptionOfType(DiskFullException.class).isThrownBy(() -> {
                    for (long i = 0; i < 20; i++) {
                        table.write(i * 100_000, piece, 0, 100_000);
                    }
                });
                log.write(100_000, piece, 0, 100_000); // has its blocks
                log.force();
                assertThatExceptionOfType(DiskFullException.class)
                        .isThrownBy(() -> log.write(200_000, piece, 0, 100_000));
                assertThatExceptionOfType(DiskFullException.class)
                        .isThrownBy(() -> log.truncate(400_000));
                assertThatExceptionOfType(DiskFullException.class)
                        .isThrownBy(() -> small.recycleLog("2.log", "4.log", 400_000));
                assertThat(small.list()).contains(new Storage.FileInfo("3.sst",
                        Files.size(mount.resolve("store/3.sst"))));
                assertThat(small.exists("2.log")).isTrue();
                small.lock("LOCK").close(); // opening works on a full disk
                small.delete("3.sst");
                table.close();
                log.write(200_000, piece, 0, 100_000);
            }
        } finally {
            run("umount", mount.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLogThatCannotGrowIsNotRecycled(FileAccess access) throws Exception {
        Path mount = Files.createDirectory(temporary.resolve("mount"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()),
                "not run: mounting a small file system needs root");
        try {
            FileStorage small = new FileStorage(mount.resolve("store"), access, access);
            small.create();
            small.createLog("2.log", 200_000).close();
            long free = small.freeBytes();
            assertThat(free).isPositive(); // else nothing could be left behind
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> small.recycleLog("2.log", "4.log", 2 << 20));
            assertThat(small.list()).containsExactly(new Storage.FileInfo("2.log", 200_000));
            assertThat(small.freeBytes()).isEqualTo(free);
        } finally {
            run("umount", mount.toString());
        }
    }

    /// Mapping needs an interruptible channel; falling back silently would hide that it was closed.
    @Test
    void anInterruptedThreadStillMaps() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"),
                "not run: nothing is mapped here");
        storage.createLog("1.log", 10_000).close();
        Thread.currentThread().interrupt();
        try (ReadFile file = storage.open("1.log")) {
            assertThat(file).isInstanceOf(DiskReadFile.Mapped.class);
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void onlyAFullDiskIsTakenForOne() {
        IOException other = new IOException("Input/output error");
        assertThat(DiskFull.named("a", other)).isSameAs(other);
        assertThat(DiskFull.named("a", new IOException())).isNotInstanceOf(DiskFullException.class);
        assertThat(DiskFull.named("a", new FileSystemException("/x", null, "Disk quota exceeded")))
                .isInstanceOf(DiskFullException.class).hasMessageStartingWith("a:");
    }

    @ParameterizedTest
    @EnumSource
    void aStormOfInterruptsClosesNothing(FileAccess access) throws Exception {
        FileStorage stormy = new FileStorage(directory, access, access);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (WriteFile log = stormy.createLog("1.log", 100_000);
                ReadFile shared = stormy.open("1.log")) {
            Thread victim = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 300; i++) {
                        StorageContract.write(log, i * 100L, "0123456789");
                        try (ReadFile own = stormy.open("1.log")) {
                            assertThat(StorageContract.read(own, i * 100L, 10))
                                    .isEqualTo("0123456789");
                        }
                        if (i % 30 == 0) {
                            log.force();
                            stormy.createLog("2.log", 10_000).close();
                            stormy.delete("2.log");
                            stormy.syncDirectory();
                            stormy.list();
                            stormy.lock("LOCK").close();
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                } finally {
                    done.set(true);
                }
            });
            while (!done.get()) {
                victim.interrupt();
                Thread.onSpinWait();
            }
            victim.join();
            assertThat(failure.get()).isNull();
            assertThat(StorageContract.read(shared, 29_900, 10)).isEqualTo("0123456789");
            log.force();
        }
    }

    @Test
    void closingUnderReadersStopsThem() throws Exception {
        for (FileAccess access : FileAccess.values()) {
            FileStorage raced = new FileStorage(directory, access, access);
            raced.createLog("1.log", 1 << 20).close();
            ReadFile reader = raced.open("1.log");
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread[] threads = new Thread[3];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = Thread.ofPlatform().start(() -> {
                    try {
                        MemorySegment target = MemorySegment.ofArray(new byte[1 << 16]);
                        while (true) {
                            reader.copy(4_096, target, 0, 1 << 16);
                        }
                    } catch (IllegalStateException expected) {
                        // Closed.
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                });
            }
            for (int i = 0; i < 1_000; i++) {
                StorageContract.read(reader, 0, 1_000);
            }
            reader.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
            assertThatIllegalStateException()
                    .isThrownBy(() -> StorageContract.read(reader, 0, 1));
            raced.delete("1.log");
        }
    }
}
