package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The memory budget bounds what a process really has resident, not only what is accounted: in a JVM
/// of its own, several threads load entries while others scan and read snapshots, and anonymous
/// resident memory (`RssAnon` of Linux) is sampled all along.
///
/// The heap is committed and touched before, so it does not move the figure. What remains besides
/// the budget is the JVM's own: compiled code, metaspace, stacks, the C library's arenas, a few
/// megabytes while it warms up. So the baseline is an empty store in a JVM that has loaded and
/// dropped a little before; whatever the JVM takes after that counts against the budget's 25
/// percent. With the small budget those would be 16 MB, of which the optimising compiler alone may
/// take a good part while it works, so there the JVM has only the simple one.
class ResidentMemoryTest {
    private static final double TOLERANCE = 1.25;
    private static final Path STATUS = Path.of("/proc/self/status");

    @TempDir
    Path directory;

    @Test
    void aSmallBudgetBoundsResidentMemory() throws Exception {
        isBounded(64, 1_500_000, "-XX:TieredStopAtLevel=1");
    }

    @Test
    @Tag("long")
    void theDefaultBudgetBoundsResidentMemory() throws Exception {
        isBounded(256, 8_000_000, "-XX:+TieredCompilation");
    }

    private void isBounded(int budgetMegabytes, long entries, String compilers) throws Exception {
        if (!Files.isReadable(STATUS)) {
            System.out.println("ResidentMemoryTest: not run: the system has no " + STATUS);
        }
        assumeTrue(Files.isReadable(STATUS), "not run: the system has no " + STATUS);
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC",
                compilers,
                "-cp", System.getProperty("java.class.path"), Load.class.getName(),
                directory.resolve("store").toString(), Integer.toString(budgetMegabytes),
                Long.toString(entries))
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(output);
        System.out.print(printed);
        assertThat(process.exitValue()).as("%s", printed).isZero();
    }

    /// What runs in the JVM of its own.
    static final class Load {
        private static final int WRITERS = 2;
        private static final int VALUE_BYTES = 100;
        private static final int SAMPLE_NANOS = 10_000_000;

        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        private Load() {}

        /// @param args the directory, the budget in megabytes, how many entries
        public static void main(String[] args) throws Exception {
            Path directory = Path.of(args[0]);
            long budget = Long.parseLong(args[1]) << 20;
            long entries = Long.parseLong(args[2]);
            // With a tenth of the budget: what this leaves behind in the C library is small.
            try (Firn store = Firn.open(directory.resolve("warm"),
                    Options.defaults().withMemoryBytes(Math.max(8L << 20, budget / 10)))) {
                new Load().load(store, 100_000);
            }
            System.exit(new Load().run(directory.resolve("full"), budget, entries) ? 0 : 1);
        }

        private boolean run(Path directory, long budget, long entries) throws Exception {
            try (Firn store = Firn.open(directory, Options.defaults().withMemoryBytes(budget))) {
                long empty = resident();
                long[] peak = new long[1];
                Thread sampler = start(() -> {
                    while (!done.get()) {
                        peak[0] = Math.max(peak[0], resident());
                        LockSupport.parkNanos(SAMPLE_NANOS);
                    }
                });
                long started = System.nanoTime();
                load(store, entries);
                sampler.join();
                Statistics.Memory memory = store.statistics().memory();
                long grown = peak[0] - empty;
                boolean bounded = grown <= TOLERANCE * budget && memory.peak() <= memory.limit();
                // The load must have needed the budget, else nothing was shown.
                boolean needed = memory.peak() > budget / 2 && grown > budget / 3;
                System.out.printf("ResidentMemoryTest: budget %d MB, accounted peak %d MB, resident"
                        + " %d MB above an empty store's %d MB; %d entries in %d ms, %d merges%n",
                        budget >> 20, memory.peak() >> 20, grown >> 20, empty >> 20, entries,
                        (System.nanoTime() - started) / 1_000_000,
                        store.statistics().work().compactions());
                if (failure.get() != null) {
                    failure.get().printStackTrace(System.out);
                }
                System.out.println(bounded ? "bounded" : "NOT bounded");
                System.out.println(needed ? "needed" : "NOT needed");
                return bounded && needed && failure.get() == null;
            }
        }

        /// Loads from several threads, with readers beside them that hold cursors and snapshots.
        private void load(Firn store, long entries) throws InterruptedException {
            Keyspace space = store.keyspace();
            List<Thread> writers = new ArrayList<>();
            List<Thread> readers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int own = writer;
                writers.add(start(() -> {
                    byte[] value = TestData.random(own, VALUE_BYTES);
                    for (long i = own; i < entries && failure.get() == null; i += WRITERS) {
                        space.put(key(i), value);
                    }
                }));
            }
            readers.add(start(() -> read(store, space, entries)));
            readers.add(start(() -> scan(store, space)));
            for (Thread writer : writers) {
                writer.join();
            }
            done.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }

        private static byte[] key(long i) {
            return number(i * 0x9e3779b97f4a7c15L);
        }

        private void read(Firn store, Keyspace space, long entries) {
            Random random = new Random(1);
            while (!done.get()) {
                try (Snapshot snapshot = store.snapshot()) {
                    for (int i = 0; i < 20_000 && !done.get(); i++) {
                        byte[] value = snapshot.in(space).get(key(random.nextLong(entries)));
                        if (value != null && value.length != VALUE_BYTES) {
                            throw new AssertionError("a wrong value");
                        }
                    }
                    accounted(store);
                }
            }
        }

        private void scan(Firn store, Keyspace space) {
            while (!done.get()) {
                List<Cursor> cursors = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    cursors.add(space.scan(KeyRange.all()));
                }
                for (int i = 0; i < 5_000 && !done.get(); i++) {
                    Cursor cursor = cursors.get(i % cursors.size());
                    if (i % 2 == 0) {
                        cursor.next();
                    } else {
                        cursor.previous();
                    }
                }
                cursors.forEach(Cursor::close);
                accounted(store);
            }
        }

        private static void accounted(Firn store) {
            Statistics.Memory memory = store.statistics().memory();
            if (memory.peak() > memory.limit()) {
                throw new AssertionError("accounted beyond the limit: " + memory);
            }
        }

        private interface Work {
            void run() throws Exception;
        }

        private Thread start(Work work) {
            return Thread.ofPlatform().start(() -> {
                try {
                    work.run();
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            });
        }

        /// Anonymous resident bytes.
        private static long resident() throws IOException {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("RssAnon:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
            throw new IOException("no RssAnon in " + STATUS);
        }
    }
}
