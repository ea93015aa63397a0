package dev.firn.engine.life;

import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import org.junit.jupiter.api.Test;

/// Some random lives beside a model, short and without making failures shorter: whoever shows a
/// reader too much or too little has to be noticed in seconds.
class ModelProof {
    private static final int LIVES = 12;
    private static final int STEPS = 3_000;

    @Test
    void behavesLikeSortedMaps() {
        Tally tally = new Tally();
        for (long seed = 1; seed <= LIVES; seed++) {
            Script script = RandomSteps.life(seed, STEPS, seed % 2 == 0);
            Violation failure = Failing.failure(
                    script, tally, (s, counts) -> Life.run(s, counts, (_, _, _) -> {}));
            if (failure != null) {
                throw new Violation(
                        failure.kind(), "seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
    }
}
