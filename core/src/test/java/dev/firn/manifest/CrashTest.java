package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.KeyspaceOptions;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.storage.Fault.LyingForce;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.SimulatedStorage.DirectoryOrder;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Power loss before every operation of scripts, and the proof that this finds missing syncs.
///
/// `-Dfirn.seed=<seed>` runs one seed alone:
/// `mvn -Dquick -pl core test -Dtest=CrashTest -Dfirn.seed=7`.
class CrashTest {
    @ParameterizedTest
    @EnumSource(DirectoryOrder.class)
    void everyCrashLeavesTheStateBeforeOrAfter(DirectoryOrder order) throws Exception {
        assertThat(run(1, 3, 25, 50, order)).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @EnumSource(DirectoryOrder.class)
    @Tag("long")
    void everyCrashLeavesTheStateBeforeOrAfterAtLength(DirectoryOrder order) throws Exception {
        assertThat(run(100, 100, 60, 400, order)).isGreaterThan(1_000_000);
    }

    private static long run(long firstSeed, int seeds, int edits, int states, DirectoryOrder order)
            throws Exception {
        Long only = Long.getLong("firn.seed");
        long looked = 0;
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            long used = only == null ? seed : only;
            var crashed = new CrashedManifests(used, states, order);
            try {
                crashed.run(edits);
            } catch (Throwable t) {
                throw new AssertionError("replay with mvn -Dquick -pl core test -Dtest=CrashTest "
                        + "-Dfirn.seed=" + used, t);
            }
            looked += crashed.states();
        }
        return looked;
    }

    /// A mark is not durable until the next edit is. It may be lost, wherever the sectors end,
    /// while the edit that was written behind it after a reopening is not.
    @Test
    void aLostMarkBehindWhichWritingWentOnIsATornEnd() throws Exception {
        for (int length = 1; length <= 64; length++) {
            var storage = new SimulatedStorage();
            storage.create();
            try (Manifest manifest = Manifest.create(storage, 42)) {
                for (int id = 1; id <= 4; id++) {
                    manifest.append(keyspace(id, id == 4 ? length : 32));
                }
            }
            try (Manifest manifest = Manifest.open(storage)) {
                storage.beforeEach((now, operation) -> now.crashStates(2_000, 1).forEach(left -> {
                    try {
                        assertThat(Manifest.read(left).keyspaces().size()).isBetween(4, 5);
                    } catch (IOException e) {
                        throw new AssertionError(left.location(), e);
                    }
                }));
                manifest.append(keyspace(5, 32));
                assertThat(manifest.failure()).isNull();
            }
        }
    }

    private static VersionEdit keyspace(int id, int length) {
        return VersionEdit.of(new KeyspaceCreated(id, Integer.toString(id).repeat(length),
                KeyspaceOptions.defaults()));
    }

    @Test
    void aMissingSyncIsFound() {
        plant("no directory sync", f -> f.add(sticky(OperationKind.SYNC_DIRECTORY, "", 1)));
        plant("no directory sync behind a rename", f -> everyOther(f, 2));
        plant("no directory sync before a rename", f -> everyOther(f, 1));
        plant("CURRENT.tmp is not forced", f -> f.add(sticky(OperationKind.FORCE, "CURRENT.*", 1)));
        plant("CURRENT before the manifest is forced", f -> {
            for (int number = 1; number < 500; number++) {
                f.add(FaultRule.once(OperationKind.FORCE, 1, new LyingForce())
                        .on("MANIFEST-%06d".formatted(number)));
            }
        });
        plant("edits are not forced", f -> {
            for (int number = 1; number < 500; number++) {
                f.add(sticky(OperationKind.FORCE, "MANIFEST-%06d".formatted(number), 2));
            }
        });
        plant("one edit is not forced",
                f -> f.add(FaultRule.once(OperationKind.FORCE, 4, new LyingForce())
                        .on("MANIFEST.*")));
    }

    private static void everyOther(FaultyStorage front, int first) {
        for (int n = first; n < 500; n += 2) {
            front.add(FaultRule.once(OperationKind.SYNC_DIRECTORY, n, new LyingForce()));
        }
    }

    private static FaultRule sticky(OperationKind kind, String name, long nth) {
        return FaultRule.sticky(kind, nth, new LyingForce()).on(name);
    }

    private static void plant(String bug, Consumer<FaultyStorage> planted) {
        assertThatThrownBy(() -> {
            for (long seed = 1; seed <= 5; seed++) {
                var crashed = new CrashedManifests(seed, 60, DirectoryOrder.PER_NAME);
                planted.accept(crashed.front());
                crashed.run(25);
            }
        }).as(bug).isInstanceOf(CrashedManifests.Violation.class);
    }
}
