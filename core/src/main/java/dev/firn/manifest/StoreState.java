package dev.firn.manifest;

import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.LastSequence;
import dev.firn.manifest.Change.LogRotated;
import dev.firn.manifest.Change.LogsFrom;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.Change.NextKeyspace;
import dev.firn.manifest.Change.SnapshotEnded;
import dev.firn.manifest.Change.StoreCreated;
import dev.firn.manifest.TableChange.TableAdded;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a store consists of: the sum of the edits of its manifest.
///
/// It changes in place, an edit at a time and never by half: [StatePlan] checks the whole edit
/// before anything is changed. Not thread-safe: whoever appends to the [Manifest] holds the
/// engine's manifest lock, and so does whoever reads this. What it hands out (keyspaces with their
/// versions) is immutable and may be kept.
///
/// An idle keyspace costs some 300 bytes here.
public final class StoreState {
    boolean created;
    boolean snapshotEnded;
    long storeId;
    int formatVersion;
    long nextFile = 1;
    long lastSequence;
    long logsFrom;
    int nextKeyspace = 1;
    final NavigableMap<Integer, KeyspaceState> keyspaces = new TreeMap<>();
    final Map<String, KeyspaceState> byName = new HashMap<>();
    final NavigableMap<Long, Long> logs = new TreeMap<>();
    final Set<Long> tables = new HashSet<>();

    /// Of nothing: only a [StoreCreated] fits it.
    StoreState() {}

    /// The identity that all files of the store carry.
    public long storeId() {
        return storeId;
    }

    /// The version of the store's format.
    public int formatVersion() {
        return formatVersion;
    }

    /// The keyspaces, by rising id. A view.
    public Collection<KeyspaceState> keyspaces() {
        return Collections.unmodifiableCollection(keyspaces.values());
    }

    /// The keyspace of an id, or null.
    public @Nullable KeyspaceState keyspace(int id) {
        return keyspaces.get(id);
    }

    /// The keyspace of a name, or null.
    public @Nullable KeyspaceState keyspace(String name) {
        return byName.get(name);
    }

    /// The id that the next keyspace gets.
    public int nextKeyspace() {
        return nextKeyspace;
    }

    /// The number that the next file gets, as far as the manifest was told; see
    /// [Manifest#newFileNumber].
    public long nextFile() {
        return nextFile;
    }

    /// The largest sequence number that is known to be taken: every one in a table is not above it.
    public long lastSequence() {
        return lastSequence;
    }

    /// Logs with smaller numbers are not needed.
    public long logsFrom() {
        return logsFrom;
    }

    /// The final sizes, by number, of the logs that are needed and complete. A log that is needed
    /// and not here was being written when the manifest was last told. A view.
    public NavigableMap<Long, Long> logs() {
        return Collections.unmodifiableNavigableMap(logs);
    }

    /// How many tables all keyspaces have.
    public int tableCount() {
        return tables.size();
    }

    /// Whether a table of the number belongs to the state.
    public boolean hasTable(long file) {
        return tables.contains(file);
    }

    /// Applies an edit that is known to be durable.
    ///
    /// @throws InvalidEditException when it does not fit; nothing was changed
    void apply(VersionEdit edit) {
        StatePlan.of(this, edit).install();
    }

    /// The state as the changes that make it of nothing, in an order in which they can be applied
    /// in any number of edits. Two states are equal when these are.
    public List<Change> changes() {
        var changes = new ArrayList<Change>();
        changes.add(new StoreCreated(storeId, formatVersion));
        changes.add(new NextFile(nextFile));
        changes.add(new LastSequence(lastSequence));
        changes.add(new LogsFrom(logsFrom));
        logs.forEach((number, finalSize) -> changes.add(new LogRotated(number, finalSize)));
        keyspaces.values().forEach(keyspace -> addChanges(keyspace, changes));
        changes.add(new NextKeyspace(nextKeyspace));
        changes.add(new SnapshotEnded());
        return changes;
    }

    private static void addChanges(KeyspaceState keyspace, List<Change> changes) {
        int id = keyspace.id();
        changes.add(new KeyspaceCreated(id, keyspace.name(), keyspace.options()));
        if (keyspace.flushedSequence() > 0) {
            changes.add(new Flushed(id, keyspace.flushedSequence()));
        }
        int number = 0;
        for (Level level : keyspace.version().levels()) {
            for (Run run : level.runs()) {
                for (TableMeta table : run.tables()) {
                    changes.add(new TableAdded(id, number, run.id(), table));
                }
            }
            number++;
        }
    }
}
