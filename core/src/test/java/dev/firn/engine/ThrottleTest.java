package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.Statistics.Stall;
import dev.firn.storage.SimulatedStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Writers that are faster than the background are slowed down smoothly: shown in virtual time,
/// where a put costs a microsecond and the background handles 8,192 entries in 20 milliseconds.
class ThrottleTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long STEP_NANOS = 20_000_000L;
    private static final long PUT_NANOS = 1_000;
    private static final int PUTS = 900_000;

    /// The first seconds go to the room that an empty store has.
    private static final int WARM_UP = 2;

    @ParameterizedTest
    @EnumSource(CompactionShape.class)
    void writersAreSlowedDownSmoothly(CompactionShape shape) throws Exception {
        VirtualTimeScheduler time = new VirtualTimeScheduler(STEP_NANOS);
        KeyspaceOptions options = KeyspaceOptions.defaults().withShape(shape)
                .withTableBytes(1 << 20);
        List<Long> perSecond = new ArrayList<>();
        long longest = 0;
        List<Stall> stalls;
        try (Store store =
                Store.open(
                        Path.of("throttled"),
                        new SimulatedStorage(),
                        Options.defaults().withMemtableBytes(1 << 20)
                                .withKeyspaceDefaults(options),
                        SharedResources.on(time, 24L << 20, 1),
                        true,
                        3)) {
            Keyspace space = store.keyspace();
            Random random = new Random(11);
            byte[] value = random(1, 100);
            long second = time.nanoTime();
            long puts = 0;
            for (int i = 0; i < PUTS; i++) {
                long before = time.nanoTime();
                space.put(number(random.nextLong()), value);
                time.pause(PUT_NANOS);
                long now = time.nanoTime();
                longest = Math.max(longest, now - before);
                puts++;
                if (now - second >= SECOND) {
                    perSecond.add(puts * SECOND / (now - second));
                    second = now;
                    puts = 0;
                }
            }
            stalls = store.statistics().stalls();
        }
        System.out.println(shape + ": puts per second " + perSecond + ", longest put "
                + longest / 1_000 + " us");
        assertThat(longest).as("longest put, ns").isLessThan(100_000_000L);
        List<Long> settled = perSecond.subList(WARM_UP, perSecond.size());
        assertThat(settled).hasSizeGreaterThan(5);
        double average = stream(settled).average().orElseThrow();
        assertThat(stream(settled).min().orElseThrow()).as("slowest of %s", settled)
                .isGreaterThan((long) (average / 3));
        assertThat(stream(settled).max().orElseThrow()).as("fastest of %s", settled)
                .isLessThan((long) (average * 3));
        assertThat(stalls).isNotEmpty();
        assertThat(stalls).allMatch(
                stall -> stall.reason().contains("bound") || stall.reason().contains("memtables"));
    }

    private static Store open(VirtualTimeScheduler time) {
        return Store.open(
                Path.of("free"), new SimulatedStorage(),
                Options.defaults().withMemtableBytes(1 << 20),
                SharedResources.on(time, 24L << 20, 2), true, 3);
    }

    private static void write(Keyspace space, VirtualTimeScheduler time, int puts, int bytes) {
        Random random = new Random(5);
        for (int i = 0; i < puts; i++) {
            space.put(number(random.nextLong()), random(i, bytes));
            time.pause(PUT_NANOS);
        }
    }

    private static boolean isHeldUpByRuns(Store store) {
        return store.statistics().stalls().stream().anyMatch(s -> s.reason().contains("bound"));
    }

    /// Runs that nobody merges slow writes when they come near their bound, and not before.
    @Test
    void aPausedCompactionLeavesTheRoomThereIs() {
        VirtualTimeScheduler time = new VirtualTimeScheduler(STEP_NANOS);
        try (Store store = open(time)) {
            store.pauseCompaction();
            write(store.keyspace(), time, 2_000, 1_000);
            assertThat(isHeldUpByRuns(store)).isFalse();
            write(store.keyspace(), time, 18_000, 1_000);
            assertThat(isHeldUpByRuns(store)).isTrue();
            store.resumeCompaction();
            assertThat(store.awaitIdle(Duration.ofMinutes(5))).isTrue();
        }
    }

    /// What lies in another keyspace, or did, is no reason to wait.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anIdleKeyspaceHoldsNobodyUp(boolean dropped) {
        VirtualTimeScheduler time = new VirtualTimeScheduler(STEP_NANOS);
        try (Store store = open(time)) {
            Keyspace idle = store.keyspace("idle");
            for (int i = 0; i < 4; i++) {
                write(idle, time, 100, 100);
                idle.flush();
            }
            if (dropped) {
                store.dropKeyspace("idle");
            }
            write(store.keyspace(), time, 2_000, 1_000);
            assertThat(isHeldUpByRuns(store)).isFalse();
        }
    }

    /// A megabyte pays for a megabyte.
    @Test
    void largeValuesAreSlowedDownAsWell() {
        VirtualTimeScheduler time = new VirtualTimeScheduler(STEP_NANOS);
        try (Store store = open(time)) {
            store.pauseCompaction();
            long started = time.nanoTime();
            write(store.keyspace(), time, 40, 1_000_000);
            // Most of them come after the bound, at 80 milliseconds each.
            assertThat(time.nanoTime() - started).isGreaterThan(1_500_000_000L);
        }
    }

    private static LongStream stream(List<Long> values) {
        return values.stream().mapToLong(Long::longValue);
    }
}
