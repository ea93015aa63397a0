package dev.firn.engine.life;

import dev.firn.prove.Attack;
import dev.firn.prove.Tally;

/// Random lives of whole stores beside sorted maps, every second one with crashes.
public final class ModelAttack implements Attack {
    private static final int STEPS = 5_000;

    @Override
    public String name() {
        return "random model";
    }

    @Override
    public void round(long seed, Tally tally) {
        Failing.run(
                name(), RandomSteps.life(seed, STEPS, seed % 2 == 0), tally,
                (script, counts) -> Life.run(script, counts, (_, _, _) -> {}));
    }
}
