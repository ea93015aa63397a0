package dev.firn.engine;

import static dev.firn.engine.StormCalls.expect;

import dev.firn.DumpOptions;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Opens and closes a store of one thread's own, and looks into its files.
final class StormLives {
    private final Path directory;
    private final Path shared;
    private final Random random;
    private long written;

    /// Constructs it of its parts.
    ///
    /// @param directory of the own store
    /// @param shared of one that is open
    StormLives(Path directory, Path shared, Random random) {
        this.directory = directory;
        this.shared = shared;
        this.random = random;
    }

    void addTo(StormCalls calls) {
        String type = "Firn";
        calls.on(type, "open(Path)", () -> live(Firn.open(directory)))
                .on(type, "open(Path, Options)", this::liveWithOptions)
                .on(type, "close()", () -> live(Firn.open(directory, small())))
                .on(type, "verify(Path, LongConsumer)", () -> expect(
                        Firn.verify(directory, read -> {}).isClean(), "verify"))
                .on(type, "repair(Path, RepairOptions, LongConsumer)", this::repair)
                .on(type, "dumpFile(Path, DumpOptions, Consumer)", this::dump);
        resources(calls);
    }

    private static Options small() {
        return Options.defaults().withMemoryBytes(8L << 20).withMemtableBytes(64L << 10)
                .withLogBytesMax(64L << 10);
    }

    /// Looks whether what the life before wrote is there, and writes more.
    private void live(Firn opened) {
        try (Firn store = opened) {
            check(store);
            for (int i = 0; i < 5; i++) {
                Durability level = i == 2 ? Durability.SYNC : Durability.NONE;
                store.keyspace().put(TestData.number(i % 3),
                        TestData.random(written + 1, 20_000), level);
            }
            store.put(TestData.number(0), TestData.number(++written));
        }
    }

    private void check(Firn store) {
        byte[] found = store.get(TestData.number(0));
        expect(written == 0
                ? found == null
                : found != null && TestData.number(found) == written, "a life's first read");
    }

    private void liveWithOptions() {
        if (written == 0 || random.nextBoolean()) {
            live(Firn.open(directory, small().withMappedReads(random.nextBoolean())));
            return;
        }
        try (Firn store = Firn.open(directory, small().withReadOnly(true))) {
            check(store);
        }
    }

    private void repair() {
        RepairReport report = Firn.repair(directory,
                RepairOptions.defaults().withDryRun(random.nextBoolean()), read -> {});
        expect(report.healthy() && report.damages().isEmpty(), "repair");
    }

    private void dump() throws IOException {
        for (Path file : files(directory)) {
            expect(Firn.dumpFile(file, DumpOptions.defaults().withEntries(true), line -> {})
                    .bytes() >= 0, "dumpFile");
        }
        Path current = shared.resolve("CURRENT");
        expect(Firn.dumpFile(current, DumpOptions.defaults(), line -> {}).isSound(), "dumpFile");
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(
                    files.filter(file -> !file.endsWith("LOCK")).sorted().toList());
        }
    }

    private void resources(StormCalls calls) {
        String type = "Resources";
        calls.on(type, "ofMemory(long)", () -> Resources.ofMemory(8L << 20).close())
                .on(type, "create(long, int, long)",
                        () -> Resources.create(8L << 20, 3, 1 << 20).close())
                .on(type, "close()", () -> {
                    Resources resources = Resources.ofMemory(8L << 20);
                    live(Firn.open(directory, small().withResources(resources)));
                    resources.close();
                    expect(resources.memoryUsed() == 0, "memoryUsed");
                })
                .on(type, "memoryUsed()", this::memoryUsed)
                .on(type, "memoryLimit()", () -> figures(Resources.ofMemory(8L << 20)))
                .on(type, "memoryPeak()", () -> figures(Resources.ofMemory(9L << 20)));
    }

    /// A store that nobody has written to may use nothing, one with an entry in its memtable does.
    private void memoryUsed() {
        try (Resources resources = Resources.ofMemory(8L << 20);
                Firn store = Firn.open(directory, small().withResources(resources))) {
            check(store);
            store.put(TestData.number(0), TestData.number(written + 1));
            written++;
            long used = resources.memoryUsed();
            expect(used > 0 && used <= resources.memoryLimit(), "memoryUsed");
        }
    }

    private static void figures(Resources resources) {
        try (resources) {
            expect(resources.memoryLimit() >= 8L << 20 && resources.memoryUsed() == 0
                    && resources.memoryPeak() == 0, "figures of resources");
        }
    }
}
