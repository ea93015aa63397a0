package dev.firn.engine.life;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The attacks with simulated power loss, short and without making failures shorter: whoever leaves
/// out a force has to be noticed in seconds.
class PowerLossProof {
    private static final long STATES = 8_000;
    private static final int MORE_LIVES = 12;

    @Test
    void noPrefixIsTornAndNothingDurableLost() {
        Tally tally = new Tally();
        forSeeds(tally, seed -> PowerLossAttack.script(seed, 60), PowerLossAttack::run);
    }

    /// A mistake shows in several ways, and the first one found is often only that a store is not
    /// opened: so when a life has failed, some more tell what else comes of it.
    private static void forSeeds(Tally tally, LongFunction<Script> scripts, Failing.Run run) {
        List<Violation> failures = new ArrayList<>();
        int more = MORE_LIVES;
        for (long seed = 1; more > 0 && tally.of(Count.STATES) < STATES; seed++) {
            Violation failure = Failing.failure(scripts.apply(seed), tally, run);
            if (failure != null) {
                failures.add(new Violation(
                        failure.kind(),
                        "seed " + seed + ", after " + tally.of(Count.STATES) + " states: "
                                + failure.getMessage(),
                        failure));
            }
            more -= failures.isEmpty() ? 0 : 1;
        }
        if (!failures.isEmpty()) {
            Violation first = failures.getFirst();
            throw new Violation(first.kind(), failures.stream().map(Throwable::getMessage)
                    .collect(Collectors.joining("\nalso: ")), first);
        }
    }
}
