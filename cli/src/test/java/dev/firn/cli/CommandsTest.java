package dev.firn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.cli.text.Escapes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands on real stores.
class CommandsTest {
    @TempDir
    Path temporary;
    private Path store;

    @org.junit.jupiter.api.BeforeEach
    void name() {
        store = temporary.resolve("store");
    }

    @Test
    void putGetDelete() {
        assertThat(Cli.run("put", store, "ada", "1815").code()).isZero();
        var got = Cli.run("get", store, "ada");
        assertThat(got.out()).isEqualTo("1815\n");
        assertThat(got.code()).isZero();
        assertThat(Cli.run("get", "-n", store, "ada").out()).isEqualTo("1815");
        assertThat(Cli.run("delete", store, "ada").code()).isZero();
        var missing = Cli.run("get", store, "ada");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.out()).isEmpty();
        assertThat(missing.err()).isEqualTo("firn get: no such key: ada\n");
    }

    @Test
    void emptyOddAndBinaryKeysAndValues() {
        assertThat(Cli.run("put", store, "", "").code()).isZero();
        assertThat(Cli.run("get", store, "").out()).isEqualTo("\n");
        assertThat(Cli.run("put", store, "@key", "@value").code()).isZero();
        assertThat(Cli.run("get", store, "@key").out()).isEqualTo("@value\n");
        assertThat(Cli.run("put", store, "--", "-x", "--help").code()).isZero();
        assertThat(Cli.run("get", store, "--", "-x").out()).isEqualTo("--help\n");
        assertThat(Cli.run("put", store, "\\x41", "${user.name}").code()).isZero();
        assertThat(Cli.run("get", store, "\\x41").out()).isEqualTo("${user.name}\n");
        assertThat(Cli.run("put", "-e", store, "\\x00\\xff", "a\\n\\x80").code()).isZero();
        assertThat(Cli.run("get", "-n", "--escaped", store, "\\x00\\xff").bytes())
                .isEqualTo(new byte[]{'a', '\n', (byte) 0x80});
        assertThat(Cli.run("put", store, "ключ", "値 €").code()).isZero();
        assertThat(Cli.run("get", store, "ключ").out()).isEqualTo("値 €\n");
    }

    @Test
    void aTerminalGetsNoControlCharacters() {
        Cli.run("put", "-e", store, "\\x1b[31mk", "\\x1b[31mred\\x07");
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = Stdio.pretending(new ByteArrayInputStream(new byte[0]), out, err,
                Map.of("NO_COLOR", "1"));
        FirnCommand.run(terminal, "get", "-e", store.toString(), "\\x1b[31mk");
        FirnCommand.run(terminal, "scan", store.toString());
        FirnCommand.run(terminal, "tree", store.toString());
        FirnCommand.run(terminal, "get", "--", store.toString(), "\u001b[31m");
        assertThat(out.toString(UTF_8)).contains("\\x1b[31mred\\x07").doesNotContain("\u001b");
        assertThat(err.toString(UTF_8)).doesNotContain("\u001b");
    }

    @Test
    void coloursOnATerminalOnly() {
        Cli.run("put", store, "k", "v");
        var out = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(new byte[0]);
        FirnCommand.run(Stdio.pretending(in, out, out, Map.of("TERM", "xterm")), "tree",
                store.toString());
        assertThat(out.toString(UTF_8)).contains("\u001b[");
        out.reset();
        FirnCommand.run(Stdio.pretending(in, out, out, Map.of("TERM", "dumb")), "tree",
                store.toString());
        assertThat(out.toString(UTF_8)).doesNotContain("\u001b[");
        assertThat(Cli.run("tree", store).out()).doesNotContain("\u001b[");
    }

    @Test
    void keyspacesAreMadeByWritesAndOnlyNamedByReads() {
        Cli.run("put", store, "k", "in default");
        assertThat(Cli.run("put", "--keyspace", "users", store, "k", "in users").code()).isZero();
        assertThat(Cli.run("get", "--keyspace", "users", store, "k").out()).isEqualTo("in users\n");
        assertThat(Cli.run("--keyspace", "users", "get", store, "k").out()).isEqualTo("in users\n");
        assertThat(Cli.run("get", store, "k").out()).isEqualTo("in default\n");
        for (String command : List.of("get DIR k", "scan DIR", "dump DIR", "stats DIR", "tree DIR",
                "verify DIR",
                "flush DIR", "compact DIR", "delete DIR k")) {
            var result = Cli.run((Object[]) ("--keyspace user " + command)
                    .replace("DIR", store.toString()).split(" "));
            assertThat(result.code()).as(command).isEqualTo(1);
            assertThat(result.err()).as(command).hasLineCount(1)
                    .contains("no keyspace named 'user'").contains("default, users");
        }
        for (String command : List.of("scan DIR", "dump DIR", "stats DIR", "stats DIR --json",
                "tree DIR", "verify DIR",
                "flush DIR", "compact DIR")) {
            var result = Cli.run((Object[]) ("--keyspace users " + command)
                    .replace("DIR", store.toString()).split(" "));
            assertThat(result.err()).as(command).isEmpty();
            assertThat(result.code()).as(command).isZero();
        }
        assertThat(Cli.run("stats", store, "--json", "--keyspace", "users").out())
                .contains("\"users\"")
                .doesNotContain("\"default\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"get DIR k", "scan DIR", "dump DIR", "stats DIR", "tree DIR",
        "verify DIR", "delete DIR k",
        "flush DIR", "compact DIR"})
    void whatIsNoStoreIsLeftAlone(String line) throws Exception {
        Files.createDirectories(store);
        for (boolean empty : new boolean[]{true, false}) {
            if (!empty) {
                Files.writeString(store.resolve("letter.txt"), "hello");
            }
            var result = Cli.run((Object[]) line.replace("DIR", store.toString()).split(" "));
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).hasLineCount(1).contains(store.toString());
            try (var files = Files.list(store)) {
                assertThat(files.map(f -> f.getFileName().toString())
                        .filter(f -> !f.equals("letter.txt"))).isEmpty();
            }
        }
    }

    @Test
    void readingChangesNothingOnDisk() throws Exception {
        Cli.runWith("b\t2\na\t1\n", "load", store, "-");
        Cli.run("flush", store);
        Cli.run("put", store, "c", "3");
        Map<String, String> before = contents();
        for (String line : List.of("get DIR a", "get DIR c", "scan DIR", "dump DIR", "stats DIR",
                "tree DIR", "verify DIR")) {
            var result = Cli.run((Object[]) line.replace("DIR", store.toString()).split(" "));
            assertThat(result.code()).as(line + result.err()).isZero();
            assertThat(contents()).as(line).isEqualTo(before);
        }
    }

    private Map<String, String> contents() throws Exception {
        var contents = new TreeMap<String, String>();
        try (var files = Files.list(store)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), java.util.HexFormat.of().formatHex(
                        java.security.MessageDigest.getInstance("SHA-256")
                                .digest(Files.readAllBytes(file))));
            }
        }
        return contents;
    }

    /// Every combination of bounds, direction and options against a sorted map.
    @Test
    void scansAgainstAModel() {
        var model = new TreeMap<String, String>();
        var random = new Random(4);
        try (Firn firn = Firn.open(store)) {
            for (int i = 0; i < 300; i++) {
                String key = Integer.toString(random.nextInt(500), 5);
                model.put(key, "v" + i);
                firn.put(key.getBytes(UTF_8), ("v" + i).getBytes(UTF_8));
                if (i == 150) {
                    firn.flush();
                }
            }
        }
        for (long seed = 0; seed < 60; seed++) {
            random = new Random(seed);
            var args = new ArrayList<Object>(List.of("scan", store));
            var expected = new TreeMap<>(model);
            if (random.nextBoolean()) {
                String prefix = Integer.toString(random.nextInt(30), 5);
                args.addAll(List.of("--prefix", prefix));
                expected.keySet().removeIf(k -> !k.startsWith(prefix));
            } else {
                if (random.nextBoolean()) {
                    String from = Integer.toString(random.nextInt(500), 5);
                    args.add("--from=" + from);
                    expected.keySet().removeIf(k -> k.compareTo(from) < 0);
                }
                if (random.nextBoolean()) {
                    String to = Integer.toString(random.nextInt(500), 5);
                    args.addAll(List.of("--to", to));
                    expected.keySet().removeIf(k -> k.compareTo(to) >= 0);
                }
            }
            Map<String, String> ordered = expected;
            if (random.nextBoolean()) {
                args.add("--reverse");
                ordered = expected.descendingMap();
            }
            boolean keysOnly = random.nextBoolean();
            if (keysOnly) {
                args.add("--keys-only");
            }
            long limit = random.nextBoolean() ? random.nextInt(20) : Long.MAX_VALUE;
            if (limit < 20) {
                args.addAll(List.of("--limit", limit));
            }
            List<String> lines = ordered.entrySet().stream().limit(limit)
                    .map(e -> keysOnly ? e.getKey() : e.getKey() + "\t" + e.getValue()).toList();
            assertThat(Cli.run(args.toArray()).lines()).as("seed %d: %s", seed, args)
                    .isEqualTo(lines);
            args.add("--count");
            assertThat(Cli.run(args.toArray()).out()).as("seed %d: %s", seed, args)
                    .isEqualTo(lines.size() + "\n");
        }
    }

    @Test
    void statsTreeFlushCompactVerify() {
        for (int i = 0; i < 3; i++) {
            Cli.run("put", store, "k" + i, "v".repeat(100));
            assertThat(Cli.run("flush", store).code()).isZero();
        }
        Cli.run("delete", store, "k1");
        assertThat(Cli.run("tree", store).out()).contains("default · hybrid").contains("memtable")
                .contains("L0")
                .contains("amplification");
        assertThat(Cli.run("stats", store).out()).contains("default · hybrid")
                .contains("amplification: read ", "there were none yet").doesNotContain("stalls");
        assertThat(Cli.runWith("put k0 new\nstats\n", "shell", store).out())
                .contains("Since this store was opened:", "  filters", "  stalls");
        var json = Cli.run("stats", store, "--json").out();
        assertThat(json).startsWith("{\"sequence\":").endsWith("}\n").hasLineCount(1);
        var compacted = Cli.run("compact", store);
        assertThat(compacted.code()).isZero();
        assertThat(compacted.lines().getLast()).startsWith("after:").contains("2 entries")
                .contains("0 tombstones");
        var verified = Cli.run("verify", store);
        assertThat(verified.code()).isZero();
        assertThat(verified.out()).contains("all well");
    }

    @Test
    void theFiguresOfKeyspacesStandBelowEachOther() {
        Cli.run("put", store, "k", "v".repeat(3_000));
        Cli.run("put", store, "k", "v", "--keyspace", "other");
        Cli.run("flush", store);
        List<String> heads = Cli.run("stats", store).lines().stream()
                .filter(line -> line.startsWith("  tables") || line.contains("tombstones"))
                .toList();
        assertThat(heads).hasSize(4);
        assertThat(heads).extracting(String::length).containsOnly(heads.getFirst().length());
    }

    @Test
    void theMemoryIsThatOfTheOption() {
        Cli.run("put", store, "k", "v");
        assertThat(Cli.run("stats", store).out()).contains(" of 256 MiB");
        assertThat(Cli.run("stats", store, "--memory", "16m").out()).contains(" of 16.0 MiB");
        assertThat(Cli.runWith("stats\n", "shell", store, "--memory=1g").out())
                .contains(" of 1.0 GiB");
    }

    @Test
    void anEmptyKeyThatIsMissingIsShown() {
        Cli.run("put", store, "k", "v");
        assertThat(Cli.run("get", store, "").err()).isEqualTo("firn get: no such key: \"\"\n");
    }

    @Test
    void aBugIsOursAndSaysSo() {
        var out = new ByteArrayOutputStream();
        var broken = new java.io.InputStream() {
            @Override
            public int read() {
                throw new IllegalStateException("planted");
            }
        };
        int code = FirnCommand.run(Stdio.piped(broken, out, out), "load", store.toString(), "-");
        assertThat(code).isEqualTo(70);
        assertThat(out.toString(UTF_8)).contains("this is a bug in firn, please report")
                .contains("planted")
                .contains("at dev.firn.cli");
    }

    @Test
    void aLockedStoreIsRefusedInOneLine() {
        try (Firn firn = Firn.open(store)) {
            firn.put("k".getBytes(UTF_8), "v".getBytes(UTF_8));
            for (String line : List.of("get DIR k", "put DIR k v", "tree DIR", "verify DIR",
                    "shell DIR", "load DIR -")) {
                var result = Cli.run((Object[]) line.replace("DIR", store.toString()).split(" "));
                assertThat(result.code()).as(line).isEqualTo(1);
                assertThat(result.err()).as(line).hasLineCount(1).containsIgnoringCase("open");
            }
        }
    }

    @Test
    void escapedKeysInMessages() {
        Cli.run("put", store, "k", "v");
        var missing = Cli.run("get", "-e", store, "a\\x07\\n");
        assertThat(missing.err()).isEqualTo(
                "firn get: no such key: " + Escapes.escape("a\u0007\n".getBytes(UTF_8)) + "\n");
    }
}
