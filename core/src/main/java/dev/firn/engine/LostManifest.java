package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.KeyspaceOptions;
import dev.firn.compaction.Bottom;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.TableOwner;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A repair that goes by the tables and the log, as no manifest is whole. One thread.
///
/// Every table counts, for the keyspace that its properties name; of keyspaces with the same name
/// the youngest gets it, the others are dropped ones whose files nobody had deleted yet.
final class LostManifest {
    private static final long TABLE_BYTES = 64L << 20;

    private final Map<Integer, RepairTarget> targets;
    private final List<String> warnings;
    /// What can be read of a manifest that is not whole.
    private final @Nullable StoreState hint;
    /// The manifest's view of tables, by their number, and whose they are.
    private final Map<Long, TableMeta> hints = new HashMap<>();
    private final Map<Long, KeyspaceState> owners = new HashMap<>();
    /// Keyspaces of which a table is damaged or missing: what the log has of them is all wanted.
    private final Set<RepairTarget> incomplete = new HashSet<>();
    private final Map<RepairTarget, List<TableMeta>> newestFirst = new HashMap<>();
    private boolean isLogWhole;

    LostManifest(Map<Integer, RepairTarget> targets, List<String> warnings,
            @Nullable StoreState hint) {
        this.targets = targets;
        this.warnings = warnings;
        this.hint = hint;
    }

    /// The keyspace of records of the log. One that no table names is made for them.
    @Nullable
    RepairTarget target(int id) {
        if (id <= 0) {
            return null;
        }
        // The first keyspace of every store.
        return keyspaceOf(new TableOwner(id, id == 1 ? Firn.DEFAULT_KEYSPACE : "recovered-" + id));
    }

    /// Whether an entry of the log is wanted. What is in a table too is taken once; so of a whole
    /// log all is, and what it has wins over tables that should be gone. Of a damaged one the last
    /// writes are missing, and it could bring back what they had replaced: only what may be in no
    /// table that is left is taken.
    boolean takes(RepairTarget target, long sequence) {
        return isLogWhole || sequence > target.flushed || incomplete.contains(target);
    }

    /// Finds out which keyspaces there are, and what is left of them.
    void read(List<Storage.FileInfo> files, RepairTables tables, RepairLog log,
            RepairBuffer buffer) throws IOException {
        warnings.add("the manifest is lost, and every table counts again: tables that a compaction"
                + " had replaced and nobody had deleted yet hold values that were overwritten and"
                + " keys that were deleted, and where the newer entry has no sequence number any"
                + " more they WIN over it. Compare with a copy of the store if there is one");
        warnings.add("keyspaces whose options are not known any more have the default options");
        if (hint != null) {
            for (KeyspaceState keyspace : hint.keyspaces()) {
                keyspace.version().forEachTable(table -> {
                    hints.put(table.file(), table);
                    owners.put(table.file(), keyspace);
                });
            }
        }
        List<RepairTables.Source> sources = new ArrayList<>();
        for (Storage.FileInfo info : files) {
            if (RepairTables.isTable(info.name())) {
                RepairTables.Source found = tables.source(info.name(), info.bytes(),
                        hints.get(RepairTables.number(info.name())));
                if (found != null) {
                    sources.add(found);
                }
            }
        }
        sources.sort(Comparator.comparingLong(RepairTables.Source::number).reversed());
        makeKeyspaces(sources);
        sources.forEach(this::take);
        owners.forEach((number, owner) -> {
            if (sources.stream().noneMatch(source -> source.number() == number)) {
                incomplete.add(targets.get(owner.id()));
            }
        });
        long logsFrom = hint == null ? 0 : hint.logsFrom();
        isLogWhole = log.areAllWhole(logsFrom);
        log.readAll(logsFrom);
        buffer.finish().forEach((target, written) -> {
            target.flushed = Math.max(target.flushed, log.last());
            newestFirst.computeIfAbsent(target, _ -> new ArrayList<>()).addAll(0, written);
        });
        targets.values().stream().filter(target -> target.name.startsWith("recovered-"))
                .forEach(target -> warnings.add("keyspace " + target.name + " (number " + target.id
                        + ") is one that had been dropped, or one whose name is lost; look at what"
                        + " is in it"));
    }

    /// Makes the keyspaces that are known, then those that tables name, the youngest first.
    private void makeKeyspaces(List<RepairTables.Source> sources) {
        if (hint != null) {
            hint.keyspaces().forEach(
                    keyspace -> keyspaceOf(new TableOwner(keyspace.id(), keyspace.name())));
        }
        var named = new TreeMap<Integer, TableOwner>(Comparator.reverseOrder());
        for (RepairTables.Source source : sources) {
            TableOwner owner = source.owner();
            if (owner != null && owner.id() > 0 && !owners.containsKey(source.number())) {
                named.putIfAbsent(owner.id(), owner);
            }
        }
        named.values().forEach(this::keyspaceOf);
    }

    private void take(RepairTables.Source source) {
        KeyspaceState owner = owners.get(source.number());
        TableOwner told = source.owner();
        TableMeta table = source.table();
        if (table == null && owner == null && told == null) {
            return;
        }
        RepairTarget target = owner != null
                ? targets.get(owner.id())
                : keyspaceOf(told != null
                        ? told
                        : new TableOwner(-1, "recovered-table-" + source.number()));
        if (target == null) {
            return;
        }
        if (!source.isOriginal()) {
            target.saved(table == null ? 0 : table.entries());
            target.lost(source.lost());
            incomplete.add(target);
        } else if (table != null) {
            target.kept(table.entries());
            target.flushed = Math.max(target.flushed, table.largestSequence());
        }
        if (table != null) {
            newestFirst.computeIfAbsent(target, _ -> new ArrayList<>()).add(table);
        }
    }

    /// The keyspace of an owner, which is made when there is none yet; null when it was dropped.
    private @Nullable RepairTarget keyspaceOf(TableOwner owner) {
        RepairTarget known = targets.get(owner.id());
        if (known != null) {
            return known;
        }
        KeyspaceState state = hint == null ? null : hint.keyspace(owner.id());
        if (hint != null && state == null && owner.id() > 0 && owner.id() < hint.nextKeyspace()) {
            return null;
        }
        int id = owner.id() > 0 ? owner.id() : freeId();
        String name = owner.name();
        if (!KeyspaceState.isName(name)
                || targets.values().stream().anyMatch(target -> target.name.equals(owner.name()))) {
            name = "recovered-" + id;
        }
        var made = new RepairTarget(id, name,
                state == null ? KeyspaceOptions.defaults() : state.options(),
                state == null ? 0 : state.flushedSequence());
        targets.put(id, made);
        return made;
    }

    /// An id that no keyspace is likely to have had.
    private int freeId() {
        int largest = targets.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        return Math.max(largest, 1 << 30) + 1;
    }

    /// Writes one run of each keyspace at the last level.
    void merge(RepairTables tables, TableBuilder builder) throws IOException {
        Codecs codecs = new Codecs();
        for (RepairTarget target : targets.values()) {
            List<TableMeta> some = newestFirst.get(target);
            if (some != null) {
                List<TableMeta> merged = new RepairMerge(tables, builder, target,
                        codecs.of(target.options.compression()), TABLE_BYTES).run(some);
                merged.forEach(
                        table -> target.add(Bottom.LEVEL, merged.getFirst().file(), table));
            }
        }
    }
}
