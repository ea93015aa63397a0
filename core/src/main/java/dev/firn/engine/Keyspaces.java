package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.manifest.Change;
import dev.firn.manifest.InvalidEditException;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.VersionEdit;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The keyspaces of a store by name and id: creates and drops them. An edit is durable before its
/// keyspace can be seen, and before its files go.
final class Keyspaces {
    private final Store store;
    private final String location;
    private final VersionSet versions;
    private final boolean readOnly;
    private final ConcurrentSkipListMap<String, StoreKeyspace> byName =
            new ConcurrentSkipListMap<>();
    private final Map<Integer, StoreKeyspace> byId = new ConcurrentHashMap<>();
    private final Set<StoreKeyspace> readByCursors = ConcurrentHashMap.newKeySet();
    private @Nullable WriteBuffer buffer;
    private @Nullable CommitPipeline commits;
    private @Nullable StoreKeyspace defaultKeyspace;

    Keyspaces(Store store, String location, VersionSet versions, boolean readOnly) {
        this.store = store;
        this.location = location;
        this.versions = versions;
        this.readOnly = readOnly;
    }

    /// Connects the parts, which need each other.
    void connect(WriteBuffer writeBuffer, CommitPipeline pipeline) {
        this.buffer = writeBuffer;
        this.commits = pipeline;
    }

    /// Takes over a keyspace that the manifest knows.
    StoreKeyspace adopt(KeyspaceState state, WriteBuffer memtables) {
        StoreKeyspace keyspace =
                new StoreKeyspace(store, state.id(), state.name(), state.options());
        versions.begin(keyspace, state, memtables.newMemtable());
        add(keyspace);
        return keyspace;
    }

    private void add(StoreKeyspace keyspace) {
        byId.put(keyspace.id(), keyspace);
        byName.put(keyspace.name(), keyspace);
        if (keyspace.name().equals(Firn.DEFAULT_KEYSPACE)) {
            defaultKeyspace = keyspace;
        }
    }

    StoreKeyspace defaultKeyspace() {
        StoreKeyspace keyspace = defaultKeyspace;
        if (keyspace == null) {
            throw new IllegalStateException("a store without its default keyspace");
        }
        return keyspace;
    }

    Map<Integer, StoreKeyspace> byId() {
        return byId;
    }

    Collection<StoreKeyspace> all() {
        return byName.values();
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /// Which tables the open cursors of a dropped keyspace may still read: all of them while one is
    /// just being opened and has not said what it scans.
    private Predicate<TableMeta> whatCursorsRead(StoreKeyspace keyspace) {
        int open = keyspace.cursors();
        List<Snapshots.Scan> scans = store.snapshots().scans(keyspace);
        return scans.size() < open
                ? table -> true
                : table -> scans.stream().anyMatch(scan -> scan.overlaps(table));
    }

    /// The last cursor on a dropped keyspace has closed.
    void released(StoreKeyspace keyspace) {
        readByCursors.remove(keyspace);
    }

    /// Dropped keyspaces that open cursors still read.
    Collection<StoreKeyspace> readByCursors() {
        return readByCursors;
    }

    @Nullable
    StoreKeyspace find(String name) {
        return byName.get(name);
    }

    Keyspace open(String name, KeyspaceOptions defaults) {
        StoreKeyspace found = byName.get(name);
        if (found != null) {
            return found;
        }
        if (readOnly) {
            throw unknown(name);
        }
        try {
            return create(name, defaults);
        } catch (IllegalArgumentException e) {
            // Somebody else has just created it.
            StoreKeyspace created = byName.get(name);
            if (created != null) {
                return created;
            }
            throw e;
        }
    }

    private FirnException unknown(String name) {
        return new FirnException(
                Kind.NOT_FOUND,
                location + " has no keyspace named " + name + "; it has "
                        + String.join(", ", names()));
    }

    Keyspace create(String name, KeyspaceOptions options) {
        WriteBuffer memtables = buffer;
        if (readOnly || memtables == null) {
            throw Errors.readOnly();
        }
        StoreKeyspace[] created = new StoreKeyspace[1];
        try {
            versions.commit(
                    state -> edit(state, name, options),
                    state -> {
                        KeyspaceState added = state.keyspace(name);
                        if (added == null) {
                            throw new IllegalStateException("an edit was applied without effect");
                        }
                        created[0] = adopt(added, memtables);
                    });
        } catch (InvalidEditException e) {
            throw exists(name);
        } catch (IOException e) {
            throw Errors.of(location, e);
        }
        return created[0];
    }

    private static VersionEdit edit(StoreState state, String name, KeyspaceOptions options) {
        if (state.keyspace(name) != null) {
            throw exists(name);
        }
        int id = state.nextKeyspace();
        return VersionEdit.of(
                new Change.KeyspaceCreated(id, name, options), new Change.NextKeyspace(id + 1));
    }

    private static IllegalArgumentException exists(String name) {
        return new IllegalArgumentException("there is a keyspace named " + name + " already");
    }

    void drop(String name) {
        WriteBuffer memtables = buffer;
        CommitPipeline pipeline = commits;
        if (readOnly || memtables == null || pipeline == null) {
            throw Errors.readOnly();
        }
        StoreKeyspace keyspace = byName.get(name);
        if (keyspace == null) {
            throw unknown(name);
        }
        if (keyspace == defaultKeyspace) {
            throw new IllegalArgumentException("the default keyspace cannot be dropped");
        }
        @Nullable
        ReadView[] kept = new ReadView[1];
        @Nullable
        ReadContext[] entered = new ReadContext[1];
        // Under the commit lock, so that no batch that names it is half way.
        pipeline.exclusively(
                sequence -> {
                    try {
                        ReadView last = keyspace.view();
                        versions.commit(
                                state -> VersionEdit.of(new Change.KeyspaceDropped(keyspace.id())),
                                state -> {
                                    byName.remove(name, keyspace);
                                    byId.remove(keyspace.id(), keyspace);
                                    kept[0] = versions.drop(keyspace);
                                    if (kept[0] != null) {
                                        kept[0].tree().references++;
                                        readByCursors.add(keyspace);
                                    }
                                });
                        memtables.forget(keyspace, last);
                        if (kept[0] != null) {
                            // What follows opens files and retires things: a closing of the store,
                            // which comes by here first, waits for it as for a read.
                            entered[0] = store.reads().enter();
                        }
                    } catch (InvalidEditException e) {
                        throw unknown(name);
                    } catch (IOException e) {
                        throw Errors.of(location, e);
                    }
                });
        ReadView view = kept[0];
        ReadContext context = entered[0];
        if (view != null && context != null) {
            try {
                unlink(keyspace, view);
            } finally {
                context.exit();
            }
        }
    }

    /// Takes the files of a dropped keyspace away that cursors go on reading.
    private void unlink(StoreKeyspace keyspace, ReadView last) {
        try {
            versions.unlink(last, whatCursorsRead(keyspace));
        } finally {
            versions.release(last.tree());
        }
        if (keyspace.isUnused()) {
            store.releaseLastView(keyspace);
        }
    }
}
