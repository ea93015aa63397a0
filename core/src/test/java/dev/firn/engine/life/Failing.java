package dev.firn.engine.life;

import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Scripts that fail are made short for whoever looks into them: fewer steps, then fewer writes in
/// their batches. What is left is said in the failure's message and written to a file, which
/// becomes a regression test where [RegressionTest] finds it.
final class Failing {
    private static final Path FILES = Path.of("target", "regressions");
    private static final int ATTEMPTS = 300;

    private Failing() {}

    /// Runs a script.
    interface Run {
        void run(Script script, Tally tally);
    }

    /// Runs a script. When that fails, throws a violation of the same kind that has the shortest
    /// script found which fails like that. What is done to find it is not counted.
    static void run(String name, Script script, Tally tally, Run run) {
        Violation failure = failure(script, tally, run);
        if (failure == null) {
            return;
        }
        Script shortest = shortest(script, run, failure.kind());
        Violation last = failure(shortest, new Tally(), run);
        Violation told = last == null ? failure : last;
        Path file = write(name + "-" + script.crashSeed(), shortest);
        throw new Violation(
                told.kind(),
                told.getMessage() + "\nshortened from " + script.steps().size() + " to "
                        + shortest.steps().size() + " steps, see " + file + " (to be moved to"
                        + " src/test/resources/dev/firn/engine/regressions):\n" + shortest.text(),
                told);
    }

    /// What is wrong in a script, or null.
    static @Nullable Violation failure(Script script, Tally tally, Run run) {
        try {
            run.run(script, tally);
            return null;
        } catch (Violation e) {
            return e;
        } catch (RuntimeException | Error e) {
            return new Violation(Violation.Kind.UNEXPECTED_ERROR, e.toString(), e);
        }
    }

    /// What was thrown where a state was looked at, as a violation that says where.
    static Violation found(Throwable thrown, String where) {
        return thrown instanceof Violation v
                ? new Violation(v.kind(), where + ": " + v.getMessage(), v)
                : new Violation(Violation.Kind.UNEXPECTED_ERROR, where + ": " + thrown, thrown);
    }

    static Script shortest(Script script, Run run, Violation.Kind kind) {
        Script fewer = script.with(Shrinking.shrink(
                script.steps(), steps -> fails(script.with(steps), run, kind), ATTEMPTS));
        for (int i = 0; i < fewer.steps().size(); i++) {
            if (fewer.steps().get(i) instanceof Step.Write write && write.edits().size() > 1) {
                Script of = fewer;
                int at = i;
                List<Edit> edits = Shrinking.shrink(
                        write.edits(), e -> fails(replaced(of, at, write, e), run, kind), 50);
                fewer = replaced(of, at, write, edits);
            }
        }
        return fewer;
    }

    private static Script replaced(Script script, int at, Step.Write write, List<Edit> edits) {
        List<Step> steps = new ArrayList<>(script.steps());
        steps.set(at, new Step.Write(write.durability(), write.batch(), edits));
        return script.with(steps);
    }

    private static boolean fails(Script script, Run run, Violation.Kind kind) {
        Violation failure = failure(script, new Tally(), run);
        return failure != null && failure.kind() == kind;
    }

    private static Path write(String name, Script script) {
        try {
            Files.createDirectories(FILES);
            return Files.writeString(
                    FILES.resolve(name.replace(' ', '-') + ".txt"), script.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
