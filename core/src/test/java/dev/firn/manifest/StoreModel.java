package dev.firn.manifest;

import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
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
import dev.firn.manifest.TableChange.TableTrimmed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// What a store consists of, kept the plainest way: the oracle for [StoreState]. A flat list of
/// tables with their places; nothing is checked, shared or indexed.
final class StoreModel {
    record Placed(int keyspace, int level, long run, TableMeta table) {}

    static final class Keyspace {
        final String name;
        final KeyspaceOptions options;
        long flushed;

        Keyspace(String name, KeyspaceOptions options) {
            this.name = name;
            this.options = options;
        }
    }

    long storeId;
    long nextFile = 1;
    long sequence;
    long logsFrom;
    int nextKeyspace = 1;
    final TreeMap<Long, Long> logs = new TreeMap<>();
    final TreeMap<Integer, Keyspace> keyspaces = new TreeMap<>();
    final List<Placed> tables = new ArrayList<>();

    void apply(VersionEdit edit) {
        edit.changes().forEach(this::apply);
    }

    private void apply(Change change) {
        switch (change) {
            case StoreCreated c -> storeId = c.storeId();
            case SnapshotEnded c -> {
            }
            case KeyspaceCreated c -> {
                keyspaces.put(c.id(), new Keyspace(c.name(), c.options()));
                nextKeyspace = c.id() + 1;
            }
            case KeyspaceDropped c -> {
                keyspaces.remove(c.id());
                tables.removeIf(placed -> placed.keyspace == c.id());
            }
            case NextKeyspace c -> nextKeyspace = c.id();
            case Flushed c -> {
                keyspaces.get(c.keyspace()).flushed = c.sequence();
                sequence = Math.max(sequence, c.sequence());
            }
            case LogRotated c -> logs.put(c.number(), c.finalSize());
            case LogsFrom c -> {
                logsFrom = c.number();
                logs.keySet().removeIf(number -> number < logsFrom);
            }
            case NextFile c -> nextFile = c.number();
            case LastSequence c -> sequence = c.sequence();
            case TableAdded c -> {
                tables.add(new Placed(c.keyspace(), c.level(), c.run(), c.table()));
                sequence = Math.max(sequence, c.table().largestSequence());
            }
            case TableRemoved c -> tables.removeIf(placed -> placed.table.file() == c.file());
            case TableTrimmed c -> tables.replaceAll(
                    placed -> placed.table.file() == c.file() ? trimmed(placed, c) : placed);
        }
    }

    private static Placed trimmed(Placed placed, TableTrimmed trim) {
        TableMeta t = placed.table;
        TableMeta now = new TableMeta(t.file(), t.tableId(), t.fileBytes(), t.rawBytes(),
                t.entries(), t.tombstones(), t.smallest(), t.largest(),
                trim.lower() == null ? t.lower() : trim.lower(),
                trim.upper() == null ? t.upper() : trim.upper(), t.smallestSequence(),
                t.largestSequence(), t.createdMillis(), t.codec());
        return new Placed(placed.keyspace, placed.level, placed.run, now);
    }

    /// The same lines as [ManifestText#text(StoreState)].
    String text() {
        var changes = new ArrayList<Change>();
        changes.add(new StoreCreated(storeId, 1));
        changes.add(new NextFile(nextFile));
        changes.add(new LastSequence(sequence));
        changes.add(new LogsFrom(logsFrom));
        logs.forEach((number, size) -> changes.add(new LogRotated(number, size)));
        keyspaces.forEach((id, keyspace) -> {
            changes.add(new KeyspaceCreated(id, keyspace.name, keyspace.options));
            if (keyspace.flushed > 0) {
                changes.add(new Flushed(id, keyspace.flushed));
            }
            tables.stream().filter(placed -> placed.keyspace == id)
                    .sorted(Comparator.comparing(Placed::level)
                            .thenComparing(Placed::run, Comparator.reverseOrder())
                            .thenComparing(placed -> first(placed.table)))
                    .forEach(placed -> changes.add(new TableAdded(id, placed.level, placed.run,
                            placed.table)));
        });
        changes.add(new NextKeyspace(nextKeyspace));
        changes.add(new SnapshotEnded());
        return String.join("\n", changes.stream().map(ManifestText::text).toList());
    }

    static UserKey first(TableMeta table) {
        return table.lower() == null ? table.smallest() : table.lower();
    }
}
