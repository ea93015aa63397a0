package dev.firn.engine;

import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Manifest;
import dev.firn.manifest.Run;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What every keyspace shows to its readers, and how that changes: an edit is made durable in the
/// manifest, then the views are replaced.
///
/// Two locks. The manifest lock is held while an edit is written and forced; one edit at a time.
/// Inside it, and elsewhere for moments only, the mutex guards views, trees, handles and reference
/// counts. Order: commit lock, manifest lock, mutex, then the locks of reaper and gate. No lock is
/// held while memory or files are freed.
final class VersionSet {
    private final ReentrantLock manifestLock = new ReentrantLock();
    private final ReentrantLock mutex = new ReentrantLock();
    private final @Nullable Manifest manifest;
    private final TableFiles files;
    private final Reaper reaper;
    private final Health health;
    private final Gate gate;
    private final Map<Long, TableHandle> handles = new HashMap<>();

    VersionSet(
            @Nullable Manifest manifest, TableFiles files, Reaper reaper, Health health,
            Gate gate) {
        this.manifest = manifest;
        this.files = files;
        this.reaper = reaper;
        this.health = health;
        this.gate = gate;
    }

    long newFileNumber() {
        Manifest of = manifest;
        if (of == null) {
            throw Errors.readOnly();
        }
        return of.newFileNumber();
    }

    /// Makes an edit durable, then runs `install` with the state after it, under the mutex.
    ///
    /// @throws dev.firn.manifest.InvalidEditException when the edit does not fit the state (what it
    ///     refers to has vanished); nothing was written
    /// @throws IOException when it could not be made durable. If that may be tried again (no space)
    ///     the store goes on, else it takes no more writes
    void commit(VersionEdit edit, Consumer<StoreState> install) throws IOException {
        commit(state -> edit, install);
    }

    /// Makes the edit that a function finds for the present state durable.
    void commit(Function<StoreState, VersionEdit> edit, Consumer<StoreState> install)
            throws IOException {
        Manifest to = manifest;
        if (to == null) {
            throw Errors.readOnly();
        }
        List<String> replaced;
        manifestLock.lock();
        try {
            health.checkWritable();
            VersionEdit made = edit.apply(to.state());
            try {
                to.append(made);
            } finally {
                Throwable failure = to.failure();
                if (failure != null) {
                    health.poison(failure);
                }
            }
            try {
                mutex.lock();
                try {
                    install.accept(to.state());
                } finally {
                    mutex.unlock();
                }
                replaced = to.takeReplaced();
            } catch (Throwable t) {
                // The edit counts, but is not shown: only a reopening finds the way back.
                health.poison(t);
                throw t;
            }
        } finally {
            manifestLock.unlock();
        }
        try {
            gate.open();
            for (String name : replaced) {
                files.delete(name);
            }
        } catch (Throwable t) {
            // Whoever gets this must not take the edit for undone.
            health.poison(t);
            throw t;
        }
    }

    /// Runs something under the mutex.
    void locked(Runnable action) {
        mutex.lock();
        try {
            action.run();
        } finally {
            mutex.unlock();
        }
    }

    /// The first view of a keyspace.
    void begin(StoreKeyspace keyspace, KeyspaceState state, LiveMemtable active) {
        mutex.lock();
        try {
            replace(keyspace, new LiveMemtable[]{active}, tree(state));
        } finally {
            mutex.unlock();
        }
    }

    /// Puts a new active memtable before the others.
    void freeze(StoreKeyspace keyspace, LiveMemtable active) {
        mutex.lock();
        try {
            ReadView view = keyspace.viewOrThrow();
            LiveMemtable[] memtables = new LiveMemtable[view.memtables().length + 1];
            memtables[0] = active;
            System.arraycopy(view.memtables(), 0, memtables, 1, view.memtables().length);
            replace(keyspace, memtables, view.tree());
        } finally {
            mutex.unlock();
        }
    }

    /// Shows the tables of a state, without a memtable that is in them now. Called from `install`.
    @SuppressWarnings("ReferenceEquality") // a version that is the same object needs no new tree
    void show(StoreKeyspace keyspace, KeyspaceState state, @Nullable LiveMemtable flushed) {
        ReadView view = keyspace.view();
        if (view == null) {
            return;
        }
        List<LiveMemtable> memtables = new ArrayList<>(List.of(view.memtables()));
        if (flushed != null) {
            memtables.remove(flushed);
        }
        Tree tree =
                state.version() == view.tree().version() ? view.tree() : tree(state);
        replace(keyspace, memtables.toArray(LiveMemtable[]::new), tree);
    }

    /// A tree of a state; whoever keeps it counts a reference. The mutex is held.
    private Tree tree(KeyspaceState state) {
        Tree tree = new Tree(state.version(), state.flushedSequence(), handles::get,
                this::newHandle);
        for (int run = 0; run < tree.runs(); run++) {
            for (TableHandle handle : tree.tables(run)) {
                handle.references++;
            }
        }
        return tree;
    }

    private TableHandle newHandle(TableMeta meta) {
        TableHandle handle = new TableHandle(meta);
        handles.put(meta.file(), handle);
        return handle;
    }

    private void replace(StoreKeyspace keyspace, LiveMemtable[] memtables, Tree tree) {
        ReadView old = keyspace.view();
        for (LiveMemtable memtable : memtables) {
            memtable.references++;
        }
        tree.references++;
        keyspace.setView(new ReadView(memtables, tree));
        if (old != null) {
            reaper.retire(() -> release(old));
        }
    }

    /// Takes the view of a dropped keyspace away. With open cursors it is kept for them, its files
    /// unlinked at once; without, everything is freed. Called from `install`.
    ///
    /// @return the view kept for cursors, to be given to [#release] when the last has closed
    @Nullable
    ReadView drop(StoreKeyspace keyspace) {
        ReadView view = keyspace.view();
        if (view == null) {
            return null;
        }
        boolean keep = keyspace.markDropped(view);
        if (!keep) {
            reaper.retire(() -> release(view));
            return null;
        }
        return view;
    }

    /// Removes the files of a kept view from the directory, having opened those that cursors may
    /// still read; the others are closed when the reads that are under way have ended.
    void unlink(ReadView view, Predicate<TableMeta> isNeeded) {
        Tree tree = view.tree();
        List<TableHandle> spared = new ArrayList<>();
        for (int run = 0; run < tree.runs(); run++) {
            TableHandle[] tables = tree.tables(run);
            for (int i = 0; i < tables.length; i++) {
                TableHandle handle = tables[i];
                try {
                    if (isNeeded.test(tree.run(run).table(i))) {
                        files.pin(handle);
                    } else {
                        spared.add(handle);
                    }
                    handle.unlinked = true;
                    files.delete(handle);
                } catch (Throwable e) {
                    // It cannot be opened, so the cursors will be told; it is deleted with the
                    // view.
                    health.upkeep().failed(e);
                }
            }
        }
        reaper.retire(() -> spared.forEach(files::closeUnlessPinned));
    }

    /// Keeps a tree's tables for a job.
    void retain(Tree tree) {
        mutex.lock();
        try {
            tree.references++;
        } finally {
            mutex.unlock();
        }
    }

    /// The view of a keyspace with its tree kept for a job, or null when it was dropped.
    @Nullable
    ReadView retain(StoreKeyspace keyspace) {
        mutex.lock();
        try {
            ReadView view = keyspace.view();
            if (view != null) {
                view.tree().references++;
            }
            return view;
        } finally {
            mutex.unlock();
        }
    }

    /// Keeps a frozen memtable for its flush.
    void retain(LiveMemtable memtable) {
        mutex.lock();
        try {
            memtable.references++;
        } finally {
            mutex.unlock();
        }
    }

    /// Gives a frozen memtable back after its flush.
    void release(LiveMemtable memtable) {
        boolean unused;
        mutex.lock();
        try {
            memtable.references--;
            unused = memtable.references == 0;
        } finally {
            mutex.unlock();
        }
        if (unused) {
            free(List.of(memtable), List.of());
        }
    }

    /// Gives a tree back that a job kept.
    void release(Tree tree) {
        List<TableHandle> unused = new ArrayList<>();
        mutex.lock();
        try {
            release(tree, unused);
        } finally {
            mutex.unlock();
        }
        free(List.of(), unused);
    }

    /// Gives up a view that was replaced and that no read uses any more.
    void release(ReadView view) {
        List<LiveMemtable> memtables = new ArrayList<>();
        List<TableHandle> unused = new ArrayList<>();
        mutex.lock();
        try {
            for (LiveMemtable memtable : view.memtables()) {
                if (--memtable.references == 0) {
                    memtables.add(memtable);
                }
            }
            release(view.tree(), unused);
        } finally {
            mutex.unlock();
        }
        free(memtables, unused);
    }

    private void release(Tree tree, List<TableHandle> unused) {
        tree.references--;
        if (tree.references != 0) {
            assert tree.references > 0 : "a tree was given back twice";
            return;
        }
        for (int run = 0; run < tree.runs(); run++) {
            for (TableHandle handle : tree.tables(run)) {
                if (--handle.references == 0) {
                    handles.remove(handle.number());
                    unused.add(handle);
                }
            }
        }
    }

    private void free(List<LiveMemtable> memtables, List<TableHandle> tables) {
        for (LiveMemtable memtable : memtables) {
            memtable.memtable.close();
        }
        for (TableHandle handle : tables) {
            files.forget(handle);
            if (!handle.unlinked) {
                files.delete(handle);
            }
        }
        if (!memtables.isEmpty() || !tables.isEmpty()) {
            gate.open();
        }
    }

    /// The files a state needs, for finding orphans.
    static void forEachTable(StoreState state, Consumer<TableMeta> consumer) {
        for (KeyspaceState keyspace : state.keyspaces()) {
            for (Run run : keyspace.version().runs()) {
                run.tables().forEach(consumer);
            }
        }
    }

    /// Closes the manifest.
    void close() throws IOException {
        manifestLock.lock();
        try {
            if (manifest != null) {
                manifest.close();
            }
        } finally {
            manifestLock.unlock();
        }
    }
}
