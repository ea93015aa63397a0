package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import dev.firn.testkit.ChangedFirn.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// Tests must be able to fail: each [Proof] passes with the code as it is, and fails with each of
/// the bugs planted for it. `-Dfirn.bug=NAME` plants that one alone.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedBugsTest {
    private static final Path REPORT = Path.of("target", "proof", "planted-bugs.md");

    /// JVMs beside each other.
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterAll
    void end() {
        threads.shutdownNow();
    }

    /// A proof that needs changes to be one.
    @TestFactory
    List<DynamicTest> passesWithoutABug() {
        return passes(Proof::needsChanges);
    }

    /// The others run in this suite anyway. But one that cannot run in a JVM of its own would seem
    /// to notice every bug. A campaign looks at all of them.
    @TestFactory
    @Tag("long")
    List<DynamicTest> passesWithoutABugInAJvmOfItsOwn() {
        return passes(proof -> !proof.needsChanges());
    }

    private List<DynamicTest> passes(Predicate<Proof> which) {
        String only = System.getProperty("firn.bug");
        List<Proof> proofs = PlantedBugs.quick().stream()
                .filter(bug -> only == null || bug.name().equals(only))
                .map(bug -> bug.plan().proof()).distinct().filter(which).toList();
        return dynamic(proofs, Proof::name, proof -> PlantedBugs.run(proof, List.of()),
                outcome -> assertThat(outcome.end()).as("%s", outcome.output())
                        .isEqualTo(End.PASSED));
    }

    @TestFactory
    List<DynamicTest> isCaught() {
        String only = System.getProperty("firn.bug");
        List<Bug> bugs = PlantedBugs.quick().stream()
                .filter(bug -> only == null || bug.name().equals(only)).toList();
        List<PlantedBugs.Result> results = new ArrayList<>();
        List<DynamicTest> tests = new ArrayList<>(dynamic(bugs, Bug::name, PlantedBugs::plant,
                result -> {
                    results.add(result);
                    assertThat(result.caught()).as("%s\n%s", result.line(), result.output())
                            .isTrue();
                }));
        tests.add(DynamicTest.dynamicTest("report", () -> report(bugs, results)));
        return tests;
    }

    @Test
    @Tag("long")
    void theSlowOnesAreCaught() throws Exception {
        for (Bug bug : PlantedBugs.all()) {
            if (bug.plan().proof().isLong()) {
                PlantedBugs.Result result = PlantedBugs.plant(bug);
                assertThat(result.caught()).as("%s\n%s", result.line(), result.output()).isTrue();
            }
        }
    }

    /// Does some work for each of several things on the threads, and checks what comes of it.
    private <T, R> List<DynamicTest> dynamic(List<T> things, Function<T, String> name,
            Work<T, R> work, Consumer<R> check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (T thing : things) {
            Future<R> done = threads.submit(() -> work.of(thing));
            tests.add(DynamicTest.dynamicTest(name.apply(thing), () -> check.accept(done.get())));
        }
        return tests;
    }

    private interface Work<T, R> {
        R of(T thing) throws Exception;
    }

    private static void report(List<Bug> bugs, List<PlantedBugs.Result> results) throws Exception {
        Tally tally = new Tally();
        PlantedBugs.count(results, tally);
        Volume.record(new PlantedBugs(), tally, "");
        String summary = PlantedBugs.summary(tally);
        Files.writeString(REPORT, summary + "\n\n" + BugTable.of(bugs, results));
        System.out.println(summary);
        assertThat(tally.of(Count.BUGS_CAUGHT)).isEqualTo(bugs.size());
    }
}
