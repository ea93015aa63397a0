package dev.firn.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Watches the anonymous resident memory of this process (`RssAnon` of Linux): heap, native memory
/// and stacks, without mapped files.
final class ResidentMemory implements AutoCloseable {
    private static final Path STATUS = Path.of("/proc/self/status");

    private final ScheduledExecutorService sampler =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final ScheduledFuture<?> sampling;
    private volatile long peak;
    private long baseline;

    ResidentMemory() {
        sampling = sampler.scheduleAtFixedRate(this::sample, 0, 50, TimeUnit.MILLISECONDS);
    }

    private void sample() {
        peak = Math.max(peak, now());
    }

    /// Anonymous resident bytes now; 0 where the system does not tell.
    static long now() {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("RssAnon:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes the present figure as that of an empty store.
    void baseline() {
        baseline = now();
    }

    long baselineBytes() {
        return baseline;
    }

    long peakBytes() {
        sample();
        return peak;
    }

    @Override
    public void close() {
        sampling.cancel(false);
        sampler.shutdownNow();
    }
}
