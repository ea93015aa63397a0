package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.Fault;
import dev.firn.storage.Fault.DiskFull;
import dev.firn.storage.Fault.ErrorAfterwards;
import dev.firn.storage.Fault.InputOutputError;
import dev.firn.storage.Fault.ShortWrite;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The n-th operation fails, for every n: what is on disk is the state before or after, and the
/// manifest goes on or refuses, as promised.
class FaultTest {
    private static final List<String> EDITS = List.of("keyspace 1 default", "keyspace 2 users",
            "next-file 100\nadd ks1 L0 r7 7:a..f", "add ks2 L0 r8 8:a..f\nlog 5 4096", "drop 2");

    static Stream<Fault> faults() {
        return Stream.of(new InputOutputError(), new ErrorAfterwards(), new DiskFull(),
                new ShortWrite(0, true), new ShortWrite(0.5, true), new ShortWrite(0.99, true),
                new ShortWrite(0.5, false));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void theFailureOfAnyOperationLeavesTheOldOrTheNewState(Fault fault) throws Exception {
        int swept = 0;
        for (OperationKind kind : OperationKind.values()) {
            if (fault instanceof ShortWrite && kind != OperationKind.WRITE) {
                continue;
            }
            for (int n = 1; sweep(kind, n, fault, false); n++) {
                swept++;
            }
            for (int n = 1; sweep(kind, n, fault, true); n++) {
                swept++;
            }
        }
        assertThat(swept).isGreaterThan(25);
    }

    /// Runs the script with one fault, or with the same one from there on.
    ///
    /// @return whether it was met
    private static boolean sweep(OperationKind kind, int n, Fault fault, boolean sticky)
            throws Exception {
        var storage = new SimulatedStorage();
        storage.create();
        Manifest.create(storage, 42).close();
        var front = new FaultyStorage(storage, sticky
                ? FaultRule.sticky(kind, n, fault)
                : FaultRule.once(kind, n, fault));
        String place = kind + " " + n + " " + fault + (sticky ? " sticky" : "");
        String before = ManifestText.text(Manifest.read(storage));
        String after = before;
        Manifest manifest = null;
        try {
            manifest = Manifest.open(front);
            for (int i = 0; i < EDITS.size(); i++) {
                // The third edit begins a new file.
                manifest.replaceAbove(i == 2 ? 0 : 1 << 20, 0);
                before = ManifestText.text(manifest.state());
                after = applied(before, EDITS.get(i));
                append(manifest, front, EDITS.get(i), sticky);
                before = after;
            }
            manifest.close();
        } catch (FirnException e) {
            assertThat(e.kind()).as(place).isEqualTo(FirnException.Kind.FAILED);
            if (manifest != null) {
                Manifest failed = manifest;
                assertThat(failed.failure()).as(place).isNotNull();
                assertThat(same(ManifestText.text(failed.state()))).as(place)
                        .isEqualTo(same(before));
                front.heal();
                assertThatThrownBy(() -> failed.append(VersionEdit.of())).as(place)
                        .isInstanceOf(FirnException.class);
                assertThat(failed.orphans(List.of("000099.sst"))).isEmpty();
            }
        } catch (IOException e) {
            // An open, a close, or a disk that stays full.
        }
        if (manifest != null) {
            try {
                manifest.close();
            } catch (IOException e) {
                // It has told why already.
            }
        }
        check(storage.processCrash(), place, before, after);
        var random = new Random(n);
        for (int i = 0; i < 20; i++) {
            check(storage.crash(random), place, before, after);
        }
        storage.openFiles().assertNone();
        return front.fired() > 0;
    }

    private static void append(Manifest manifest, FaultyStorage front, String edit, boolean sticky)
            throws IOException {
        VersionEdit parsed = ManifestText.edit(edit.lines().toList());
        try {
            manifest.append(parsed);
        } catch (DiskFullException e) {
            assertThat(manifest.failure()).isNull();
            if (sticky) {
                assertThatThrownBy(() -> manifest.append(parsed))
                        .isInstanceOf(DiskFullException.class);
                // There is space again.
                front.heal();
            }
            manifest.append(parsed);
        }
    }

    private static void check(SimulatedStorage left, String place, String before, String after)
            throws IOException {
        String found = ManifestText.text(Manifest.read(left));
        assertThat(same(found)).as(place).isIn(same(before), same(after));
        try (Manifest reopened = Manifest.open(left)) {
            assertThat(same(ManifestText.text(reopened.state()))).as(place).isEqualTo(same(found));
            reopened.append(ManifestText.edit(List.of("sequence 1000")));
        }
        assertThat(Manifest.read(left).lastSequence()).isEqualTo(1000);
        left.openFiles().assertNone();
    }

    private static String applied(String state, String edit) {
        var model = new StoreModel();
        model.apply(ManifestText.edit(state.lines().toList()));
        model.apply(ManifestText.edit(edit.lines().toList()));
        return model.text();
    }

    /// But for the next file's number: files that did not come to be have taken some.
    private static String same(String state) {
        return state.replaceAll("next-file \\d+", "");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFailedCreationCanBeDoneAgain(Fault fault) throws Exception {
        int failed = 0;
        for (OperationKind kind : List.of(OperationKind.CREATE, OperationKind.WRITE,
                OperationKind.FORCE, OperationKind.RENAME, OperationKind.SYNC_DIRECTORY)) {
            if (fault instanceof ShortWrite && kind != OperationKind.WRITE) {
                continue;
            }
            for (int n = 1, fired = 1; fired > 0; n++) {
                var storage = new SimulatedStorage();
                storage.create();
                var front = new FaultyStorage(storage, FaultRule.once(kind, n, fault));
                try {
                    Manifest.create(front, 42).close();
                } catch (DiskFullException | FirnException e) {
                    failed++;
                }
                createAgain(storage.processCrash());
                createAgain(storage.crash(new Random(n)));
                storage.openFiles().assertNone();
                fired = (int) front.fired();
            }
        }
        assertThat(failed).isGreaterThan(2);
    }

    private static void createAgain(SimulatedStorage left) throws IOException {
        if (Presence.of(left) == Presence.PRESENT) {
            assertThat(Manifest.read(left).storeId()).isEqualTo(42);
        } else {
            Manifest.create(left, 43).close();
            assertThat(Manifest.read(left.crash(new Random(1))).storeId()).isEqualTo(43);
        }
    }

    @Test
    void aFullDiskIsLeftAtEverySize() throws Exception {
        var used = new SimulatedStorage();
        used.create();
        Manifest.create(used, 42).close();
        long least = used.list().stream().mapToLong(info -> info.bytes()).sum();
        int full = 0;
        for (long capacity = least; capacity < least + 3_000; capacity += 8) {
            SimulatedStorage storage = used.processCrash().capacity(capacity);
            Manifest manifest = Manifest.open(storage);
            String expected = ManifestText.text(manifest.state());
            for (int i = 0; i < EDITS.size(); i++) {
                manifest.replaceAbove(i == 2 ? 0 : 1 << 20, 0);
                VersionEdit edit = ManifestText.edit(EDITS.get(i).lines().toList());
                try {
                    manifest.append(edit);
                } catch (DiskFullException e) {
                    full++;
                    assertThat(same(ManifestText.text(manifest.state()))).isEqualTo(same(expected));
                    assertThat(same(ManifestText.text(Manifest.read(storage.processCrash()))))
                            .isEqualTo(same(expected));
                    storage.capacity(Long.MAX_VALUE);
                    manifest.append(edit);
                }
                expected = applied(expected, EDITS.get(i));
                assertThat(same(ManifestText.text(manifest.state()))).isEqualTo(same(expected));
            }
            manifest.close();
            assertThat(same(ManifestText.text(Manifest.read(storage)))).isEqualTo(same(expected));
            storage.openFiles().assertNone();
        }
        assertThat(full).isGreaterThan(50);
    }

    @Test
    void openingOnAFullDiskWorksButKeepsOrphans() throws Exception {
        var storage = new SimulatedStorage();
        storage.create();
        Manifest manifest = Manifest.create(storage, 42);
        manifest.append(ManifestText.edit(List.of("keyspace 1 default")));
        manifest.close();
        try (var file = storage.openLog(manifest.name())) {
            // Without the mark nobody knows whether the last edit is durable.
            file.truncate(ManifestReader.load(storage).bytes() - 24);
        }
        long used = storage.list().stream().mapToLong(info -> info.bytes()).sum();
        storage.capacity(used + 10);
        try (Manifest reopened = Manifest.open(storage)) {
            assertThat(reopened.state().keyspace("default")).isNotNull();
            assertThat(reopened.orphans(List.of("000099.sst"))).isEmpty();
            assertThat(storage.list()).hasSize(2);
            storage.capacity(Long.MAX_VALUE);
            reopened.append(ManifestText.edit(List.of("keyspace 2 users")));
            assertThat(reopened.orphans(List.of("000099.sst"))).hasSize(1);
        }
        assertThat(Manifest.read(storage).keyspaces()).hasSize(2);
    }
}
