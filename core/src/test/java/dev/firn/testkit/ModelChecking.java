package dev.firn.testkit;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/// How Lincheck's model checker is used here.
public final class ModelChecking {
    /// Classes are rewritten inside the first runs of a history; on a busy machine that takes its
    /// time, and is no hang.
    private static final long PATIENCE_MILLIS = 120_000;

    private ModelChecking() {}

    /// Some histories, each in some orders of its steps.
    public static ModelCheckingOptions options(int histories, int orders) {
        return new ModelCheckingOptions().iterations(histories).invocationsPerIteration(orders)
                .minimizeFailedScenario(false).invocationTimeout$lincheck(PATIENCE_MILLIS);
    }
}
