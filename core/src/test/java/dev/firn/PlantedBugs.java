package dev.firn;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import dev.firn.testkit.ChangedFirn.End;
import dev.firn.testkit.ChangedFirn.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The planted bugs, and whether the tests notice them. A round plants all of them, whatever its
/// seed, and before that runs each test without any.
public final class PlantedBugs implements Attack {
    /// What became of one.
    ///
    /// @param caught whether its test failed, and said what was expected
    /// @param output what the test printed
    public record Result(String bug, String test, boolean caught, double seconds, String output) {
        /// For a report.
        public String line() {
            return String.format(Locale.ROOT, "%s: %s by %s, %.1f s", bug,
                    caught ? "caught" : "NOT caught", test, seconds);
        }
    }

    /// All of them, those of one part of Firn after the other.
    static List<Bug> all() {
        return Stream.<Bug[]>of(LogBug.values(), ManifestBug.values(), TableBug.values(),
                CompactionBug.values(), EngineBug.values(), StorageBug.values(),
                RepairBug.values(), ThreadBug.values()).flatMap(Stream::of).toList();
    }

    /// The changes of one, for a test that plants it by itself.
    public static List<Change> changes(String bug) {
        return all().stream().filter(each -> each.name().equals(bug)).findFirst().orElseThrow()
                .plan().changes();
    }

    /// Those whose proofs take seconds.
    static List<Bug> quick() {
        return all().stream().filter(bug -> !bug.plan().proof().isLong()).toList();
    }

    /// Plants all, those that take long too.
    ///
    /// @param atOnce so many JVMs run beside each other
    /// @param tally where they are counted
    /// @param progress is told of each, from any thread
    public static List<Result> plantAll(int atOnce, Tally tally, Consumer<Result> progress)
            throws InterruptedException {
        List<Result> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<Result>> running = new ArrayList<>();
            for (Bug bug : all()) {
                running.add(threads.submit(() -> {
                    Result result = plant(bug);
                    progress.accept(result);
                    return result;
                }));
            }
            for (Future<Result> result : running) {
                results.add(result.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a bug could not be planted", e.getCause());
        }
        count(results, tally);
        return results;
    }

    /// Counts bugs, and those of them that were caught.
    static void count(List<Result> results, Tally tally) {
        tally.add(Count.BUGS_PLANTED, results.size());
        tally.add(Count.BUGS_CAUGHT, results.stream().filter(Result::caught).count());
    }

    /// The line at the end of a report.
    public static String summary(Tally tally) {
        return "planted bugs caught: " + tally.of(Count.BUGS_CAUGHT) + " of "
                + tally.of(Count.BUGS_PLANTED);
    }

    @Override
    public String name() {
        return "planted bugs";
    }

    /// Requires that each proof passes without a bug: one that cannot run would notice everything.
    private static void requireSound() throws IOException, InterruptedException {
        for (Proof proof : Proof.values()) {
            Outcome outcome = run(proof, List.of());
            if (outcome.end() != End.PASSED) {
                throw new Violation(Violation.Kind.UNNOTICED, proof + " without any bug: "
                        + outcome.end() + "\n" + outcome.output());
            }
        }
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        requireSound();
        List<Result> missed =
                plantAll(1, tally, result -> System.out.println(result.line())).stream()
                        .filter(result -> !result.caught()).toList();
        if (!missed.isEmpty()) {
            throw new Violation(Violation.Kind.UNNOTICED, missed.stream().map(Result::line)
                    .collect(Collectors.joining("; ")) + "\n" + missed.getFirst().output());
        }
    }

    /// Plants a bug, as often as its proof needs to notice it.
    static Result plant(Bug bug) throws IOException, InterruptedException {
        Bug.Plan plan = bug.plan();
        long started = System.nanoTime();
        Outcome outcome = run(plan.proof(), plan.changes());
        for (int more = 1; more < plan.proof().attempts() && !isCaught(plan, outcome); more++) {
            outcome = run(plan.proof(), plan.changes());
        }
        return new Result(bug.name(), plan.proof().test(), isCaught(plan, outcome),
                (System.nanoTime() - started) / 1e9, outcome.end() + "\n" + outcome.output());
    }

    private static boolean isCaught(Bug.Plan plan, Outcome outcome) {
        return outcome.end() == End.FAILED && outcome.output().contains(plan.symptom());
    }

    /// Runs a proof with a bug, or without any.
    static Outcome run(Proof proof, List<Change> bug) throws IOException, InterruptedException {
        List<Change> changes = new ArrayList<>(proof.before());
        changes.addAll(bug);
        changes.addAll(proof.after());
        Path scratch = Files.createTempDirectory("planted");
        try {
            return new ChangedFirn(scratch, changes).run(proof.jvm(), proof.test());
        } finally {
            delete(scratch);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
