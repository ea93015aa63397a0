package dev.firn.engine;

import dev.firn.KeyspaceOptions;
import dev.firn.RepairReport.RepairedKeyspace;
import dev.firn.manifest.Change;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.TableOwner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A keyspace as it will be after a repair.
final class RepairTarget {
    final int id;
    final String name;
    final KeyspaceOptions options;
    /// What was written to it up to this sequence number is in its tables.
    long flushed;
    final RepairCovers covers = new RepairCovers();
    final List<TableAdded> tables = new ArrayList<>();
    private int tablesKept;
    private long entriesKept;
    private long entriesSaved;
    private long entriesFromLog;
    private long entriesLost;
    private boolean isLossKnown = true;

    RepairTarget(int id, String name, KeyspaceOptions options, long flushed) {
        this.id = id;
        this.name = name;
        this.options = options;
        this.flushed = flushed;
    }

    /// What was written up to this sequence number is in tables, to whichever keyspace.
    static long flushed(Collection<RepairTarget> targets) {
        return targets.stream().mapToLong(target -> target.flushed).min().orElse(0);
    }

    TableOwner owner() {
        return new TableOwner(id, name);
    }

    void add(int level, long run, TableMeta table) {
        tables.add(new TableAdded(id, level, run, table));
    }

    void kept(long entries) {
        tablesKept++;
        entriesKept += entries;
    }

    void saved(long entries) {
        entriesSaved += entries;
    }

    void fromLog(long entries) {
        entriesFromLog += entries;
    }

    /// @param entries how many, or -1 when nobody knows
    void lost(long entries) {
        if (entries < 0) {
            isLossKnown = false;
        } else {
            entriesLost += entries;
        }
    }

    /// The largest sequence number that it is known to have.
    long lastSequence() {
        long last = flushed;
        for (TableAdded added : tables) {
            last = Math.max(last, added.table().largestSequence());
        }
        return last;
    }

    /// The changes that create it in a new manifest.
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.KeyspaceCreated(id, name, options));
        if (flushed > 0) {
            changes.add(new Change.Flushed(id, flushed));
        }
        changes.addAll(tables);
        return changes;
    }

    RepairedKeyspace report() {
        return new RepairedKeyspace(name, tablesKept, entriesKept, entriesSaved, entriesFromLog,
                entriesLost, isLossKnown);
    }
}
