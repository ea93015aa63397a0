package dev.firn.bench.work;

import dev.firn.bench.store.Contender;
import dev.firn.bench.store.Session;
import java.io.IOException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/// Measures how long a store takes from the beginning of opening to the first value. Classes and
/// native libraries are loaded before, by opening another store again and again; one that was not
/// closed can be opened only once, for then it is recovered.
final class Reopening {
    private static final long NANOS_MAX = 600_000_000_000L;
    private static final int OPENS = 20;
    private static final int WARMUP_ENTRIES = 10_000;

    private final Task task;
    private final Jobs jobs;

    Reopening(Task task, Jobs jobs) {
        this.task = task;
        this.jobs = jobs;
    }

    Measured run() throws IOException {
        boolean isKilled = task.workload() == Workload.REOPENKILLED;
        Jobs present = isKilled ? jobs.on(Trial.crashEntries(task)) : jobs;
        warm();
        try (ProcessFigures figures = new ProcessFigures()) {
            System.gc();
            figures.begin();
            int opens = isKilled ? 1 : OPENS;
            Histogram latencies = new Histogram(NANOS_MAX, 3);
            long nanos = 0;
            for (int i = 0; i < opens; i++) {
                long took = open(task.directory(), present);
                latencies.recordValue(took);
                nanos += took;
            }
            double cpuMicros = figures.cpuNanos() / 1e3 / opens;
            return new Measured(opens, nanos / 1e9, null, Crew.latency(latencies), 1, cpuMicros,
                    cpuMicros, 0, figures.anonymousPeak(), figures.residentPeak(), -1,
                    figures.written(), 0, Disk.bytes(Path.of(task.directory())), 0, null, null);
        }
    }

    private void warm() throws IOException {
        Disk.create(Path.of(task.scratch()));
        Jobs few = jobs.on(Math.min(task.entries(), WARMUP_ENTRIES));
        try (Contender store = task.store().open(task.setup(task.scratch()))) {
            Trial.fill(store, few);
        }
        long began = System.nanoTime();
        do {
            var _ = open(task.scratch(), few);
        } while (System.nanoTime() - began < task.warmupSeconds() * 1e9);
        Disk.delete(Path.of(task.scratch()));
    }

    /// Opens a store, gets an entry and closes it; then checks that more entries are there.
    ///
    /// @return how long it took to the first value, in nanoseconds
    private long open(String directory, Jobs present) throws IOException {
        long began = System.nanoTime();
        try (Contender store = task.store().open(task.setup(directory));
                Session session = store.session()) {
            Keys keys = present.keys(session);
            keys.get(0);
            long took = System.nanoTime() - began;
            keys.get(present.entries() / 2);
            keys.get(present.entries() - 1);
            keys.get(present.number(present.entries() - 1));
            return took;
        }
    }
}
