package dev.firn.manifest;

import dev.firn.KeyspaceOptions;
import dev.firn.key.Trailer;
import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.KeyspaceDropped;
import dev.firn.manifest.Change.LastSequence;
import dev.firn.manifest.Change.LogRotated;
import dev.firn.manifest.Change.LogsFrom;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.Change.NextKeyspace;
import dev.firn.manifest.Change.SnapshotEnded;
import dev.firn.manifest.Change.StoreCreated;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a state will be after an edit. Made before the edit is written, which finds every reason to
/// refuse it; [#install] afterwards cannot fail.
final class StatePlan {
    private final StoreState state;
    private boolean created;
    private boolean snapshotEnded;
    private long storeId;
    private int formatVersion;
    private long nextFile;
    private long lastSequence;
    private long logsFrom;
    private int nextKeyspace;

    private final Map<Integer, KeyspaceState> changed = new LinkedHashMap<>();
    private final Map<Integer, KeyspaceState> dropped = new LinkedHashMap<>();
    private final Map<Long, Long> rotated = new TreeMap<>();
    private final Map<Integer, List<TableChange>> tableChanges = new LinkedHashMap<>();
    private final Set<String> newNames = new HashSet<>();
    private final Set<Long> added = new HashSet<>();
    private final Set<Long> removed = new HashSet<>();

    private StatePlan(StoreState state) {
        this.state = state;
        created = state.created;
        snapshotEnded = state.snapshotEnded;
        storeId = state.storeId;
        formatVersion = state.formatVersion;
        nextFile = state.nextFile;
        lastSequence = state.lastSequence;
        logsFrom = state.logsFrom;
        nextKeyspace = state.nextKeyspace;
    }

    /// Plans an edit.
    ///
    /// @throws InvalidEditException when it does not fit the state
    static StatePlan of(StoreState state, VersionEdit edit) {
        var plan = new StatePlan(state);
        for (Change change : edit.changes()) {
            check(plan.created || change instanceof StoreCreated, "there is no store yet");
            plan.add(change);
        }
        plan.applyTableChanges();
        return plan;
    }

    private void add(Change change) {
        switch (change) {
            case StoreCreated c -> {
                check(!created, "the store is there already");
                check(c.formatVersion() > 0, "format versions begin with 1");
                created = true;
                storeId = c.storeId();
                formatVersion = c.formatVersion();
            }
            case SnapshotEnded c -> {
                check(!snapshotEnded, "the snapshot has ended already");
                snapshotEnded = true;
            }
            case KeyspaceCreated c -> create(c);
            case KeyspaceDropped c -> drop(c.id());
            case NextKeyspace c -> {
                check(c.id() >= nextKeyspace, "keyspace ids would go back to %d", c.id());
                nextKeyspace = c.id();
            }
            case Flushed c -> {
                KeyspaceState keyspace = keyspace(c.keyspace());
                check(c.sequence() >= keyspace.flushedSequence(), "flushed sequence would go back");
                changed.put(c.keyspace(), keyspace.flushed(c.sequence()));
                raiseSequence(c.sequence());
            }
            case LogRotated c -> rotate(c);
            case LogsFrom c -> {
                check(c.number() >= logsFrom, "logs before %d are gone", logsFrom);
                logsFrom = c.number();
                rotated.keySet().removeIf(number -> number < logsFrom);
            }
            case NextFile c -> {
                check(c.number() >= nextFile, "file numbers would go back to %d", c.number());
                check(c.number() <= StoreFile.NUMBER_MAX, "file numbers are used up");
                nextFile = c.number();
            }
            case LastSequence c -> {
                check(c.sequence() >= lastSequence, "sequence numbers would go back");
                raiseSequence(c.sequence());
            }
            case TableChange c ->
                    tableChanges.computeIfAbsent(c.keyspace(), id -> new ArrayList<>()).add(c);
        }
    }

    private void create(KeyspaceCreated c) {
        check(KeyspaceState.isName(c.name()), "a keyspace cannot have such a name");
        check(c.id() >= nextKeyspace, "keyspace id %d was used before", c.id());
        check(c.id() < Integer.MAX_VALUE, "keyspace ids are used up");
        if (isNameTaken(c.name())) {
            throw refused("there is a keyspace " + c.name() + " already");
        }
        // Most keyspaces share the one object.
        boolean usual = c.options().equals(KeyspaceOptions.defaults());
        KeyspaceOptions options = usual ? KeyspaceOptions.defaults() : c.options();
        changed.put(c.id(), new KeyspaceState(c.id(), c.name(), options, Version.EMPTY, 0));
        newNames.add(c.name());
        nextKeyspace = c.id() + 1;
    }

    private boolean isNameTaken(String name) {
        KeyspaceState before = state.byName.get(name);
        return newNames.contains(name) || (before != null && !dropped.containsKey(before.id()));
    }

    private void drop(int id) {
        KeyspaceState keyspace = keyspace(id);
        check(!tableChanges.containsKey(id), "keyspace %d is dropped with open changes", id);
        keyspace.version().forEachTable(table -> removed.add(table.file()));
        changed.remove(id);
        newNames.remove(keyspace.name());
        dropped.put(id, keyspace);
    }

    private void rotate(LogRotated c) {
        check(c.number() >= logsFrom, "log %d is gone", c.number());
        Long before = rotated.getOrDefault(c.number(), state.logs.get(c.number()));
        check(before == null || before == c.finalSize(), "log %d had another size", c.number());
        rotated.put(c.number(), c.finalSize());
    }

    private void raiseSequence(long sequence) {
        check(sequence <= Trailer.SEQUENCE_MAX, "sequence numbers end before %d", sequence);
        lastSequence = Math.max(lastSequence, sequence);
    }

    private void applyTableChanges() {
        for (List<TableChange> changes : tableChanges.values()) {
            for (TableChange change : changes) {
                if (change instanceof TableRemoved) {
                    removed.add(change.file());
                }
            }
        }
        tableChanges.forEach(
                (id, changes) -> {
                    KeyspaceState keyspace = keyspace(id);
                    changed.put(id, keyspace.with(keyspace.version().apply(changes)));
                    changes.forEach(this::noteAdded);
                });
    }

    private void noteAdded(TableChange change) {
        if (change instanceof TableAdded a) {
            long file = a.file();
            check(file < nextFile, "table %d has a number not given out yet", file);
            boolean taken = state.tables.contains(file) && !removed.contains(file);
            check(!taken && added.add(file), "table %d is there already", file);
            raiseSequence(a.table().largestSequence());
        }
    }

    private KeyspaceState keyspace(int id) {
        KeyspaceState keyspace = find(id);
        if (keyspace == null) {
            throw new InvalidEditException("there is no keyspace " + id);
        }
        return keyspace;
    }

    private @Nullable KeyspaceState find(int id) {
        if (dropped.containsKey(id)) {
            return null;
        }
        KeyspaceState now = changed.get(id);
        return now != null ? now : state.keyspaces.get(id);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw refused(otherwise);
        }
    }

    /// The message is put together only when it is needed.
    private static void check(boolean holds, String otherwise, long number) {
        if (!holds) {
            throw refused(otherwise.replace("%d", Long.toString(number)));
        }
    }

    private static InvalidEditException refused(String why) {
        return new InvalidEditException(why);
    }

    /// Makes the state what was planned. It has not changed since.
    void install() {
        state.created = created;
        state.snapshotEnded = snapshotEnded;
        state.storeId = storeId;
        state.formatVersion = formatVersion;
        state.nextFile = nextFile;
        state.lastSequence = lastSequence;
        state.logsFrom = logsFrom;
        state.nextKeyspace = nextKeyspace;
        state.logs.putAll(rotated);
        state.logs.headMap(logsFrom, false).clear();
        dropped.values().forEach(this::uninstall);
        changed.values().forEach(this::install);
        state.tables.removeAll(removed);
        state.tables.addAll(added);
    }

    private void uninstall(KeyspaceState keyspace) {
        if (state.keyspaces.remove(keyspace.id()) != null) {
            state.byName.remove(keyspace.name());
        }
    }

    private void install(KeyspaceState keyspace) {
        state.keyspaces.put(keyspace.id(), keyspace);
        state.byName.put(keyspace.name(), keyspace);
    }
}
