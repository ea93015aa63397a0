package dev.firn.prove;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends the JVM, with the stacks of all threads, when a round of a test does not end: a loop cannot
/// be interrupted, and whoever kills the run from outside learns nothing.
final class Watchdog implements AutoCloseable {
    /// The exit code.
    private static final int HANGS = 86;

    /// A round takes seconds; the run as a whole may be stopped after a quarter of an hour.
    private static final Duration ROUND_MAX = Duration.ofMinutes(14);

    private final String attack;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private @Nullable ScheduledFuture<?> bite;

    Watchdog(String attack) {
        this.attack = attack;
        begins(0);
    }

    /// A round begins, and the one before has ended.
    void begins(long seed) {
        ScheduledFuture<?> before = bite;
        if (before != null) {
            before.cancel(false);
        }
        bite = timer.schedule(() -> bite(seed), ROUND_MAX.toSeconds(), TimeUnit.SECONDS);
    }

    private void bite(long seed) {
        StringBuilder text = new StringBuilder("hang: ").append(attack).append(", seed ")
                .append(seed).append(", has not ended for ").append(ROUND_MAX).append('\n');
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces()
                .entrySet()) {
            text.append(thread.getKey()).append('\n');
            for (StackTraceElement element : thread.getValue()) {
                text.append("    ").append(element).append('\n');
            }
        }
        System.err.println(text);
        System.err.flush();
        Runtime.getRuntime().halt(HANGS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
