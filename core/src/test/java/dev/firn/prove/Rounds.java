package dev.firn.prove;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/// Hands rounds of attacks to workers until the time is over, and keeps what they counted and
/// found. One lock guards all; it is not held while a round runs.
final class Rounds {
    private static final int FINDINGS_MAX = 10;

    /// A promise that was broken, or an attack that broke down.
    record Finding(String attack, long seed, String kind, String message) {
        /// The command that repeats the round.
        String repeat() {
            return "./firn-prove --only '" + attack + "' --round --seed " + seed;
        }

        /// All of it, for a person.
        String sentence() {
            return "VIOLATION in the attack '" + attack + "', seed " + seed + ": "
                    + (message.startsWith(kind) ? "" : kind + ": ") + message
                    + "\n  repeat it with " + repeat();
        }
    }

    /// A round that runs.
    record Running(Share share, long seed, Thread thread, long startedNanos) {}

    /// What is known of one attack.
    static final class Progress {
        final Share share;
        final Tally tally = new Tally();
        long nanos;
        int running;
        int findings;
        long nextSeed;
        @Nullable
        String notRun;

        Progress(Share share, long firstSeed) {
            this.share = share;
            this.nextSeed = firstSeed;
        }
    }

    private final Map<Share, Progress> progress = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Running> running = new ArrayList<>();
    private final boolean single;
    private final long endNanos;
    private final PrintStream out;

    /// @param single whether each attack gets one round, all with the first seed
    /// @param out where it is told at once what was found
    Rounds(List<Share> shares, long firstSeed, boolean single, Duration time,
            PrintStream out) {
        this.out = out;
        shares.forEach(share -> progress.put(share, new Progress(share, firstSeed)));
        this.single = single;
        this.endNanos = System.nanoTime() + time.toNanos();
    }

    /// Runs rounds; for several threads.
    void work() {
        for (Running round = next(); round != null; round = next()) {
            Tally tally = new Tally();
            try {
                round.share.attack().round(round.seed, tally);
                tally.add(Count.ROUNDS, 1);
                ended(round, tally, null);
            } catch (Throwable t) {
                ended(round, tally, t);
            }
        }
    }

    private synchronized @Nullable Running next() {
        long now = System.nanoTime();
        Progress chosen = null;
        for (Progress one : progress.values()) {
            boolean over =
                    single || one.share.isOnce()
                            ? one.nanos > 0 || one.running > 0
                            : now >= endNanos;
            if (!over && one.notRun == null && one.findings < FINDINGS_MAX
                    && (chosen == null || due(one) < due(chosen))) {
                chosen = one;
            }
        }
        if (chosen == null) {
            return null;
        }
        chosen.running++;
        Running round = new Running(chosen.share, chosen.nextSeed++, Thread.currentThread(), now);
        running.add(round);
        return round;
    }

    /// Least is next. What runs now counts as if it had run for a second.
    private static double due(Progress one) {
        return one.share.isOnce()
                ? -1
                : (one.nanos + 1e9 * one.running) / one.share.weight();
    }

    private synchronized void ended(Running round, Tally tally, @Nullable Throwable thrown) {
        running.remove(round);
        Progress of = progress.get(round.share);
        of.running--;
        of.nanos += Math.max(1, System.nanoTime() - round.startedNanos);
        of.tally.addAll(tally);
        boolean isFirst = of.tally.of(Count.ROUNDS) == 0 && of.findings == 0;
        if (thrown instanceof TestAbortedException && isFirst) {
            of.notRun = thrown.getMessage();
            out.println(of.share.attack().name() + ": not run: " + of.notRun);
        } else if (thrown != null) {
            of.findings++;
            String kind =
                    thrown instanceof Violation violation
                            ? violation.kind().label()
                            : thrown.getClass().getSimpleName();
            found(new Finding(round.share.attack().name(), round.seed, kind,
                    String.valueOf(thrown.getMessage())));
            thrown.printStackTrace(out);
        }
    }

    /// Notes what was found.
    synchronized void found(Finding finding) {
        findings.add(finding);
        out.println(finding.sentence());
    }

    synchronized List<Finding> findings() {
        return List.copyOf(findings);
    }

    synchronized List<Progress> progress() {
        return List.copyOf(progress.values());
    }

    synchronized List<Running> running() {
        return List.copyOf(running);
    }

    synchronized Tally total() {
        Tally total = new Tally();
        progress.values().forEach(one -> total.addAll(one.tally));
        return total;
    }
}
