package dev.firn.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.cli.CommandFailure;
import dev.firn.cli.Stdio;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private static final DemoSettings SMALL =
            new DemoSettings(
                    16 << 20, 512 << 10, 512 << 10, key -> key.startsWith("java/util/"),
                    Duration.ofMillis(200));

    @TempDir
    Path temporary;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Stdio stdio() {
        return Stdio.piped(new ByteArrayInputStream(new byte[0]), out, out);
    }

    private String told(Stdio stdio) {
        stdio.out().flush();
        return out.toString(UTF_8);
    }

    @Test
    void theDemonstrationPlaysOnAFewClasses() throws Exception {
        Path directory = temporary.resolve("demo");
        Stdio stdio = stdio();
        new Demo(SMALL, stdio, Firn.DEFAULT_KEYSPACE).run(directory);
        String told = told(stdio);
        assertThat(told)
                .contains("Memtables fill", "memtable full and frozen", "flushed in", "L0",
                        "Compaction moves")
                .contains("A point read", "the same as in the JDK", "stopped by filters",
                        "A scan of java/util/concurrent/")
                .contains("through the snapshot, before compaction",
                        "through the snapshot, after it", "no tombstone is left")
                .contains("SIGKILL", "acknowledged entries are there", "The figures", "stalls")
                .contains("The store is in " + directory)
                .doesNotContain("null").doesNotContain("\u001b");
        assertThat(told.lines().filter(line -> !line.contains(temporary.toString())))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(130));
        try (Firn store = Firn.open(directory)) {
            assertThat(store.get("java/util/List.class".getBytes(UTF_8))).startsWith(0xca, 0xfe,
                    0xba, 0xbe);
        }
        // An earlier demonstration is replaced.
        new TinyDemo(stdio(), Firn.DEFAULT_KEYSPACE).run(directory);
        try (Firn store = Firn.open(directory); var entries = store.stream(KeyRange.all())) {
            assertThat(entries.map(e -> new String(e.key(), UTF_8))).containsExactly("apple",
                    "banana", "cherry", "date",
                    "elder", "fig", "hazel", "iris", "jasmine", "lemon");
        }
    }

    @Test
    void theTextbook() throws Exception {
        Stdio stdio = stdio();
        new TinyDemo(stdio, "fruit").run(null);
        String told = told(stdio);
        assertThat(told)
                .contains(" 1  put fig = v1 ")
                .contains("memtable: banana=v2#")
                .contains("5 writes: flush")
                .containsPattern("L0 +table \\d+ +5 +0 +banana … lemon")
                .containsPattern("L0 +table \\d+ +5 +0 +apple … jasmine")
                .contains("get banana: v16")
                .contains("get kiwi: no value")
                .contains("a tombstone, sequence")
                .contains("outside its key range")
                .containsPattern("entries read, 5 shadowed versions dropped, 2 tombstones dropped")
                .doesNotContain("null");
    }

    @Test
    void aTemporaryDirectoryGoes() throws Exception {
        Path path;
        try (var directory = DemoDirectory.of(null)) {
            path = directory.path();
            assertThat(directory.isTemporary()).isTrue();
            Files.writeString(path.resolve("x"), "x");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whatIsNotOfADemonstrationIsNotTouched() throws Exception {
        Files.writeString(temporary.resolve("CURRENT"), "precious");
        assertThatThrownBy(() -> DemoDirectory.of(temporary)).isInstanceOf(CommandFailure.class)
                .hasMessageContaining("neither empty nor the store of an earlier demo");
        assertThat(temporary.resolve("CURRENT")).hasContent("precious");
        Path store = temporary.resolve("store");
        try (Firn firn = Firn.open(store)) {
            firn.put("k".getBytes(UTF_8), "v".getBytes(UTF_8));
        }
        assertThatThrownBy(() -> DemoDirectory.of(store)).isInstanceOf(CommandFailure.class);
        try (Firn firn = Firn.open(store)) {
            assertThat(firn.get("k".getBytes(UTF_8))).isEqualTo("v".getBytes(UTF_8));
        }
    }

    @Test
    void theKeysOfTheClassLibraryAreUniqueAndTheirOrderIsAlwaysTheSame() throws Exception {
        var items = ClassLibrary.items(key -> true);
        var keys = new HashSet<String>();
        items.forEach(item -> assertThat(keys.add(item.key())).as(item.key()).isTrue());
        assertThat(keys)
                .contains("java/util/concurrent/ConcurrentHashMap.class",
                        "java.base/module-info.class")
                .hasSizeGreaterThan(5_000);
        assertThat(ClassLibrary.items(key -> true)).extracting(ClassLibrary.Item::key)
                .isEqualTo(items.stream().map(ClassLibrary.Item::key).toList());
    }
}
