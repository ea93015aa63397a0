package dev.firn.bench.work;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What this process uses, as the system counts it: processor time, bytes written (`write_bytes` of
/// `/proc/self/io`: pages that became dirty, through whatever door), resident memory, looked at
/// every 20 ms. On systems without `/proc` it is zero.
final class ProcessFigures implements AutoCloseable {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path IO = Path.of("/proc/self/io");
    private static final long INTERVAL_MILLIS = 20;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
            .getOperatingSystemMXBean();
    private final ScheduledExecutorService sampler =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("figures").factory());
    private long anonymousPeak;
    private long residentPeak;
    private long written;
    private long cpuNanos;

    ProcessFigures() {
        begin();
        var _ = sampler.scheduleWithFixedDelay(this::sample, INTERVAL_MILLIS, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Counts from now on.
    synchronized void begin() {
        anonymousPeak = 0;
        residentPeak = 0;
        sample();
        written = value(IO, "write_bytes:");
        cpuNanos = system.getProcessCpuTime();
    }

    private synchronized void sample() {
        List<String> lines = lines(STATUS);
        anonymousPeak = Math.max(anonymousPeak, value(lines, "RssAnon:") << 10);
        residentPeak = Math.max(residentPeak, value(lines, "VmRSS:") << 10);
    }

    synchronized long anonymousPeak() {
        sample();
        return anonymousPeak;
    }

    synchronized long residentPeak() {
        sample();
        return residentPeak;
    }

    synchronized long written() {
        return value(IO, "write_bytes:") - written;
    }

    synchronized long cpuNanos() {
        return system.getProcessCpuTime() - cpuNanos;
    }

    private static long value(Path file, String name) {
        return value(lines(file), name);
    }

    private static long value(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
