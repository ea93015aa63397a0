package dev.firn.bench.run;

import static dev.firn.bench.store.StoreKind.*;
import static dev.firn.bench.work.Workload.*;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a run measures: for each scenario, workloads and stores.
///
/// @param parts the scenarios, in order
/// @param warmupSeconds how long each measurement warms up
/// @param seconds how long it takes, where the workload does not end by itself
/// @param minutes after so long no other measurement is begun
record Plan(List<Part> parts, double warmupSeconds, double seconds, double minutes) {
    private static final long BUDGET = 256L << 20;

    /// One scenario.
    ///
    /// @param stores measured in every round
    /// @param once stores measured in the first round only, for an impression
    record Part(Scenario scenario, Set<Workload> workloads, Set<StoreKind> stores,
            Set<StoreKind> once) {
        Part(Scenario scenario, Set<Workload> workloads, Set<StoreKind> stores) {
            this(scenario, workloads, stores, EnumSet.noneOf(StoreKind.class));
        }

        /// The stores of a round, counted from 1.
        List<StoreKind> stores(int round) {
            List<StoreKind> list = new ArrayList<>(stores);
            Collections.rotate(list, 1 - round);
            if (round == 1) {
                list.addAll(once);
            }
            return list;
        }
    }

    private static final Set<StoreKind> MAIN = EnumSet.of(FIRN, ROCKSDB, LMDB, MVSTORE);

    private static final Set<Workload> TYPICAL = EnumSet.of(FILLSEQ, FILLRANDOM, OVERWRITE,
            READRANDOM, READHOT, READMISSING, READSEQ, READREVERSE, SEEK10, SEEK100,
            READWHILEWRITING, YCSBA, YCSBE);

    /// Everything, hours.
    static Plan full() {
        return new Plan(List.of(
                new Part(new Scenario("fits", 1_000_000, KeyShape.DB, 100, BUDGET),
                        EnumSet.allOf(Workload.class), MAIN,
                        EnumSet.complementOf(EnumSet.copyOf(MAIN))),
                new Part(new Scenario("exceeds", 5_000_000, KeyShape.DB, 100, BUDGET),
                        EnumSet.allOf(Workload.class),
                        MAIN, EnumSet.of(FIRN_POSITIONED)),
                new Part(new Scenario("large", 5_000_000, KeyShape.DB, 100, 1L << 30), TYPICAL,
                        EnumSet.of(FIRN, ROCKSDB, LMDB)),
                new Part(new Scenario("values1000", 200_000, KeyShape.DB, 1_000, BUDGET),
                        EnumSet.allOf(Workload.class), MAIN),
                new Part(new Scenario("text", 1_000_000, KeyShape.TEXT, 100, BUDGET), TYPICAL,
                        EnumSet.of(FIRN, ROCKSDB, LMDB)),
                new Part(new Scenario("user", 1_000_000, KeyShape.USER, 100, BUDGET), TYPICAL,
                        EnumSet.of(FIRN, ROCKSDB, LMDB))),
                3, 4, Double.POSITIVE_INFINITY);
    }

    /// The main workloads on few entries, within five minutes.
    static Plan quick() {
        return new Plan(List.of(
                new Part(new Scenario("quick", 200_000, KeyShape.DB, 100, BUDGET / 4),
                        EnumSet.of(FILLSEQ, FILLRANDOM, FILLBATCH, FILLSYNC, OVERWRITE, READRANDOM,
                                READHOT, READMISSING, READSEQ, READREVERSE, SEEK10,
                                READWHILEWRITING, YCSBA, YCSBE),
                        EnumSet.of(FIRN, ROCKSDB, LMDB))),
                1, 1, 4.5);
    }

    /// How many measurements so many rounds have.
    int measurements(int rounds) {
        return parts.stream().mapToInt(part -> part.workloads.size()
                * (rounds * part.stores.size() + part.once.size())).sum();
    }
}
