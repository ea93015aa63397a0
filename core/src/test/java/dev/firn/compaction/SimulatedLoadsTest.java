package dev.firn.compaction;

import static dev.firn.CompactionShape.HYBRID;
import static dev.firn.CompactionShape.LEVELED;
import static dev.firn.CompactionShape.TIERED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.KeyspaceOptions;
import dev.firn.compaction.CompactionSimulator.Setup;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The bounds that the shapes promise, under simulated loads. What is asserted of the hybrid shape
/// stands in docs/decisions/0007-compaction-shapes.md with the table that is printed here.
class SimulatedLoadsTest {
    private static final Setup SETUP = Setup.DEFAULT;
    private static final long GIGABYTE_KEYS = (1L << 30) / SETUP.entryBytes();
    private static final StringBuilder TABLE = new StringBuilder(CompactionSimulator.header());

    @AfterAll
    static void print() {
        System.out.println(TABLE);
    }

    private static CompactionSimulator sim(CompactionShape shape, Setup setup) {
        return new CompactionSimulator(
                CompactionPolicy.of(KeyspaceOptions.defaults().withShape(shape)), setup);
    }

    /// Spreads numbers over the keys, each to another.
    private static long scatter(long i) {
        long x = i * 0x9E3779B97F4A7C15L;
        x ^= x >>> 32;
        return x * 0xD6E8FEB86659FD93L >>> 1;
    }

    private static void report(CompactionSimulator sim, String name) {
        TABLE.append('\n').append(sim.line(name));
        if (Boolean.getBoolean("firn.log")) {
            System.out.println(name + "\n" + sim.log());
        }
        sim.check();
    }

    /// 10 million entries of 116 bytes, and a fifth more that memtables have them flushed earlier.
    private static CompactionSimulator bulk(CompactionShape shape, Setup setup, String name) {
        CompactionSimulator sim = sim(shape, setup);
        long n = 1_160_000_000L * 6 / 5 / setup.entryBytes();
        for (long i = 0; i < n; i++) {
            sim.put(scatter(i));
        }
        sim.settle(true);
        report(sim, shape + ": load, random, " + name);
        assertThat(sim.runs()).isEqualTo(1);
        return sim;
    }

    private static CompactionSimulator overwrite(
            CompactionShape shape, Setup setup, String name, Consumer<CompactionSimulator> load) {
        CompactionSimulator sim = sim(shape, setup);
        for (long i = 0; i < GIGABYTE_KEYS; i++) {
            sim.put(scatter(i));
        }
        sim.settle(true);
        sim.startMeasuring();
        load.accept(sim);
        report(sim, shape + ": " + name);
        return sim;
    }

    private static void uniform(CompactionSimulator sim) {
        Random random = new Random(1);
        for (long i = 0; i < 6 * GIGABYTE_KEYS; i++) {
            sim.put(scatter(random.nextInt((int) GIGABYTE_KEYS)));
        }
    }

    /// Every key once, in another order each time: no key twice among neighbours.
    private static void rounds(CompactionSimulator sim) {
        for (long round = 1; round <= 5; round++) {
            for (long i = 0; i < GIGABYTE_KEYS; i++) {
                sim.put(scatter((i * 7919 * round) % GIGABYTE_KEYS));
            }
        }
    }

    private static void skewed(CompactionSimulator sim) {
        Random random = new Random(1);
        for (long i = 0; i < 6 * GIGABYTE_KEYS; i++) {
            double u = random.nextDouble();
            sim.put(scatter((long) (u * u * u * u * GIGABYTE_KEYS)));
        }
    }

    private static void replaced(CompactionSimulator sim) {
        for (long i = 0; i < 4 * GIGABYTE_KEYS; i++) {
            sim.delete(scatter(i));
            sim.put(scatter(i + GIGABYTE_KEYS));
        }
    }

    @Test
    void aSortedLoadIsMovedNotMerged() {
        for (CompactionShape shape : CompactionShape.values()) {
            CompactionSimulator sim = sim(shape, SETUP);
            for (long i = 0; i < 2 * GIGABYTE_KEYS; i++) {
                sim.put(i);
            }
            sim.settle(true);
            report(sim, shape + ": load, sorted");
            assertThat(sim.writeAmplification()).isEqualTo(1);
            assertThat(sim.runs()).isEqualTo(1);
            assertThat(sim.moves()).isPositive();
        }
    }

    @Test
    void aRandomLoadIsRewrittenSeldom() {
        CompactionSimulator read = bulk(HYBRID, SETUP, "with readers");
        assertThat(read.writeAmplification()).isLessThan(3.8);
        assertThat(read.runsMax()).isLessThanOrEqualTo(HybridPolicy.RUNS_MAX);
        CompactionSimulator unread = bulk(HYBRID, SETUP.unread(), "without");
        assertThat(unread.writeAmplification()).isLessThan(3);
        assertThat(unread.runsMax()).isLessThanOrEqualTo(HybridPolicy.RUNS_MAX_UNREAD);
        bulk(HYBRID, SETUP.unlearned(), "nothing sampled");
    }

    @Test
    void overwritingKeepsRunsAndSpaceInBounds() {
        for (CompactionSimulator sim : new CompactionSimulator[]{
            overwrite(HYBRID, SETUP, "overwrite, uniform", SimulatedLoadsTest::uniform),
            overwrite(HYBRID, SETUP, "overwrite, in rounds", SimulatedLoadsTest::rounds),
            overwrite(HYBRID, SETUP, "overwrite, skewed", SimulatedLoadsTest::skewed),
            overwrite(
                    HYBRID, SETUP.writing(5 << 20), "overwrite, 5 MiB/s",
                    SimulatedLoadsTest::uniform)
        }) {
            assertThat(sim.runsMax()).isLessThanOrEqualTo(HybridPolicy.RUNS_MAX);
            assertThat(sim.spaceMax()).isLessThanOrEqualTo(1.3);
            assertThat(sim.writeAmplification()).isLessThan(7);
            assertThat(sim.scratchMax()).isLessThanOrEqualTo(300 << 20);
            assertSettles(sim);
        }
    }

    @Test
    void deletedEntriesGo() {
        CompactionSimulator sim =
                overwrite(HYBRID, SETUP, "delete and insert", SimulatedLoadsTest::replaced);
        assertThat(sim.runsMax()).isLessThanOrEqualTo(HybridPolicy.RUNS_MAX);
        assertSettles(sim);
    }

    private static void assertSettles(CompactionSimulator sim) {
        sim.settle(true);
        assertThat(sim.runs()).isEqualTo(1);
        assertThat(sim.space()).isEqualTo(1);
    }

    @Test
    @Tag("long")
    void theOtherShapesForComparison() {
        for (CompactionShape shape : new CompactionShape[]{LEVELED, TIERED}) {
            bulk(shape, SETUP, "with readers");
            assertSettles(
                    overwrite(shape, SETUP, "overwrite, uniform", SimulatedLoadsTest::uniform));
            assertSettles(
                    overwrite(shape, SETUP, "overwrite, in rounds", SimulatedLoadsTest::rounds));
            assertSettles(overwrite(shape, SETUP, "overwrite, skewed", SimulatedLoadsTest::skewed));
            assertSettles(
                    overwrite(
                            shape, SETUP.writing(5 << 20), "overwrite, 5 MiB/s",
                            SimulatedLoadsTest::uniform));
            assertSettles(
                    overwrite(shape, SETUP, "delete and insert", SimulatedLoadsTest::replaced));
        }
    }

    @Test
    void aGrowingStoreIsRewrittenSeldom() {
        CompactionSimulator sim =
                overwrite(
                        HYBRID,
                        SETUP,
                        "grow from 1 to 6 GB",
                        s -> {
                            for (long i = GIGABYTE_KEYS; i < 6 * GIGABYTE_KEYS; i++) {
                                s.put(scatter(i));
                            }
                        });
        assertThat(sim.runsMax()).isLessThanOrEqualTo(HybridPolicy.RUNS_MAX);
        assertThat(sim.writeAmplification()).isLessThan(6);
        assertSettles(sim);
    }
}
