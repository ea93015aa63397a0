package dev.firn.bench.work;

import com.sun.management.ThreadMXBean;
import dev.firn.bench.store.Contender;
import dev.firn.bench.store.Session;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One thread that does its job, first to warm up, then measured. The clock is read once for each
/// step; the end of one is the beginning of the next.
final class Loop implements Runnable {
    private static final long LATENCY_MAX = TimeUnit.MINUTES.toNanos(10);
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final ThreadMXBean THREADS =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Contender store;
    private final Job.Factory factory;
    private final int index;
    private final Limits limits;
    private final CyclicBarrier barrier;
    private final Histogram latencies = new Histogram(LATENCY_MAX, 3);
    private volatile boolean isStopped;
    private long operations;
    private long nanos;
    private long cpuNanos;
    private long allocated;
    private long userBytes;
    private int latencyOf = 1;
    private @Nullable Throwable failure;

    /// When a loop ends.
    ///
    /// @param warmupNanos how long it warms up
    /// @param operations how many operations it does at most
    /// @param nanos how long it takes at most
    /// @param rate operations per second, or infinity
    record Limits(long warmupNanos, long operations, long nanos, double rate) {}

    /// A loop that waits at the barrier twice: when it is warm, and before it begins.
    Loop(Contender store, Job.Factory factory, int index, Limits limits, CyclicBarrier barrier) {
        this.store = store;
        this.factory = factory;
        this.index = index;
        this.limits = limits;
        this.barrier = barrier;
    }

    @Override
    public void run() {
        try (Session session = store.session()) {
            Job job = factory.job(session, index, latencies);
            latencyOf = job.latencyOf();
            if (limits.warmupNanos > 0) {
                turn(job, Long.MAX_VALUE, limits.warmupNanos);
            }
            latencies.reset();
            operations = 0;
            barrier.await();
            barrier.await();
            long userBytesBefore = job.userBytes();
            long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            long cpuBefore = THREADS.getCurrentThreadCpuTime();
            long began = System.nanoTime();
            turn(job, limits.operations, limits.nanos);
            nanos = System.nanoTime() - began;
            cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuBefore;
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
            userBytes = job.userBytes() - userBytesBefore;
        } catch (BrokenBarrierException e) {
            failure = new IllegalStateException("another thread failed", e);
        } catch (InterruptedException | IOException | RuntimeException | Error e) {
            failure = e;
            barrier.reset();
        }
    }

    private void turn(Job job, long operationsMax, long nanosMax) throws IOException {
        boolean isTimed = latencyOf == 1;
        boolean isPaced = limits.rate < Double.POSITIVE_INFINITY;
        long done = 0;
        long before = System.nanoTime();
        long began = before;
        while (done < operationsMax && before - began < nanosMax && !isStopped) {
            done += job.step();
            long now = System.nanoTime();
            if (isTimed) {
                latencies.recordValue(Math.min(now - before, LATENCY_MAX));
            }
            before = isPaced ? keepPace(done, began, now) : now;
        }
        operations = done;
    }

    /// Waits while it is more than a moment ahead of its rate: in few, longer waits, which leave
    /// the processor to others.
    private long keepPace(long done, long began, long now) {
        long due = began + (long) (done / limits.rate * 1e9);
        if (due - now < PACE_NANOS) {
            return now;
        }
        long time = now;
        while (due - time > 0 && !isStopped) {
            LockSupport.parkNanos(due - time);
            time = System.nanoTime();
        }
        return time;
    }

    void stop() {
        isStopped = true;
    }

    void throwFailure() {
        if (failure != null) {
            throw new IllegalStateException(failure.toString(), failure);
        }
    }

    Histogram latencies() {
        return latencies;
    }

    int latencyOf() {
        return latencyOf;
    }

    long operations() {
        return operations;
    }

    long nanos() {
        return nanos;
    }

    long cpuNanos() {
        return cpuNanos;
    }

    long allocated() {
        return allocated;
    }

    long userBytes() {
        return userBytes;
    }
}
