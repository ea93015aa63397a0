package dev.firn.prove;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.opentest4j.TestAbortedException;

/// Runs rounds of an attack inside a test until a volume is reached, with the seeds from 1 on;
/// `-Dfirn.seed=N` runs that round alone. What was counted goes to `target/proof`, where `.ci/run`
/// reads it.
public final class Volume {
    private static final Path COUNTS = Path.of("target", "proof");

    private Volume() {}

    /// Runs an attack until `count` is at least `target`.
    ///
    /// @param test the class to name in the command that replays a round
    public static Tally reach(Class<?> test, Attack attack, Count count, long target)
            throws Exception {
        return reach(test, attack, tally -> tally.of(count) >= target);
    }

    /// Runs an attack until what it has counted is enough.
    public static Tally reach(Class<?> test, Attack attack, Predicate<Tally> enough)
            throws Exception {
        Tally tally = new Tally();
        Long only = Long.getLong("firn.seed");
        try (Watchdog watchdog = new Watchdog(attack.name())) {
            if (only != null) {
                round(test, attack, only, tally);
                return tally;
            }
            for (long seed = 1; !enough.test(tally); seed++) {
                watchdog.begins(seed);
                round(test, attack, seed, tally);
            }
        } catch (TestAbortedException e) {
            record(attack, tally, "not run: " + e.getMessage());
            throw e;
        }
        record(attack, tally, "");
        return tally;
    }

    private static void round(Class<?> test, Attack attack, long seed, Tally tally)
            throws Exception {
        try {
            attack.round(seed, tally);
            tally.add(Count.ROUNDS, 1);
        } catch (TestAbortedException e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(
                    attack.name() + ", seed " + seed + ": " + t.getMessage()
                            + "\nreplay: mvn test -pl core -Dtest=" + test.getSimpleName()
                            + " -Dfirn.seed=" + seed,
                    t);
        }
    }

    /// Something that is done once and is no attack, told like one.
    public interface Once {
        /// Does it, and counts.
        void run(Tally tally) throws Exception;
    }

    /// Runs something once. What it counted, or why this machine cannot run it, is recorded.
    public static Tally once(String name, Once work) throws Exception {
        Tally tally = new Tally();
        try {
            work.run(tally);
        } catch (TestAbortedException e) {
            record(name, tally, "not run: " + e.getMessage());
            throw e;
        }
        tally.add(Count.ROUNDS, 1);
        record(name, tally, "");
        return tally;
    }

    /// Writes what an attack counted for the table at the end of a run, one line a count.
    public static void record(Attack attack, Tally tally, String remark) throws IOException {
        record(attack.name(), tally, remark);
    }

    private static void record(String name, Tally tally, String remark) throws IOException {
        StringBuilder lines = new StringBuilder();
        tally.all().forEach((count, number) -> lines.append(name).append('\t')
                .append(count.label()).append('\t').append(number).append('\n'));
        if (!remark.isEmpty()) {
            lines.append(name).append('\t').append(remark).append("\t0\n");
        }
        Files.createDirectories(COUNTS);
        Files.writeString(COUNTS.resolve(name.replaceAll("[ ,]+", "-") + ".tsv"), lines);
    }
}
