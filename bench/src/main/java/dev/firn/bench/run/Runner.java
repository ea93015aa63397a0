package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Disk;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Task;
import dev.firn.bench.work.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs a plan. In each round, every workload is run on one store after the other, so that what else
/// the machine does hits all alike; each round begins with another store. Filled stores are made
/// once for each scenario, and copied where they will be changed.
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
                    for (StoreKind store : rotated(part.stores(), round)) {
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
        return isWhole;
    }

    private static List<StoreKind> rotated(Iterable<StoreKind> stores, int round) {
        List<StoreKind> list = new ArrayList<>();
        stores.forEach(list::add);
        java.util.Collections.rotate(list, 1 - round);
        return list;
    }

    private Result measure(Scenario scenario, Workload workload, StoreKind store, int round)
            throws IOException {
        progress.begin(scenario, workload, store, round);
        Path directory = work.resolve("store");
        Path scratch = work.resolve("scratch");
        Disk.delete(directory);
        Disk.delete(scratch);
        try {
            if (workload.start() == Workload.Start.EMPTY) {
                Files.createDirectories(directory);
            } else {
                Path source = filled(scenario, store);
                if (workload.start() == Workload.Start.COPY) {
                    Disk.copy(source, directory);
                } else {
                    directory = source;
                }
            }
            Measured measured = children.run(
                    task(scenario, workload, store, directory, scratch, round),
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

    private Task task(Scenario scenario, @Nullable Workload workload, StoreKind store,
            Path directory, Path scratch, int round) {
        return new Task(workload, store, directory.toString(), scratch.toString(),
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
                    task(scenario, null, store, directory, work.resolve("scratch"), 0),
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
