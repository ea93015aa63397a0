package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Processes that write, flush, compact, create and drop keyspaces, or recover, are killed, several one after the other
/// on one directory, at moments that come as they come. See [CallKills] for others.
public final class Kills implements Attack {
    private static final int LIVES = 4;

    private final Engines engines = new Engines();
    private final @Nullable String only;

    /// Of the engine as it is.
    public Kills() {
        only = null;
    }

    /// Of one engine, on this class path.
    Kills(String only) {
        this.only = only;
    }

    @Override
    public String name() {
        return "process kills";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(new Workload(seed, Workload.Kind.MIXED));
        Life.Start usual = Life.Start
                .of(random.nextBoolean() ? FileAccess.MAPPED : FileAccess.POSITIONED)
                .with(only != null ? only : engines.any(random));
        try (Scratch scratch = Scratch.create("firn-kills-")) {
            Path store = scratch.path().resolve("store");
            for (int life = 0; life < LIVES; life++) {
                long steps = live(store, history, usual, random);
                tally.add(Count.KILLS, 1);
                // Killed again in the middle of the recovery, mostly.
                if (random.nextInt(3) == 0) {
                    recover(store, history, usual, random, steps, tally);
                } else {
                    history.check(store, steps, End.PROCESS_DIED, look(random), tally);
                }
            }
        }
    }

    private static long live(Path store, History history, Life.Start start,
            SplittableRandom random) throws Exception {
        try (Life life = Life.start(store, history, start)) {
            life.awaitSteps(random.nextInt(1_500));
            life.run(random.nextInt(2_000));
            life.kill();
            life.mustHaveBeenKilled();
            return life.acknowledged();
        }
    }

    private static void recover(Path store, History history, Life.Start start,
            SplittableRandom random, long steps, Tally tally) throws Exception {
        long more;
        // The check comes first, and changes nothing; then somebody begins to recover.
        history.check(store, steps, End.PROCESS_DIED, Look.READ_ONLY, tally);
        try (Life life = Life.start(store, history, start)) {
            life.awaitStarted(random.nextInt(200_000));
            life.kill();
            life.mustHaveBeenKilled();
            more = life.acknowledged();
        }
        tally.add(Count.KILLS, 1);
        history.check(store, more, End.PROCESS_DIED, look(random), tally);
    }

    private static Look look(SplittableRandom random) {
        return random.nextBoolean() ? Look.RECOVER : Look.READ_ONLY;
    }
}
