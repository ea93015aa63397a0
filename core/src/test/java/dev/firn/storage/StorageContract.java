package dev.firn.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.firn.storage.Storage.FileInfo;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Storage] does.
abstract class StorageContract {
    @TempDir
    Path temporary;

    Storage storage;

    /// A storage whose directory does not exist.
    abstract Storage open() throws IOException;

    @BeforeEach
    void create() throws IOException {
        storage = open();
        assertThat(storage.exists()).isFalse();
        storage.create();
        assertThat(storage.exists()).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        Thread.interrupted();
        storage.close();
    }

    static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(US_ASCII));
    }

    static void write(WriteFile file, long offset, String text) throws IOException {
        file.write(offset, bytes(text), 0, text.length());
    }

    void put(String name, String text) throws IOException {
        try (WriteFile file = storage.create(name)) {
            write(file, 0, text);
        }
    }

    static String read(ReadFile file, long offset, int length) throws IOException {
        byte[] target = new byte[length];
        file.copy(offset, MemorySegment.ofArray(target), 0, length);
        return new String(target, US_ASCII);
    }

    String get(String name) throws IOException {
        try (ReadFile file = storage.open(name)) {
            return read(file, 0, (int) file.bytes());
        }
    }

    @Test
    void createsAgainWithoutHarm() throws IOException {
        put("a", "1");
        storage.create();
        assertThat(get("a")).isEqualTo("1");
        assertThat(storage.location()).isNotEmpty();
        assertThat(storage.freeBytes()).isPositive();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        try (WriteFile file = storage.create("a.sst")) {
            assertThat(file.name()).isEqualTo("a.sst");
            assertThat(file.allocatedBytes()).isZero();
            write(file, 0, "hello ");
            file.write(6, bytes("--firn--"), 2, 4);
            file.force();
            assertThat(file.allocatedBytes()).isEqualTo(10);
        }
        try (ReadFile file = storage.open("a.sst")) {
            assertThat(file.name()).isEqualTo("a.sst");
            assertThat(file.bytes()).isEqualTo(10);
            byte[] target = "..........".getBytes(US_ASCII);
            file.copy(4, MemorySegment.ofArray(target), 3, 4);
            assertThat(new String(target, US_ASCII)).isEqualTo("...o fi...");
            assertThat(read(file, 10, 0)).isEmpty();
        }
    }

    @Test
    void memoryOfBothKindsServes() throws IOException {
        byte[] expected = new byte[300_000];
        new Random(1).nextBytes(expected);
        try (Arena arena = Arena.ofConfined(); WriteFile file = storage.create("a")) {
            MemorySegment memory = arena.allocate(expected.length);
            memory.copyFrom(MemorySegment.ofArray(expected));
            file.write(0, memory, 0, 150_000);
            file.write(150_000, MemorySegment.ofArray(expected), 150_000, 150_000);
        }
        try (Arena arena = Arena.ofConfined(); ReadFile file = storage.open("a")) {
            MemorySegment memory = arena.allocate(expected.length);
            file.copy(0, memory, 0, expected.length);
            assertThat(memory.mismatch(MemorySegment.ofArray(expected))).isEqualTo(-1);
            byte[] heap = new byte[expected.length];
            file.copy(0, MemorySegment.ofArray(heap), 0, heap.length);
            assertThat(heap).isEqualTo(expected);
        }
    }

    @Test
    void rangesOutsideAreRefused() throws IOException {
        put("a", "0123456789");
        MemorySegment target = MemorySegment.ofArray(new byte[100]);
        try (ReadFile file = storage.open("a")) {
            for (long[] range : new long[][]{{0, 11}, {10, 1}, {11, 0}, {5, 6}, {1L << 40, 1},
                {Long.MAX_VALUE, 100}}) {
                assertThatExceptionOfType(EOFException.class).as(Arrays.toString(range))
                        .isThrownBy(() -> file.copy(range[0], target, 0, range[1]));
            }
            assertThatIllegalArgumentException().isThrownBy(() -> file.copy(-1, target, 0, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> file.copy(0, target, 99, 2));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> file.copy(0, target, 0, -1));
        }
        try (WriteFile file = storage.openLog("a")) {
            assertThatIllegalArgumentException().isThrownBy(() -> file.write(-1, target, 0, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> file.write(0, target, 99, 2));
            assertThatIllegalArgumentException().isThrownBy(() -> file.truncate(-1));
        }
        assertThat(get("a")).isEqualTo("0123456789");
    }

    @Test
    void anEmptyFileIsReadable() throws IOException {
        put("a", "");
        try (ReadFile file = storage.open("a")) {
            assertThat(file.bytes()).isZero();
            assertThat(read(file, 0, 0)).isEmpty();
            assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(file, 0, 1));
        }
    }

    @Test
    void useAfterCloseIsRefused() throws IOException {
        put("a", "0123456789");
        ReadFile read = storage.open("a");
        read.close();
        read.close();
        assertThatIllegalStateException().isThrownBy(() -> read(read, 0, 1))
                .withMessageContaining("losed");
        for (WriteFile file : new WriteFile[]{storage.create("b"), storage.createLog("c", 8192),
            storage.openLog("a")}) {
            file.close();
            file.close();
            assertThatIllegalStateException().as(file.name())
                    .isThrownBy(() -> write(file, 0, "x")).withMessageContaining("losed");
            assertThatIllegalStateException().isThrownBy(file::force);
            assertThatIllegalStateException().isThrownBy(() -> file.truncate(1));
        }
    }

    @Test
    void theSizeIsThatAtOpening() throws IOException {
        try (WriteFile file = storage.create("a")) {
            write(file, 0, "0123");
            try (ReadFile reader = storage.open("a")) {
                write(file, 4, "4567");
                write(file, 1, "x");
                assertThat(reader.bytes()).isEqualTo(4);
                assertThat(read(reader, 0, 4)).isEqualTo("0x23");
                assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(reader, 4, 1));
            }
        }
        assertThat(get("a")).isEqualTo("0x234567");
    }

    @Test
    void aLogConsistsOfZerosAndMayGrow() throws IOException {
        try (WriteFile log = storage.createLog("1.log", 10_000)) {
            assertThat(log.allocatedBytes()).isEqualTo(10_000);
            write(log, 5_000, "five");
            write(log, 9_998, "across the end");
            log.force();
            assertThat(log.allocatedBytes()).isEqualTo(10_012);
            write(log, 9_996, "to");
        }
        String text = get("1.log");
        assertThat(text).hasSize(10_012).endsWith("\0toacross the end");
        assertThat(text.substring(5_000, 5_004)).isEqualTo("five");
        assertThat(text.substring(0, 5_000)).matches("\0*");
        assertThat(text.substring(5_004, 9_996)).matches("\0*");
    }

    @Test
    void aLogIsCutAndExtended() throws IOException {
        try (WriteFile log = storage.createLog("1.log", 10_000)) {
            write(log, 0, "0123456789");
            log.truncate(4);
            assertThat(log.allocatedBytes()).isEqualTo(4);
            log.truncate(6);
            assertThat(log.allocatedBytes()).isEqualTo(6);
            write(log, 6, "end");
            log.truncate(9);
            log.force();
        }
        assertThat(get("1.log")).isEqualTo("0123\0\0end");
    }

    @Test
    void aRecycledLogKeepsItsContent() throws IOException {
        try (WriteFile log = storage.createLog("1.log", 5_000)) {
            write(log, 0, "stale");
            write(log, 4_998, "zz");
        }
        put("there", "");
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> storage.recycleLog("1.log", "there", 0));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage.recycleLog("0.log", "2.log", 0));
        try (WriteFile log = storage.recycleLog("1.log", "2.log", 8_000)) {
            assertThat(log.name()).isEqualTo("2.log");
            assertThat(log.allocatedBytes()).isEqualTo(8_000);
            write(log, 0, "NEW");
            log.force();
        }
        assertThat(storage.exists("1.log")).isFalse();
        assertThat(get("2.log")).hasSize(8_000).startsWith("NEWle\0").contains("\0zz\0");
        try (WriteFile log = storage.recycleLog("2.log", "3.log", 10)) {
            assertThat(log.allocatedBytes()).isEqualTo(8_000);
        }
    }

    @Test
    void anOldLogIsWrittenOn() throws IOException {
        put("1.log", "0123");
        try (WriteFile log = storage.openLog("1.log")) {
            assertThat(log.allocatedBytes()).isEqualTo(4);
            write(log, 2, "xyz");
            log.force();
        }
        assertThat(get("1.log")).isEqualTo("01xyz");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage.openLog("2.log"));
    }

    @Test
    void namesAreListed() throws IOException {
        assertThat(storage.list()).isEmpty();
        put("a", "");
        put("b", "123");
        assertThat(storage.list()).containsExactlyInAnyOrder(new FileInfo("a", 0),
                new FileInfo("b", 3));
        assertThat(storage.exists("a")).isTrue();
        assertThat(storage.exists("c")).isFalse();
        storage.syncDirectory();
    }

    @Test
    void aFileIsCreatedOnce() throws IOException {
        put("a", "1");
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> storage.create("a"));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> storage.createLog("a", 10));
        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void whatIsMissingIsAnError() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> storage.open("x"));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage.delete("x"));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage.rename("x", "y"));
    }

    @Test
    void renamingReplacesAndReadersStay() throws IOException {
        put("a", "old");
        put("b", "new");
        try (ReadFile old = storage.open("a")) {
            storage.rename("b", "a");
            assertThat(get("a")).isEqualTo("new");
            assertThat(storage.exists("b")).isFalse();
            assertThat(read(old, 0, 3)).isEqualTo("old");
        }
    }

    @Test
    void deletingLeavesReadersAlone() throws IOException {
        put("a", "0123");
        try (ReadFile reader = storage.open("a"); ReadFile other = storage.open("a")) {
            storage.delete("a");
            assertThat(storage.exists("a")).isFalse();
            assertThat(read(reader, 0, 4)).isEqualTo("0123");
            reader.close();
            assertThat(read(other, 0, 4)).isEqualTo("0123");
        }
        put("a", "again");
        assertThat(get("a")).isEqualTo("again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/a", "../a", "a\\b", "a\0b", "a b", "ä", "a\n"})
    void badNamesAreRefused(String name) throws IOException {
        put("good", "");
        assertThatIllegalArgumentException().isThrownBy(() -> storage.create(name));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.createLog(name, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.open(name));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.openLog(name));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.exists(name));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.delete(name));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.rename(name, "b"));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.rename("good", name));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage.recycleLog("good", name, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.lock(name));
    }

    @Test
    void oneHoldsTheLock() throws Exception {
        AutoCloseable lock = storage.lock("LOCK");
        assertThatExceptionOfType(LockedException.class).isThrownBy(() -> storage.lock("LOCK"))
                .withMessageContaining("this process");
        // Opening and closing the file would drop the lock of the process.
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.open("LOCK"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.openLog("LOCK"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.delete("LOCK"));
        AutoCloseable other = storage.lock("OTHER");
        lock.close();
        lock.close();
        AutoCloseable again = storage.lock("LOCK");
        lock.close();
        assertThatExceptionOfType(LockedException.class).isThrownBy(() -> storage.lock("LOCK"));
        again.close();
        other.close();
        assertThat(storage.list()).extracting(FileInfo::name).contains("LOCK", "OTHER");
    }

    @Test
    void anInterruptedThreadClosesNothing() throws Exception {
        put("table", "0123456789");
        try (ReadFile shared = storage.open("table");
                WriteFile log = storage.createLog("1.log", 10_000);
                WriteFile plain = storage.create("plain")) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 3; i++) {
                assertThat(read(shared, 0, 10)).isEqualTo("0123456789");
                write(log, i, "log");
                write(plain, i, "plain");
                log.force();
                plain.force();
                assertThat(storage.list()).hasSize(3 + i);
                assertThat(get("table")).isEqualTo("0123456789");
                storage.createLog("new" + i, 5_000).close();
                storage.rename("new" + i, "newer" + i);
                storage.recycleLog("newer" + i, "log" + i, 9_000).close();
                storage.openLog("log" + i).close();
                storage.syncDirectory();
                assertThat(storage.exists("log" + i)).isTrue();
                storage.lock("LOCK").close();
                storage.delete("LOCK");
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            log.truncate(5);
            plain.truncate(20);
            assertThat(Thread.interrupted()).isTrue();
            write(log, 5, "!");
            write(plain, 7, "!");
            assertThat(read(shared, 9, 1)).isEqualTo("9");
        }
        assertThat(get("1.log")).isEqualTo("lllog!");
        assertThat(get("plain")).isEqualTo("ppplain!" + "\0".repeat(12));
    }

    @Test
    void threadsReadWriteAndForceAtOnce() throws Exception {
        byte[] content = new byte[100_000];
        new Random(2).nextBytes(content);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (WriteFile file = storage.createLog("a", content.length)) {
            file.write(0, MemorySegment.ofArray(content), 0, content.length);
            try (ReadFile reader = storage.open("a")) {
                Thread[] threads = new Thread[4];
                for (int t = 0; t < threads.length; t++) {
                    Random random = new Random(t);
                    boolean forces = t == 0;
                    threads[t] = Thread.ofPlatform().start(() -> {
                        try {
                            for (int i = 0; i < 200; i++) {
                                int from = random.nextInt(content.length);
                                int length = random.nextInt(content.length - from);
                                byte[] target = new byte[length];
                                reader.copy(from, MemorySegment.ofArray(target), 0, length);
                                assertThat(Arrays.equals(target, 0, length, content, from,
                                        from + length)).isTrue();
                                if (forces && i % 20 == 0) {
                                    file.force();
                                }
                            }
                        } catch (Throwable e) {
                            failure.compareAndSet(null, e);
                        }
                    });
                }
                for (int i = 0; i < 500; i++) { // the same bytes once more
                    int from = i * 100;
                    file.write(from, MemorySegment.ofArray(content), from, 5_000);
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        assertThat(failure.get()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void itDoesWhatAMapOfArraysDoes(long seed) throws IOException {
        Random random = new Random(seed);
        TreeMap<String, byte[]> model = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String name = "f" + random.nextInt(8);
            byte[] old = model.get(name);
            String as = "seed " + seed + ", step " + i + ", " + name;
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (old == null) {
                        int bytes = random.nextInt(3_000);
                        storage.createLog(name, bytes).close();
                        model.put(name, new byte[bytes]);
                    }
                }
                case 1 -> {
                    String to = "f" + random.nextInt(8);
                    if (old != null && !to.equals(name)) {
                        storage.rename(name, to);
                        model.put(to, model.remove(name));
                    }
                }
                case 2 -> {
                    if (old != null && random.nextBoolean()) {
                        storage.delete(name);
                        model.remove(name);
                    }
                }
                case 3 -> {
                    if (old != null) {
                        int bytes = random.nextInt(4_000);
                        try (WriteFile file = storage.openLog(name)) {
                            file.truncate(bytes);
                        }
                        model.put(name, Arrays.copyOf(old, bytes));
                    }
                }
                case 4, 5, 6 -> {
                    byte[] content = old;
                    try (WriteFile file = old == null
                            ? storage.create(name)
                            : storage.openLog(name)) {
                        content = old == null ? new byte[0] : old.clone();
                        for (int n = random.nextInt(5); n > 0; n--) {
                            byte[] piece = new byte[random.nextInt(1_500)];
                            random.nextBytes(piece);
                            int offset = random.nextInt(content.length + 1);
                            file.write(offset, MemorySegment.ofArray(piece), 0, piece.length);
                            content = Arrays.copyOf(content,
                                    Math.max(content.length, offset + piece.length));
                            System.arraycopy(piece, 0, content, offset, piece.length);
                        }
                    }
                    model.put(name, content);
                }
                default -> {
                    if (old != null) {
                        try (ReadFile file = storage.open(name)) {
                            byte[] all = new byte[(int) file.bytes()];
                            file.copy(0, MemorySegment.ofArray(all), 0, all.length);
                            assertThat(all).as(as).isEqualTo(old);
                        }
                    }
                }
            }
            assertThat(storage.list()).as(as).containsExactlyInAnyOrderElementsOf(
                    model.entrySet().stream()
                            .map(file -> new FileInfo(file.getKey(), file.getValue().length))
                            .toList());
        }
    }
}
