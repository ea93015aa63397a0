package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Power is lost before every operation on the files of a whole store. `-Dfirn.seed=N` runs one
/// life.
@Tag("proof")
class CrashMomentsTest {
    private static final int LIVES = 4;
    private static final int OPERATIONS = 100;
    private static final int STATES = 2;

    @Test
    void everyCrashLeavesAPrefixWithAllThatWasDurable() throws Exception {
        Long only = Long.getLong("firn.seed");
        long looked = 0;
        for (long seed = 1; seed <= LIVES; seed++) {
            long used = only == null ? seed : only;
            try {
                looked += new CrashMoments(used, STATES).run(OPERATIONS);
            } catch (Throwable t) {
                throw new AssertionError("seed " + used + ": " + t.getMessage()
                        + "\nreplay: mvn test -pl core -Dtest=CrashMomentsTest -Dfirn.seed=" + used,
                        t);
            }
        }
        assertThat(looked).isGreaterThan(1_000);
    }
}
