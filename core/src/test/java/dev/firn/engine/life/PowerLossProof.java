package dev.firn.engine.life;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/// The attacks with simulated power loss, short and without making failures shorter: whoever leaves
/// out a force has to be noticed in seconds.
class PowerLossProof {
    private static final long STATES = 8_000;

    @Test
    void noPrefixIsTornAndNothingDurableLost() {
        Tally tally = new Tally();
        forSeeds(tally, seed -> PowerLossAttack.script(seed, 60), PowerLossAttack::run);
    }

    private static void forSeeds(Tally tally, LongFunction<Script> scripts, Failing.Run run) {
        for (long seed = 1; tally.of(Count.STATES) < STATES; seed++) {
            Violation failure = Failing.failure(scripts.apply(seed), tally, run);
            if (failure != null) {
                throw new Violation(
                        failure.kind(),
                        "seed " + seed + ", after " + tally.of(Count.STATES) + " states: "
                                + failure.getMessage(),
                        failure);
            }
        }
    }
}
