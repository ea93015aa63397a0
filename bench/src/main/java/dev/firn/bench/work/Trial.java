package dev.firn.bench.work;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.store.Contender;
import dev.firn.bench.store.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Makes one measurement: warms up, measures, waits until the store has settled, counts.
///
/// A filled store is scanned first, which brings its files into the page cache, wherever they were.
/// Reads warm up with themselves on the store that is measured. Workloads that change the store in
/// a way that cannot be done twice warm up on another store, which is thrown away.
public final class Trial {
    private static final long WARMUP_ENTRIES_MAX = 500_000;

    /// What fits a memtable of 64 MB in every store that has one.
    private static final long CRASH_BYTES = 40_000_000;

    private static final int KEY_BYTES = 16;

    private final Task task;
    private final Jobs jobs;

    /// The measurement of a task.
    public Trial(Task task) {
        this.task = task;
        this.jobs = new Jobs(task);
    }

    /// Fills the store of the task in random order and settles it.
    public void fill() throws IOException {
        try (Contender store = task.store().open(task.setup(task.directory()))) {
            fill(store, jobs);
            store.settle();
        }
        Disk.force(Path.of(task.directory()));
    }

    /// Writes to a new store what [#CRASH_BYTES] says, and leaves it open. The process has to end
    /// without closing it.
    public void crash() throws IOException {
        Contender store = task.store().open(task.setup(task.directory()));
        Jobs few = jobs.on(crashEntries(task));
        once(store, few.puts(), few.entries());
    }

    /// How many entries a store has whose process was ended.
    static long crashEntries(Task task) {
        return Math.min(task.entries(), CRASH_BYTES / (task.valueBytes() + KEY_BYTES));
    }

    static void fill(Contender store, Jobs jobs) throws IOException {
        once(store, jobs.batches(), jobs.entries());
    }

    private static void once(Contender store, Job.Factory factory, long operations)
            throws IOException {
        new Crew(store, factory, 1, limits(0, operations, Long.MAX_VALUE), null, 0).run(() -> {});
    }

    private static Loop.Limits limits(long warmupNanos, long operations, long nanos) {
        return new Loop.Limits(warmupNanos, operations, nanos, Double.POSITIVE_INFINITY);
    }

    /// Measures.
    public Measured run() throws IOException {
        Workload workload = task.workload();
        if (workload.isReopening()) {
            return new Reopening(task, jobs).run();
        }
        long warmupNanos = (long) (task.warmupSeconds() * 1e9);
        boolean isWarmedElsewhere = workload.start() == Workload.Start.EMPTY
                || workload == Workload.DELETERANDOM;
        if (isWarmedElsewhere && warmupNanos > 0) {
            warmElsewhere(workload, warmupNanos);
        }
        Setup setup = task.setup(task.directory());
        try (Contender store = task.store().open(setup);
                ProcessFigures figures = new ProcessFigures()) {
            if (workload.start() != Workload.Start.EMPTY) {
                once(store, jobs.measured(Workload.READSEQ), task.entries());
            }
            if (isScanAfterDeletes(workload)) {
                warmWithScans(store, warmupNanos);
                once(store, jobs.sweep(), jobs.sweptEntries());
                if (workload == Workload.SCANSETTLED) {
                    store.settle();
                }
            }
            boolean isWarm = isWarmedElsewhere || isScanAfterDeletes(workload);
            Crew crew = crew(store, workload, isWarm ? 0 : warmupNanos);
            long[] syncsBefore = {-1};
            crew.run(() -> {
                if (workload.isWriting()) {
                    store.settle();
                }
                System.gc();
                syncsBefore[0] = store.syncs();
                figures.begin();
            });
            return measured(workload, crew, figures, syncsBefore[0]);
        }
    }

    private static boolean isScanAfterDeletes(Workload workload) {
        return workload == Workload.SCANDELETED || workload == Workload.SCANSETTLED;
    }

    private Crew crew(Contender store, Workload workload, long warmupNanos) {
        boolean isReadBesideWrites = workload == Workload.READWHILEWRITING
                || workload == Workload.READWHILEPACED;
        Loop.Limits limits = workload.isCounted()
                ? limits(warmupNanos, task.entries(), Long.MAX_VALUE)
                : limits(warmupNanos, Long.MAX_VALUE, (long) (task.seconds() * 1e9));
        return new Crew(store, jobs.measured(workload), workload.threads(), limits,
                isReadBesideWrites ? jobs.overwrites(2) : null,
                workload == Workload.READWHILEPACED
                        ? task.writerRate()
                        : Double.POSITIVE_INFINITY);
    }

    private Measured measured(Workload workload, Crew crew, ProcessFigures figures,
            long syncsBefore) throws IOException {
        Contender store = crew.store();
        long syncs = store.syncs();
        Double settleSeconds = null;
        if (workload.isWriting()) {
            long began = System.nanoTime();
            store.settle();
            settleSeconds = (System.nanoTime() - began) / 1e9;
        }
        double operations = crew.operations();
        return new Measured(crew.operations(), crew.seconds(), settleSeconds, crew.latency(),
                crew.latencyOf(), figures.cpuNanos() / 1e3 / operations,
                crew.cpuNanos() / 1e3 / operations,
                crew.allocated() / operations, figures.anonymousPeak(), figures.residentPeak(),
                store.memoryPeak(), figures.written(), crew.userBytes(),
                Disk.bytes(Path.of(task.directory())), liveBytes(workload, crew.operations()),
                workload.isSynced() && syncs >= 0 ? (syncs - syncsBefore) / operations : null,
                crew.beside());
    }

    /// Bytes of the entries that are in the store, or 0 where that is not of interest.
    private long liveBytes(Workload workload, long operations) {
        if (workload == Workload.DELETERANDOM || isScanAfterDeletes(workload)) {
            return 0;
        }
        KeyShape.Maker maker = task.keys().maker();
        long entries = workload.isSynced() ? Math.min(operations, task.entries()) : task.entries();
        long keyBytes = 0;
        int samples = 1_000;
        for (int i = 0; i < samples; i++) {
            keyBytes += maker.present(i).length;
        }
        return entries * task.valueBytes() + entries * keyBytes / samples;
    }

    private void warmWithScans(Contender store, long nanos) throws IOException {
        new Crew(store, jobs.measured(Workload.READSEQ), 1,
                limits(0, Long.MAX_VALUE, Math.max(1, nanos)), null, 0).run(() -> {});
    }

    private void warmElsewhere(Workload workload, long nanos) throws IOException {
        Path scratch = Files.createDirectories(Path.of(task.scratch()));
        Jobs few = jobs.on(Math.min(task.entries(), WARMUP_ENTRIES_MAX));
        try (Contender store = task.store().open(task.setup(task.scratch()))) {
            long operations = Long.MAX_VALUE;
            if (workload == Workload.DELETERANDOM) {
                fill(store, few);
                operations = few.entries();
            }
            new Crew(store, few.measured(workload), workload.threads(),
                    limits(0, operations, nanos), null, 0).run(() -> {});
            if (!workload.isSynced()) {
                store.settle();
            }
        }
        try (Stream<Path> files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                Disk.delete(file);
            }
        }
    }
}
