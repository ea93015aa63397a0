package dev.firn.engine;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import java.util.Random;
import java.util.function.ObjLongConsumer;

/// An error is thrown in the midst of background work, not by the disk: at each place where it looks
/// at the clock, and where a task is submitted. It has to be told to the next write or by the statistics, nothing may wait for ever,
/// and the store has to go on, or to refuse writes and be well after reopening.
public final class BackgroundErrors implements Attack {
    /// So many rounds are all places of all scripts.
    public static final int ROUNDS = FaultScript.COUNT;

    private static final int RANDOM_RUNS = 50;

    @Override
    public String name() {
        return "errors in the background";
    }

    @Override
    public void round(long seed, Tally tally) {
        boolean isFixed = seed >= 1 && seed <= ROUNDS;
        FaultScript script = isFixed ? FaultScript.of((int) seed - 1) : FaultScript.random(seed);
        FaultRun healthy = new FaultRun(script.start(), seed, false, false);
        script.body().accept(healthy);
        long looks = healthy.clock().looks();
        long submissions = healthy.clock().submissions();
        healthy.close();
        Random random = new Random(seed);
        long runs = isFixed ? looks : Math.min(looks, RANDOM_RUNS);
        for (long n = 1; n <= runs; n++) {
            run(script, seed, FaultClock::failAt, isFixed ? n : 1 + random.nextLong(looks), tally);
        }
        long refusals = isFixed ? submissions : Math.min(submissions, RANDOM_RUNS);
        for (long n = 1; n <= refusals; n++) {
            run(script, seed, FaultClock::refuseAt,
                    isFixed ? n : 1 + random.nextLong(submissions), tally);
        }
    }

    private static void run(
            FaultScript script, long seed, ObjLongConsumer<FaultClock> fault, long n, Tally tally) {
        FaultRun run = new FaultRun(script.start(), seed, false, false);
        try {
            fault.accept(run.clock(), n);
            script.body().accept(run);
            run.end(true, n);
            tally.add(Count.FAULTS, 1);
            tally.add(Count.RECORDS_CHECKED, run.checked());
        } catch (Violation v) {
            throw new Violation(v.kind(), place(script, n) + v.getMessage(), v);
        } catch (RuntimeException | Error e) {
            throw new Violation(Violation.Kind.UNEXPECTED_ERROR, place(script, n) + e, e);
        }
    }

    private static String place(FaultScript script, long n) {
        return "script " + script.name() + ", place " + n + ": ";
    }
}
