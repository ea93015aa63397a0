package dev.firn.engine.life;

import dev.firn.prove.Attack;
import dev.firn.prove.Tally;
import java.util.function.Consumer;

/// Crashes before the n-th operation on files, for every n of a script, also during the recovery
/// from each: so many rounds with seeds in a row, the first of them 1, make one script complete.
public final class EveryCrashAttack implements Attack {
    static final int ROUNDS = 16;
    private static final int STEPS = 200;

    private final Consumer<EveryCrash> ended;

    /// Tells nobody which operations were crashed.
    public EveryCrashAttack() {
        this(_ -> {});
    }

    /// @param ended is told of each round that found nothing
    EveryCrashAttack(Consumer<EveryCrash> ended) {
        this.ended = ended;
    }

    @Override
    public String name() {
        return "crash at every operation";
    }

    @Override
    public void round(long seed, Tally tally) {
        long which = Math.floorMod(seed - 1, (long) ROUNDS);
        Script script = RandomSteps.gentle(Math.floorDiv(seed - 1, ROUNDS), STEPS);
        Failing.run(name(), script, tally, (s, counts) -> {
            EveryCrash crashes = new EveryCrash(s, counts, ROUNDS, which);
            Life.run(s, counts, crashes);
            ended.accept(crashes);
        });
    }
}
