package dev.firn.manifest;

import dev.firn.KeyspaceOptions;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.NextFile;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A script of edits, rotations and reopenings that loses power before every operation; what is
/// left must load to the state before or after the edit in flight, and be good to go on with.
final class CrashedManifests {
    /// A crash state that breaks the promise.
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final SimulatedStorage storage = new SimulatedStorage();
    private final FaultyStorage front = new FaultyStorage(storage);
    private final Random random;
    private final int statesPerOperation;
    private final StoreModel model = new StoreModel();
    private Set<List<Change>> acceptable = Set.of();
    private boolean mayBeMissing = true;
    private long states;
    private Manifest manifest;

    /// The first one. It is kept, since a manifest takes what a listener throws for a failed write.
    private @Nullable Violation violation;

    CrashedManifests(long seed, int statesPerOperation, SimulatedStorage.DirectoryOrder order) {
        random = new Random(seed);
        this.statesPerOperation = statesPerOperation;
        storage.directoryOrder(order);
        storage.create();
    }

    /// Where bugs are planted.
    FaultyStorage front() {
        return front;
    }

    /// How many crash states were looked at.
    long states() {
        return states;
    }

    /// Runs the script.
    ///
    /// @throws Violation when a crash broke the promise
    void run(int edits) throws IOException {
        storage.beforeEach((now, operation) -> crash());
        model.storeId = random.nextLong();
        acceptable = Set.of(essence(emptyChanges()));
        manifest = Manifest.create(front, model.storeId);
        mayBeMissing = false;
        for (int i = 0; i < edits && violation == null; i++) {
            crash();
            manifest.replaceAbove(random.nextInt(3) == 0 ? 0 : 1 << 20, 0);
            append(new RandomEdits(random, model, manifest::newFileNumber).next());
            for (String replaced : manifest.takeReplaced()) {
                front.delete(replaced);
            }
            if (random.nextInt(6) == 0) {
                reopen();
            }
        }
        crash();
        manifest.close();
        if (violation != null) {
            throw violation;
        }
    }

    private List<Change> emptyChanges() {
        var empty = new StoreState();
        empty.apply(VersionEdit.of(new Change.StoreCreated(model.storeId, 1)));
        return empty.changes();
    }

    private void append(VersionEdit edit) throws IOException {
        List<Change> before = essence(manifest.state().changes());
        model.apply(edit);
        List<Change> after = essence(ManifestText.edit(model.text().lines().toList()).changes());
        acceptable = Set.copyOf(List.of(before, after));
        manifest.append(edit);
        acceptable = Set.of(after);
    }

    private void reopen() throws IOException {
        manifest.close();
        if (random.nextBoolean()) {
            // As after a kill: the last records are whole, but for the synced mark.
            cutMark();
        }
        manifest = Manifest.open(front);
        for (String orphan : manifest.orphans(
                storage.list().stream().map(info -> info.name()).toList())) {
            front.delete(orphan);
        }
    }

    private void cutMark() throws IOException {
        try (var file = front.openLog(manifest.name())) {
            file.truncate(ManifestReader.load(storage).bytes() - 24);
        }
    }

    /// Next-file may be ahead of what any edit says.
    private static List<Change> essence(List<Change> changes) {
        return changes.stream().filter(change -> !(change instanceof NextFile)).toList();
    }

    private void crash() {
        long seed = random.nextLong();
        try (Stream<SimulatedStorage> left = storage.crashStates(statesPerOperation, seed)) {
            left.takeWhile(state -> violation == null).forEach(this::look);
        }
        if (violation == null) {
            kill();
        }
    }

    /// The process dies, and the power fails after the next one has opened the store: what that one
    /// saw must not be lost, though it may have been in the page cache only.
    private void kill() {
        SimulatedStorage left = storage.processCrash();
        states++;
        try {
            if (Presence.of(left) == Presence.PRESENT) {
                List<Change> found = essence(Manifest.read(left).changes());
                if (!acceptable.contains(found)) {
                    throw new Violation("neither before nor after: " + left.location(), null);
                }
                goOn(left, found);
            }
        } catch (Violation v) {
            violation = v;
        } catch (Exception e) {
            violation = new Violation(left.location(), e);
        }
    }

    private void look(SimulatedStorage state) {
        states++;
        try {
            check(state);
        } catch (Violation v) {
            violation = v;
        } catch (Exception e) {
            violation = new Violation(state.location(), e);
        }
    }

    private void check(SimulatedStorage state) throws IOException {
        if (Presence.of(state) != Presence.PRESENT) {
            if (!mayBeMissing) {
                throw new Violation("no store: " + state.location(), null);
            }
            Manifest.create(state, 5).close();
            if (Manifest.read(state).storeId() != 5) {
                throw new Violation("not created again: " + state.location(), null);
            }
            return;
        }
        List<Change> found = essence(Manifest.read(state).changes());
        if (!acceptable.contains(found)) {
            throw new Violation("neither before nor after: " + state.location() + "\n" + found
                    + "\n" + acceptable, null);
        }
        if (states % 5 == 0) {
            goOn(state, found);
        }
    }

    /// Opens what is left, cleans up, writes, and loses power again.
    private void goOn(SimulatedStorage state, List<Change> found) throws IOException {
        Manifest recovered = Manifest.open(state);
        List<String> names = state.list().stream().map(info -> info.name()).toList();
        for (String orphan : recovered.orphans(names)) {
            state.delete(orphan);
        }
        for (int i = 0; i < 4; i++) {
            if (!essence(Manifest.read(state.crash(random)).changes()).equals(found)) {
                throw new Violation("recovered, then lost: " + state.location(), null);
            }
        }
        int id = recovered.state().nextKeyspace();
        recovered.append(VersionEdit
                .of(new KeyspaceCreated(id, "after-crash", KeyspaceOptions.defaults())));
        if (Manifest.read(state.crash(random)).keyspace("after-crash") == null) {
            throw new Violation("appended, then lost: " + state.location(), null);
        }
        recovered.close();
        state.openFiles().assertNone();
    }
}
