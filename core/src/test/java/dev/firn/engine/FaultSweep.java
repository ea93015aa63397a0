package dev.firn.engine;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.FaultRule;
import dev.firn.storage.OperationKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Every operation of a script on the disk fails, once or from then on, in every way it can. What
/// was acknowledged stays, nothing is left open, and the errors are those of the documentation.
///
/// The first [#ROUNDS] seeds sweep the scripts of [FaultScript#of] completely, a part of a script
/// each. The others make up a script each and draw from its operations.
public final class FaultSweep implements Attack {
    private static final int PARTS = 6;
    private static final int RANDOM_RUNS = 150;

    /// So many rounds are all scripts.
    public static final int ROUNDS = FaultScript.COUNT * PARTS;

    /// A failure of the n-th operation of a kind.
    record Case(OperationKind kind, long n, FaultWay way, boolean sticky) {
        FaultRule rule() {
            return sticky
                    ? FaultRule.sticky(kind, n, way.fault())
                    : FaultRule.once(kind, n, way.fault());
        }

        @Override
        public String toString() {
            return kind + " " + n + (sticky ? " and later " : " ") + way;
        }
    }

    @Override
    public String name() {
        return "fault sweep";
    }

    @Override
    public void round(long seed, Tally tally) {
        boolean isFixed = seed >= 1 && seed <= ROUNDS;
        int number = (int) ((seed - 1) / PARTS);
        FaultScript script = isFixed ? FaultScript.of(number) : FaultScript.random(seed);
        long settings = isFixed ? number : seed;
        List<Case> cases = cases(script, settings);
        if (isFixed) {
            for (int i = (int) ((seed - 1) % PARTS); i < cases.size(); i += PARTS) {
                run(script, settings, cases.get(i), tally);
            }
        } else {
            Random random = new Random(seed);
            for (int i = 0; i < RANDOM_RUNS; i++) {
                run(script, settings, cases.get(random.nextInt(cases.size())), tally);
            }
        }
    }

    /// All failures that a script can meet.
    static List<Case> cases(FaultScript script, long settings) {
        FaultRun healthy = new FaultRun(script.start(), settings, false, false);
        script.body().accept(healthy);
        Map<OperationKind, Long> counts = new EnumMap<>(OperationKind.class);
        healthy.close();
        for (OperationKind kind : script.kinds()) {
            counts.put(kind, healthy.storage.count(kind));
        }
        List<Case> cases = new ArrayList<>();
        counts.forEach((kind, count) -> {
            for (long n = 1; n <= count; n++) {
                for (FaultWay way : FaultWay.of(kind)) {
                    cases.add(new Case(kind, n, way, false));
                    cases.add(new Case(kind, n, way, true));
                }
            }
        });
        return cases;
    }

    /// One life with one failure.
    static void run(FaultScript script, long settings, Case met, Tally tally) {
        FaultRun run = new FaultRun(script.start(), settings, met.way.failsReads(met.kind),
                met.way.isDiskFull());
        run.storage.add(met.rule());
        try {
            script.body().accept(run);
            if (run.storage.fired() == 0) {
                // It is among those of the last close.
                run.close();
            }
            if (run.storage.fired() == 0) {
                throw new IllegalStateException("nothing has failed");
            }
            tally.add(Count.FAULTS, 1);
            run.end(met.way.mustBeTold(met.kind), met.n + met.way.ordinal());
            tally.add(Count.RECORDS_CHECKED, run.checked());
        } catch (Violation v) {
            throw new Violation(v.kind(), place(script, settings, met) + v.getMessage(), v);
        } catch (RuntimeException | Error e) {
            throw new Violation(Violation.Kind.UNEXPECTED_ERROR,
                    place(script, settings, met) + e, e);
        }
    }

    private static String place(FaultScript script, long settings, Case met) {
        return "script " + script.name() + ", settings " + settings + ", " + met + ": ";
    }
}
