package dev.firn.hostile;

import com.sun.management.ThreadMXBean;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;

/// Gives changed inputs to every [FuzzTarget], in this process: it knows nothing of coverage, but
/// is quick, and checks the memory that each execution takes.
public final class FuzzDecoders implements Attack {
    /// What a decoder may take of the heap for any input of ours.
    private static final long HEAP_BYTES_MAX = 64L << 20;

    /// Executions of a target in one round; of those that open a store, fewer.
    private static final int EXECUTIONS = 2_000;
    private static final int EXECUTIONS_OF_STORES = 150;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Override
    public String name() {
        return "fuzz decoders";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        try (var targets = new FuzzTargets()) {
            for (FuzzTarget target : targets.all()) {
                run(target, seed);
                tally.add(Count.FUZZ_EXECUTIONS, executions(target));
            }
        }
    }

    private static int executions(FuzzTarget target) {
        boolean isStore = target.name().endsWith("file") || target.name().equals("CURRENT");
        return isStore ? EXECUTIONS_OF_STORES : EXECUTIONS;
    }

    private void run(FuzzTarget target, long seed) {
        var mutator = new Mutator(seed);
        for (int i = 0; i < executions(target); i++) {
            byte[] input = mutator.next(target.seeds());
            byte[] given = input.clone();
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                target.accept(input);
            } catch (Throwable t) {
                Kind kind = t instanceof Violation v ? v.kind() : Kind.UNEXPECTED_ERROR;
                throw new Violation(kind, target.name() + ": " + t + "\ninput: "
                        + HexFormat.of().formatHex(given), t);
            }
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            if (taken > HEAP_BYTES_MAX) {
                throw new Violation(Kind.UNEXPECTED_ERROR, target.name() + " took " + taken
                        + " bytes of the heap for " + HexFormat.of().formatHex(given));
            }
        }
    }
}
