package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Processes are killed at the n-th of some system call on the files of their store, several one after the other on one
/// directory. Only those count that died of it.
public final class CallKills implements Attack {
    private static final int LIVES = 4;
    private static final int STEPS = 400;

    private static final List<String> CALLS = List.of("pwrite64", "fdatasync", "fsync", "rename",
            "unlink", "openat", "ftruncate");

    private final Engines engines = new Engines();
    private final @Nullable String only;

    /// Of the engine as it is.
    public CallKills() {
        only = null;
    }

    /// Of one engine, on this class path.
    CallKills(String only) {
        this.only = only;
    }

    @Override
    public String name() {
        return "process kills at system calls";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Machine.needs("strace");
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(new Workload(seed, Workload.Kind.MIXED));
        Life.Start usual = Life.Start
                .of(random.nextBoolean() ? FileAccess.MAPPED : FileAccess.POSITIONED)
                .with(only != null ? only : engines.any(random)).making(STEPS);
        try (Scratch scratch = Scratch.create("firn-callkills-")) {
            Path store = scratch.path().resolve("store");
            for (int i = 0; i < LIVES; i++) {
                String call = CALLS.get(random.nextInt(CALLS.size()));
                // Few threads make many of these calls.
                int nth = 1 + random.nextInt(1 + random.nextInt(isRare(call) ? 6 : 40));
                Look look = random.nextBoolean() ? Look.RECOVER : Look.READ_ONLY;
                try {
                    live(store, history, usual.under(Trace.kill(store, call, nth)), look, tally);
                } catch (Violation e) {
                    throw new Violation(e.kind(),
                            "killed at " + call + " " + nth + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private static boolean isRare(String call) {
        return call.equals("unlink") || call.equals("rename") || call.equals("ftruncate");
    }

    private static void live(Path store, History history, Life.Start start, Look look,
            Tally tally) throws Exception {
        try (Life life = Life.start(store, history, start)) {
            life.awaitEnd(0);
            // Nobody else kills it; and when its call has not come, it has closed the store.
            if (!life.isDone()) {
                life.mustHaveBeenKilled();
                tally.add(Count.KILLS, 1);
            }
            life.mustBeSound();
            history.check(store, life.acknowledged(), End.PROCESS_DIED, look, tally);
        }
    }
}
