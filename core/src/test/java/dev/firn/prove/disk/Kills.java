package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Processes that write, flush, compact, create and drop keyspaces, or recover, are killed, several one after the other
/// on one directory: at moments that come as they come, or at the n-th of some system call.
public final class Kills implements Attack {
    private static final int LIVES = 4;
    private static final List<String> CALLS = List.of("pwrite64", "fdatasync", "fsync", "rename",
            "unlink", "openat", "ftruncate");

    private final Engines engines = new Engines();

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
                .with(engines.any(random));
        try (Scratch scratch = Scratch.create("firn-kills-")) {
            Path store = scratch.path().resolve("store");
            for (int life = 0; life < LIVES; life++) {
                long steps = live(store, history, start(store, usual, random), random);
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

    private static Life.Start start(Path store, Life.Start usual, SplittableRandom random) {
        if (random.nextInt(4) == 0 && Machine.has("strace")) {
            String call = CALLS.get(random.nextInt(CALLS.size()));
            int nth = 1 + random.nextInt(call.equals("unlink") || call.equals("rename") ? 8 : 60);
            return usual.under(Trace.kill(store, call, nth));
        }
        return usual;
    }

    private static long live(Path store, History history, Life.Start start,
            SplittableRandom random) throws Exception {
        try (Life life = Life.start(store, history, start)) {
            life.awaitSteps(random.nextInt(1_500));
            life.run(random.nextInt(2_000));
            life.kill();
            life.mustBeSound();
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
            life.mustBeSound();
            more = life.acknowledged();
        }
        tally.add(Count.KILLS, 1);
        history.check(store, more, End.PROCESS_DIED, look(random), tally);
    }

    private static Look look(SplittableRandom random) {
        return random.nextBoolean() ? Look.RECOVER : Look.READ_ONLY;
    }
}
