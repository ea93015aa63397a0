package dev.firn.prove;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Tells once a minute how far rounds are, and when one of them does not end.
final class Watch implements AutoCloseable {
    /// Rounds take seconds; what is run once may be long.
    private static final Duration ROUND_MAX = Duration.ofMinutes(15);
    private static final Duration ONCE_MAX = Duration.ofMinutes(60);

    private final Rounds rounds;
    private final long started = System.nanoTime();
    private final Set<Rounds.Running> told = new HashSet<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

    Watch(Rounds rounds) {
        this.rounds = rounds;
        timer.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.MINUTES);
    }

    /// Whether all that still runs has run too long, so that nobody should wait for it.
    synchronized boolean allHang() {
        List<Rounds.Running> running = rounds.running();
        return !running.isEmpty() && told.containsAll(running);
    }

    /// Prints a line.
    synchronized void tell() {
        long now = System.nanoTime();
        System.out.println(
                Duration.ofNanos(now - started).truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        + ": " + rounds.total() + ", violations " + rounds.findings().size());
        for (Rounds.Running round : rounds.running()) {
            Duration most = round.share().isOnce() ? ONCE_MAX : ROUND_MAX;
            if (now - round.startedNanos() > most.toNanos() && told.add(round)) {
                hangs(round, most);
            }
        }
    }

    private void hangs(Rounds.Running round, Duration most) {
        rounds.found(
                new Rounds.Finding(round.share().attack().name(), round.seed(), "hang",
                        "a round has not ended for " + most));
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
