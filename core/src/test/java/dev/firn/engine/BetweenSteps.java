package dev.firn.engine;

import static dev.firn.engine.TestData.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Cursor;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.storage.SimulatedStorage;
import dev.firn.testkit.Between;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The worst that can happen between two steps of a read or a write happens there, for certain: the
/// store is on one thread.
///
/// Run by `PlantedBugsTest` with calls of [Between] in the code, see `Proof`.
class BetweenSteps {
    private static final byte[] KEY = bytes("key");
    private static final byte[] OTHER = bytes("other");
    private static final byte[] OLD = bytes("old");
    private static final byte[] NEW = bytes("new");

    private final DeterministicScheduler scheduler = new DeterministicScheduler(1);
    private final Store store =
            Store.open(Path.of("steps"), new SimulatedStorage(), Options.defaults(),
                    SharedResources.on(scheduler, 24L << 20, 1), true, 1);
    private final Keyspace space = store.keyspace();

    @AfterEach
    void close() {
        assertThat(Between.hasHappened()).isTrue();
        store.close();
    }

    /// Overwrites the key and merges, so that only the newest version is left.
    private void overwriteAndCompact() {
        space.put(KEY, NEW);
        store.compact();
        scheduler.drain();
    }

    @Test
    void aGetLosesNoKeyToACompaction() {
        space.put(KEY, OLD);
        Between.once(this::overwriteAndCompact);
        assertThat(space.get(KEY)).as("lost").isNotNull();
        assertThat(space.get(KEY)).isEqualTo(NEW);
    }

    @Test
    void aMultiGetLosesNoKeyToACompaction() {
        space.put(KEY, OLD);
        Between.once(this::overwriteAndCompact);
        assertThat(space.multiGet(List.of(KEY)).getFirst()).as("lost").isNotNull();
    }

    @Test
    void aGetLosesNoKeyToAFlush() {
        space.put(KEY, OLD);
        Between.once(() -> {
            store.flush();
            scheduler.drain();
        });
        assertThat(space.get(KEY)).as("lost").isEqualTo(OLD);
    }

    @Test
    void aSnapshotLosesNoKeyToACompaction() {
        space.put(KEY, OLD);
        Between.once(this::overwriteAndCompact);
        try (Snapshot snapshot = store.snapshot()) {
            assertThat(snapshot.in(space).get(KEY)).as("lost").isNotNull();
        }
    }

    @Test
    void aCursorLosesNoKeyToACompaction() {
        space.put(KEY, OLD);
        Between.once(this::overwriteAndCompact);
        try (Cursor cursor = space.scan(KeyRange.all())) {
            assertThat(cursor.next()).as("lost").isTrue();
        }
    }

    @Test
    void aWriteIsSeenWhenItIsAllThere() {
        space.put(KEY, OLD);
        Snapshot[] meanwhile = new Snapshot[1];
        Between.once(() -> meanwhile[0] = store.snapshot());
        space.put(KEY, NEW);
        try (Snapshot snapshot = meanwhile[0]) {
            byte[] seen = snapshot.in(space).get(KEY);
            assertThat(seen).as("half a write").isEqualTo(OLD);
        }
        assertThat(space.get(KEY)).isEqualTo(NEW);
    }

    @Test
    void aBatchIsSeenWhenItIsAllThere() {
        Snapshot[] meanwhile = new Snapshot[1];
        Between.once(() -> meanwhile[0] = store.snapshot());
        store.write(WriteBatch.create().put(space, KEY, NEW).put(space, OTHER, NEW));
        try (Snapshot snapshot = meanwhile[0]) {
            assertThat(snapshot.in(space).get(KEY)).as("half a write").isNull();
            assertThat(snapshot.in(space).get(OTHER)).as("half a write").isNull();
        }
        assertThat(space.get(OTHER)).isEqualTo(NEW);
    }
}
