package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Workload;
import org.jspecify.annotations.Nullable;

/// A line of the results: one measurement, or why there is none.
///
/// @param round counted from 1
/// @param measured what was measured, or null when it failed
/// @param failure why it failed, or null
public record Result(
        Scenario scenario,
        Workload workload,
        StoreKind store,
        int round,
        @Nullable Measured measured,
        @Nullable String failure) {}
