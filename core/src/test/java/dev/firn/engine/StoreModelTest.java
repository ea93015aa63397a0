package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Random lives of a store beside a model. `-Dfirn.seed=N` runs one, `-Dfirn.seeds=N` that many.
class StoreModelTest {
    private static final int OPERATIONS = 2_000;

    @Test
    void behavesLikeSortedMaps() {
        forEachSeed(seed -> new ModelRun(seed, false).run(OPERATIONS));
    }

    @Test
    void keepsAPrefixOfTheCommitsInEveryCrash() {
        int[] crashes = new int[1];
        forEachSeed(seed -> crashes[0] += new ModelRun(seed, true).run(OPERATIONS).crashed);
        assertThat(crashes[0]).isPositive();
    }

    private interface Life {
        void run(long seed);
    }

    private static void forEachSeed(Life life) {
        Long only = Long.getLong("firn.seed");
        if (only != null) {
            life.run(only);
            return;
        }
        int seeds = Integer.getInteger("firn.seeds", 150);
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                life.run(seed);
            } catch (Throwable t) {
                throw new AssertionError(
                        "seed "
                                + seed
                                + "; replay: mvn test -pl core -Dtest=StoreModelTest -Dfirn.seed="
                                + seed,
                        t);
            }
        }
    }
}
