package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Many threads that append under a lock and sync without it.
class GroupSyncTest {
    private static final long DEADLINE_SECONDS = Long.getLong("firn.deadline", 60);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("writer-", 0).factory());

    @AfterEach
    void noThreadHangs() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /// Returns how many records were acknowledged before they were durable.
    private long forces;

    private int run(WatermarkStorage storage, int writers, int each, Thread[] interruptible)
            throws Exception {
        TestLog test = TestLog.create(storage, new LogOptions(4096, 16384, 2));
        ReentrantLock appendLock = new ReentrantLock();
        AtomicInteger early = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            all.add(threads.submit(() -> {
                interruptible[writer] = Thread.currentThread();
                Random random = new Random(writer);
                for (int i = 0; i < each; i++) {
                    byte[] record = TestLog.record(random, i, random.nextInt(8, 300));
                    long[] required;
                    long lsn;
                    appendLock.lock();
                    try {
                        lsn = test.append(record);
                        // Everything in this segment and in those before.
                        required = test.opened.stream().mapToLong(
                                n -> storage.written.get(RecordFormat.logName(n)).get()).toArray();
                    } finally {
                        appendLock.unlock();
                    }
                    test.log.sync(lsn);
                    for (int n = 0; n < required.length; n++) {
                        if (storage.durableBytes(RecordFormat.logName(n + 1)) < required[n]) {
                            early.incrementAndGet();
                        }
                    }
                }
                return null;
            }));
        }
        for (Future<?> future : all) {
            future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(test.log.syncedUpTo()).isEqualTo(test.log.end());
        List<Long> left = test.opened.subList(0, test.opened.size() - 1);
        assertThat(test.rotated.keySet()).containsExactlyInAnyOrderElementsOf(left);
        forces = test.log.statistics().forces();
        test.log.abandon();
        assertThat(TestLog.replay(storage, test.rotated).records()).hasSize(writers * each);
        return early.get();
    }

    @Test
    void whatIsAcknowledgedIsDurable() throws Exception {
        WatermarkStorage storage = new WatermarkStorage(() -> LockSupport.parkNanos(20_000), false);
        assertThat(run(storage, 8, 250, new Thread[8])).isZero();
        assertThat(forces).as("forces for 2,000 writes").isLessThan(2_000);
    }

    @Test
    void anAcknowledgementBeforeTheForceIsNoticed() throws Exception {
        WatermarkStorage storage = new WatermarkStorage(() -> LockSupport.parkNanos(20_000), true);
        assertThat(run(storage, 4, 50, new Thread[4])).isPositive();
    }

    @Test
    void anInterruptStormChangesNothing() throws Exception {
        WatermarkStorage storage = new WatermarkStorage(() -> LockSupport.parkNanos(20_000), false);
        Thread[] writers = new Thread[8];
        AtomicBoolean done = new AtomicBoolean();
        Future<?> storm = threads.submit(() -> {
            Random random = new Random(1);
            while (!done.get()) {
                Thread victim = writers[random.nextInt(writers.length)];
                if (victim != null) {
                    victim.interrupt();
                }
                Thread.yield();
            }
        });
        try {
            assertThat(run(storage, 8, 100, writers)).isZero();
        } finally {
            done.set(true);
            storm.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /// A disk whose force waits until it is let go, and then may fail.
    private static final class Gate implements WatermarkStorage.Disk {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);
        volatile boolean armed;
        volatile IOException failure;

        @Override
        public void force() throws IOException {
            if (!armed) {
                return;
            }
            entered.countDown();
            boolean interrupted = false;
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private Future<Object> sync(TestLog test, long lsn, AtomicInteger waiting) {
        return threads.submit((Callable<Object>) () -> {
            waiting.incrementAndGet();
            try {
                test.log.sync(lsn);
                return Thread.currentThread().isInterrupted();
            } catch (LogFailedException e) {
                return e;
            }
        });
    }

    private static void await(AtomicInteger count, int expected) {
        while (count.get() < expected) {
            Thread.onSpinWait();
        }
        // Long enough to park in most runs; a run in which it was not is a good run as well.
        LockSupport.parkNanos(20_000_000);
    }

    @Test
    void aFailedForceFailsAllThatWaitWithOneExceptionAndIsNotRetried() throws Exception {
        Gate gate = new Gate();
        WatermarkStorage storage = new WatermarkStorage(gate, false);
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        gate.armed = true;
        gate.failure = new IOException("the disk is gone");
        long forces = storage.forces.get();
        AtomicInteger waiting = new AtomicInteger();
        List<Future<Object>> all = new ArrayList<>();
        all.add(sync(test, test.append(new byte[8]), waiting));
        gate.entered.await();
        for (int i = 0; i < 7; i++) {
            all.add(sync(test, test.append(new byte[8]), waiting));
        }
        await(waiting, 8);
        gate.released.countDown();
        for (Future<Object> future : all) {
            assertThat(future.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isSameAs(test.log.failure()).isNotNull();
        }
        assertThat(test.log.failure()).hasCause(gate.failure);
        assertThatThrownBy(() -> test.append(new byte[8])).isSameAs(test.log.failure());
        assertThat(storage.forces.get()).isEqualTo(forces + 1);
        test.log.abandon();
    }

    @Test
    void aWaitingThreadKeepsItsInterrupt() throws Exception {
        Gate gate = new Gate();
        TestLog test = TestLog.create(new WatermarkStorage(gate, false), TestLog.SMALL);
        gate.armed = true;
        AtomicInteger waiting = new AtomicInteger();
        Future<Object> leader = sync(test, test.append(new byte[8]), waiting);
        gate.entered.await();
        long lsn = test.append(new byte[8]);
        Thread[] follower = new Thread[1];
        Future<Object> following = threads.submit((Callable<Object>) () -> {
            follower[0] = Thread.currentThread();
            waiting.incrementAndGet();
            test.log.sync(lsn);
            return Thread.currentThread().isInterrupted();
        });
        await(waiting, 2);
        follower[0].interrupt();
        LockSupport.parkNanos(5_000_000);
        assertThat(following.isDone()).isFalse();
        gate.released.countDown();
        assertThat(following.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(true);
        assertThat(leader.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(false);
        test.log.abandon();
    }

    @Test
    void abandoningWaitsForTheForceAndReleasesTheRest() throws Exception {
        Gate gate = new Gate();
        TestLog test = TestLog.create(new WatermarkStorage(gate, false), TestLog.SMALL);
        gate.armed = true;
        AtomicInteger waiting = new AtomicInteger();
        Future<Object> leader = sync(test, test.append(new byte[8]), waiting);
        gate.entered.await();
        Future<Object> follower = sync(test, test.append(new byte[8]), waiting);
        await(waiting, 2);
        Future<Object> closing = threads.submit((Callable<Object>) () -> {
            waiting.incrementAndGet();
            test.log.abandon();
            return null;
        });
        await(waiting, 3);
        assertThat(closing.isDone()).isFalse();
        gate.released.countDown();
        closing.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        leader.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        try {
            // Served if it led before the end, else told that it is closed.
            follower.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
        }
    }
}
