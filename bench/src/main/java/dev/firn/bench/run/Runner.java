package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Disk;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Task;
import dev.firn.bench.work.Task.Phase;
import dev.firn.bench.work.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// Runs a plan. In each round, every workload is run on one store after the other, so that what
/// else the machine does hits all alike; each round begins with another store. Filled stores are
/// made once for each scenario, and copied where they will be changed.
final class Runner {
    private static final double WRITER_RATE_UNKNOWN = 100_000;

    private final Plan plan;
    private final int rounds;
    private final Children children;
    private final Path work;
    private final Path out;
    private final Progress progress;
    private final Map<StoreKind, Path> filled = new EnumMap<>(StoreKind.class);
    private final Map<StoreKind, String> unfilled = new EnumMap<>(StoreKind.class);
    private final long began = System.nanoTime();
    private double writerRate = WRITER_RATE_UNKNOWN;

    /// @param work where stores are
    /// @param out where results and logs go
    Runner(Plan plan, int rounds, Children children, Path work, Path out, Progress progress) {
        this.plan = plan;
        this.rounds = rounds;
        this.children = children;
        this.work = work;
        this.out = out;
        this.progress = progress;
    }

    /// Runs it and appends each result to the file.
    ///
    /// @return whether every measurement succeeded
    boolean run(Path results) throws IOException {
        boolean isWhole = true;
        for (Plan.Part part : plan.parts()) {
            writerRate = WRITER_RATE_UNKNOWN;
            for (int round = 1; round <= rounds; round++) {
                for (Workload workload : part.workloads()) {
                    for (StoreKind store : part.stores(round)) {
                        Result result = measure(part.scenario(), workload, store, round);
                        Results.append(results, result);
                        progress.done(result);
                        isWhole &= result.failure() == null;
                    }
                }
            }
            for (Path directory : filled.values()) {
                Disk.delete(directory);
            }
            filled.clear();
            unfilled.clear();
        }
        if (isWhole) {
            Disk.delete(out.resolve("logs"));
        }
        return isWhole;
    }

    private Result measure(Scenario scenario, Workload workload, StoreKind store, int round)
            throws IOException {
        if ((System.nanoTime() - began) / 60e9 > plan.minutes()) {
            return new Result(scenario, workload, store, round, null, String.format(Locale.ROOT,
                    "not begun, as %.1f minutes were over", plan.minutes()));
        }
        progress.begin(scenario, workload, store, round);
        Path directory = work.resolve("store");
        Path scratch = work.resolve("scratch");
        Disk.delete(directory);
        Disk.delete(scratch);
        try {
            switch (workload.start()) {
                case EMPTY -> Files.createDirectories(directory);
                case SHARED -> directory = filled(scenario, store);
                case COPY -> Disk.copy(filled(scenario, store), directory);
                case KILLED -> {
                    Files.createDirectories(directory);
                    var _ = children.run(
                            task(Phase.CRASH, scenario, workload, store, directory, round),
                            log(scenario, "crash", store, round));
                }
            }
            Measured measured = children.run(
                    task(Phase.MEASURE, scenario, workload, store, directory, round),
                    log(scenario, workload.label(), store, round));
            if (workload == Workload.READWHILEWRITING && store == StoreKind.ROCKSDB
                    && measured != null && measured.beside() != null) {
                writerRate = measured.beside().rate();
            }
            return new Result(scenario, workload, store, round, measured, null);
        } catch (IOException e) {
            return new Result(scenario, workload, store, round, null, String.valueOf(
                    e.getMessage()));
        } finally {
            Disk.delete(work.resolve("store"));
            Disk.delete(scratch);
        }
    }

    private Task task(Phase phase, Scenario scenario, Workload workload, StoreKind store,
            Path directory, int round) {
        return new Task(phase, workload, store, directory.toString(),
                work.resolve("scratch").toString(),
                scenario.entries(), scenario.keys(), scenario.valueBytes(),
                scenario.budgetBytes(), plan.warmupSeconds(), plan.seconds(), writerRate, round);
    }

    private Path log(Scenario scenario, String what, StoreKind store, int round)
            throws IOException {
        return Files.createDirectories(out.resolve("logs")).resolve(
                "%s-%s-%s-%d.log".formatted(scenario.name(), what, store.label(), round));
    }

    /// The filled store, made when it is needed first. One that failed is not tried again.
    private Path filled(Scenario scenario, StoreKind store) throws IOException {
        String failure = unfilled.get(store);
        if (failure != null) {
            throw new IOException(failure);
        }
        Path known = filled.get(store);
        if (known != null) {
            return known;
        }
        Path directory = work.resolve("filled-" + store.label());
        Disk.delete(directory);
        Files.createDirectories(directory);
        try {
            var _ = children.run(
                    task(Phase.FILL, scenario, Workload.FILLBATCH, store, directory, 0),
                    log(scenario, "fill", store, 0));
        } catch (IOException e) {
            unfilled.put(store, "filling failed: " + e.getMessage());
            Disk.delete(directory);
            throw new IOException("filling failed: " + e.getMessage(), e);
        }
        filled.put(store, directory);
        return directory;
    }
}
