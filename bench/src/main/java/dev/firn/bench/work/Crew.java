package dev.firn.bench.work;

import dev.firn.bench.store.Contender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The threads of one measurement: those that are measured, and one that may work beside them. They
/// warm up together and begin together.
final class Crew {
    private final Contender store;
    private final List<Loop> measured = new ArrayList<>();
    private final CyclicBarrier barrier;
    private final @Nullable Loop beside;

    /// What happens between warming up and measuring.
    interface Pause {
        void run() throws IOException;
    }

    Crew(Contender store, Job.Factory factory, int threads, Loop.Limits limits,
            Job.@Nullable Factory besideFactory, double besideRate) {
        this.store = store;
        barrier = new CyclicBarrier(threads + (besideFactory == null ? 1 : 2));
        for (int i = 0; i < threads; i++) {
            measured.add(new Loop(store, factory, i,
                    new Loop.Limits(limits.warmupNanos(), share(limits.operations(), threads, i),
                            limits.nanos(), limits.rate()),
                    barrier));
        }
        beside = besideFactory == null
                ? null
                : new Loop(store, besideFactory, threads,
                        new Loop.Limits(limits.warmupNanos(), Long.MAX_VALUE, Long.MAX_VALUE,
                                besideRate),
                        barrier);
    }

    private static long share(long operations, int threads, int index) {
        return operations == Long.MAX_VALUE
                ? operations
                : operations / threads + (index < operations % threads ? 1 : 0);
    }

    /// Runs it to its end.
    void run(Pause pause) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (Loop loop : measured) {
            threads.add(Thread.ofPlatform().name("measured").start(loop));
        }
        Thread besideThread = beside == null
                ? null
                : Thread.ofPlatform().name("beside").start(beside);
        try {
            barrier.await();
            pause.run();
            barrier.await();
        } catch (BrokenBarrierException e) {
            // The thread that failed says why below.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (IOException | RuntimeException e) {
            barrier.reset();
            throw e;
        } finally {
            threads.forEach(Crew::join);
            if (beside != null && besideThread != null) {
                beside.stop();
                join(besideThread);
            }
        }
        measured.forEach(Loop::throwFailure);
        if (beside != null) {
            beside.throwFailure();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    long operations() {
        return measured.stream().mapToLong(Loop::operations).sum();
    }

    double seconds() {
        return measured.stream().mapToLong(Loop::nanos).max().orElseThrow() / 1e9;
    }

    long cpuNanos() {
        return measured.stream().mapToLong(Loop::cpuNanos).sum();
    }

    long allocated() {
        return measured.stream().mapToLong(Loop::allocated).sum();
    }

    long userBytes() {
        return measured.stream().mapToLong(Loop::userBytes).sum()
                + (beside == null ? 0 : beside.userBytes());
    }

    int latencyOf() {
        return measured.getFirst().latencyOf();
    }

    Measured.Latency latency() {
        Histogram all = new Histogram(measured.getFirst().latencies());
        measured.forEach(loop -> all.add(loop.latencies()));
        return latency(all);
    }

    Measured.@Nullable Beside beside() {
        return beside == null
                ? null
                : new Measured.Beside(beside.operations() / (beside.nanos() / 1e9),
                        latency(beside.latencies()));
    }

    static Measured.Latency latency(Histogram histogram) {
        return new Measured.Latency(histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99), histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99), histogram.getMaxValue());
    }

    Contender store() {
        return store;
    }
}
