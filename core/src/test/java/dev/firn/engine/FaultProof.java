package dev.firn.engine;

import dev.firn.engine.FaultSweep.Case;
import dev.firn.prove.Tally;
import dev.firn.storage.OperationKind;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Parts of the [FaultSweep] that take a few seconds, to be run with a mistake planted in the
/// engine. Not run by themselves: the sweep does all of it.
class FaultProof {
    /// The log and the manifest of a small store.
    @Test
    void log() {
        sweep(0, EnumSet.of(FaultWay.ERROR, FaultWay.DISK_FULL_HALFWAY, FaultWay.THROWN),
                OperationKind.WRITE, OperationKind.FORCE, OperationKind.SYNC_DIRECTORY);
    }

    /// Flushes and merges.
    @Test
    void tables() {
        sweep(2, EnumSet.of(FaultWay.ERROR, FaultWay.THROWN), OperationKind.CREATE,
                OperationKind.WRITE, OperationKind.FORCE);
    }

    /// Opening after a crash.
    @Test
    void opening() {
        sweep(5, EnumSet.of(FaultWay.ERROR), OperationKind.LIST, OperationKind.OPEN,
                OperationKind.CREATE, OperationKind.WRITE, OperationKind.FORCE);
    }

    private static void sweep(int number, Set<FaultWay> ways, OperationKind... kinds) {
        FaultScript script = FaultScript.of(number);
        Set<OperationKind> some = EnumSet.of(kinds[0], kinds);
        Tally tally = new Tally();
        for (Case met : FaultSweep.cases(script, number)) {
            if (some.contains(met.kind()) && ways.contains(met.way())) {
                FaultSweep.run(script, number, met, tally);
            }
        }
    }
}
