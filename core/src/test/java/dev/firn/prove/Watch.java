package dev.firn.prove;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Tells once a minute how far rounds are, and when one of them does not end.
final class Watch implements AutoCloseable {
    private static final Duration ROUND_MAX = Duration.ofMinutes(15);

    private final Rounds rounds;
    private final long started = System.nanoTime();
    private final Set<Rounds.Running> told = new HashSet<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

    Watch(Rounds rounds) {
        this.rounds = rounds;
        timer.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.MINUTES);
    }

    /// Prints a line.
    void tell() {
        long now = System.nanoTime();
        System.out.println(
                Duration.ofNanos(now - started).truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        + ": " + rounds.total() + ", violations " + rounds.findings().size());
        for (Rounds.Running round : rounds.running()) {
            if (now - round.startedNanos() > ROUND_MAX.toNanos() && told.add(round)) {
                hangs(round);
            }
        }
    }

    private void hangs(Rounds.Running round) {
        rounds.found(
                new Rounds.Finding(round.share().attack().name(), round.seed(), "hang",
                        "a round has not ended for " + ROUND_MAX));
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces()
                .entrySet()) {
            System.out.println(thread.getKey());
            for (StackTraceElement element : thread.getValue()) {
                System.out.println("    " + element);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
