package dev.firn.engine;

import dev.firn.Keyspace;
import dev.firn.KeyspaceReader;
import dev.firn.Snapshot;
import java.util.Objects;

/// A registered sequence number. Reads through it use the current view of a keyspace: everything up
/// to the sequence is in every later view, as long as it is registered.
public final class StoreSnapshot implements Snapshot {
    private final Store store;
    private final Snapshots.Pin pin;
    private volatile boolean closed;

    StoreSnapshot(Store store, Snapshots.Pin pin) {
        this.store = store;
        this.pin = pin;
    }

    Snapshots.Pin pin() {
        checkOpen();
        return pin;
    }

    @Override
    public long sequence() {
        checkOpen();
        return pin.sequence;
    }

    void checkOpen() {
        store.health().checkOpen();
        if (closed) {
            throw Errors.closed("the snapshot");
        }
    }

    @Override
    public KeyspaceReader in(Keyspace keyspace) {
        checkOpen();
        StoreKeyspace space = (StoreKeyspace) Objects.requireNonNull(keyspace, "keyspace");
        if (space.store() != store) {
            throw new IllegalArgumentException(
                    "keyspace " + space.name() + " belongs to another store than the snapshot");
        }
        space.checkOpen();
        return new SnapshotReader(space, this);
    }

    @Override
    public boolean isClosed() {
        return closed || store.isClosed();
    }

    @Override
    public void close() {
        closed = true;
        store.snapshots().close(pin);
    }
}
