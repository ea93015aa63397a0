package dev.firn.prove;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Tally tally = new Tally();
        Long only = Long.getLong("firn.seed");
        try {
            if (only != null) {
                round(test, attack, only, tally);
                return tally;
            }
            for (long seed = 1; tally.of(count) < target; seed++) {
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

    /// Writes what an attack counted for the table at the end of a run, one line a count.
    public static void record(Attack attack, Tally tally, String remark) throws IOException {
        StringBuilder lines = new StringBuilder();
        tally.all().forEach((count, number) -> lines.append(attack.name()).append('\t')
                .append(count.label()).append('\t').append(number).append('\n'));
        if (!remark.isEmpty()) {
            lines.append(attack.name()).append('\t').append(remark).append("\t0\n");
        }
        Files.createDirectories(COUNTS);
        Files.writeString(COUNTS.resolve(attack.name().replace(' ', '-') + ".tsv"), lines);
    }
}
