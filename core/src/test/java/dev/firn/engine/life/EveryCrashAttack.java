package dev.firn.engine.life;

import dev.firn.prove.Attack;
import dev.firn.prove.Tally;

/// Crashes before the n-th operation on files, for every n of a script, also during the recovery
/// from each: so many rounds with seeds in a row make one script complete.
public final class EveryCrashAttack implements Attack {
    static final int ROUNDS = 16;
    private static final int STEPS = 200;

    @Override
    public String name() {
        return "crash at every operation";
    }

    @Override
    public void round(long seed, Tally tally) {
        long which = Math.floorMod(seed, (long) ROUNDS);
        Script script = RandomSteps.gentle(Math.floorDiv(seed, ROUNDS), STEPS);
        Failing.run(name(), script,
                s -> Life.run(s, tally, new EveryCrash(s, tally, ROUNDS, which)));
    }
}
