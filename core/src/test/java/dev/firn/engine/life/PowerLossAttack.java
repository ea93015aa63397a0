package dev.firn.engine.life;

import dev.firn.prove.Attack;
import dev.firn.prove.Tally;

/// Whole lives of stores on simulated storage, crashed at every sync point and at random other
/// operations on files; every state is opened and compared with the model.
public final class PowerLossAttack implements Attack {
    private static final int STEPS = 80;

    @Override
    public String name() {
        return "simulated power loss";
    }

    @Override
    public void round(long seed, Tally tally) {
        Failing.run(name(), script(seed, STEPS), tally, PowerLossAttack::run);
    }

    /// Every third life is an even one.
    static Script script(long seed, int steps) {
        return seed % 3 == 0 ? RandomSteps.even(seed, steps) : RandomSteps.restless(seed, steps);
    }

    static void run(Script script, Tally tally) {
        Life.run(script, tally, new CrashPoints(script, tally));
    }
}
