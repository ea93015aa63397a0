package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.KeyspaceOptions;
import dev.firn.compaction.Bottom;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.Coverage;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableOwner;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A repair that goes by the tables and the log, as no manifest is whole. One thread.
///
/// Every table counts, for the keyspace that its properties name, unless tables that are whole tell
/// that they have replaced it; of what they have replaced in part that part does not count. Of
/// keyspaces with the same name the youngest gets it, the others are dropped ones whose files
/// nobody had deleted yet.
final class LostManifest {
    private static final long TABLE_BYTES = 64L << 20;

    private final Map<Integer, RepairTarget> targets;
    private final List<String> warnings;
    /// What can be read of a manifest that is not whole.
    private final @Nullable StoreState hint;
    /// The manifest's view of tables, by their id, and whose they are.
    private final Map<Long, TableMeta> hints = new HashMap<>();
    private final Map<Long, KeyspaceState> owners = new HashMap<>();
    /// Keyspaces of which a table is damaged or missing: what the log has of them is all wanted,
    /// but what whole tables have replaced.
    private final Set<RepairTarget> incomplete = new HashSet<>();
    private final Map<RepairTarget, List<RepairMerge.Part>> newestFirst = new HashMap<>();
    /// Keyspaces of tables that name none, by the number of the table.
    private final Map<Long, @Nullable RepairTarget> unowned = new HashMap<>();
    private final List<String> replaced = new ArrayList<>();
    /// Whether some table that counts may have been replaced without anybody telling.
    private boolean isStalePossible;

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

    /// Whether an entry of the log is wanted: only what is in no table. Another one could hide a
    /// later write that was never in the log, or bring back what one behind the damage had
    /// replaced, where that has lost its sequence number or has gone as a tombstone.
    boolean takes(RepairTarget target, byte[] key, long sequence) {
        return (sequence > target.flushed || incomplete.contains(target))
                && !target.covers.hasLogged(key, sequence);
    }

    /// Finds out which keyspaces there are, and what is left of them.
    void read(List<Storage.FileInfo> files, RepairTables tables, RepairLog log,
            RepairBuffer buffer) throws IOException {
        if (hint != null) {
            for (KeyspaceState keyspace : hint.keyspaces()) {
                keyspace.version().forEachTable(table -> {
                    hints.put(table.tableId(), table);
                    owners.put(table.tableId(), keyspace);
                });
            }
        }
        List<RepairTables.Source> sources = new ArrayList<>();
        for (Storage.FileInfo info : files) {
            if (RepairNames.isTable(info.name())) {
                RepairTables.Source found =
                        tables.look(info.name(), info.bytes(), hints);
                if (found != null) {
                    sources.add(found);
                }
            }
        }
        sources.sort(Comparator.comparingLong(RepairTables.Source::number).reversed());
        makeKeyspaces(sources);
        sources.forEach(this::ask);
        for (RepairTables.Source source : sources) {
            take(source, tables);
        }
        Set<Long> found = new HashSet<>();
        sources.forEach(source -> found.add(source.tableId()));
        hints.forEach((id, table) -> {
            if (!found.contains(id)) {
                missing(Objects.requireNonNull(owners.get(id)), table);
            }
        });
        log.since(RepairTarget.flushed(targets.values()));
        log.readAll(hint == null ? 0 : hint.logsFrom());
        buffer.finish().forEach((target, written) -> {
            target.flushed = Math.max(target.flushed, log.last());
            List<RepairMerge.Part> parts =
                    newestFirst.computeIfAbsent(target, _ -> new ArrayList<>());
            written.forEach(table -> parts.addFirst(RepairMerge.Part.of(table)));
        });
        warn();
    }

    private void warn() {
        warnings.add("the manifest is lost, and the tables that are there count. Where a compaction"
                + " had left nothing of some keys, deleted ones may be back: no table tells of it."
                + " Compare with a copy of the store if there is one");
        if (!replaced.isEmpty()) {
            warnings.add("tables that a compaction had replaced, as its tables tell, and nobody"
                    + " had deleted yet, were not used: " + String.join(" ", replaced));
        }
        if (isStalePossible) {
            warnings.add("of some tables it is not known whether a compaction had replaced them:"
                    + " what it left is damaged, missing, or does not tell. Such a table holds"
                    + " values that were overwritten and keys that were deleted, and where the"
                    + " newer entry has no sequence number any more they WIN over it");
        }
        warnings.add("keyspaces whose options are not known any more have the default options");
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
            if (owner != null && owner.id() > 0 && !owners.containsKey(source.tableId())) {
                named.putIfAbsent(owner.id(), owner);
            }
        }
        named.values().forEach(this::keyspaceOf);
    }

    /// The keyspace of a table, which is made when there is none yet; null when it was dropped.
    private @Nullable RepairTarget keyspaceOf(RepairTables.Source source) {
        KeyspaceState owner = owners.get(source.tableId());
        if (owner != null) {
            return targets.get(owner.id());
        }
        TableOwner told = source.owner();
        return told != null
                ? keyspaceOf(told)
                : unowned.computeIfAbsent(source.number(), number -> keyspaceOf(
                        new TableOwner(-1, "recovered-table-" + number)));
    }

    /// Notes what a whole table tells of its keyspace.
    private void ask(RepairTables.Source source) {
        TableFacts facts = source.facts();
        if (!source.isWhole() || facts == null) {
            return;
        }
        RepairTarget target = keyspaceOf(source);
        if (target != null) {
            target.flushed = Math.max(target.flushed,
                    Math.max(facts.flushed(), facts.sequenceMax()));
            if (RepairNames.isOwn(source.name(), source.identity())) {
                target.covers.add(source.number(), facts.coverage());
            }
        }
    }

    private void take(RepairTables.Source source, RepairTables tables) throws IOException {
        TableFacts facts = source.facts();
        boolean isOwned = source.owner() != null || owners.containsKey(source.tableId());
        RepairTarget target = isOwned || source.isWhole() ? keyspaceOf(source) : null;
        if (isOwned && target == null) {
            // Of a keyspace that was dropped.
            return;
        }
        if (target != null && facts != null && target.covers.replaces(source.rank(), facts)) {
            replaced.add(source.name());
            return;
        }
        if (target != null && source.isWhole()) {
            TableMeta table = source.meta();
            isStalePossible |= facts != null && facts.coverage() == null;
            target.kept(table.entries());
            add(target, table, source);
            return;
        }
        RepairTables.Rescued rescued = tables.rescue(source);
        TableMeta table = rescued.table();
        isStalePossible = true;
        if (target == null && table != null) {
            target = keyspaceOf(source);
        }
        if (target != null) {
            incomplete.add(target);
            target.lost(rescued.lost());
            target.saved(table == null ? 0 : table.entries());
            if (table != null) {
                add(target, table, source);
            }
        }
    }

    private void add(RepairTarget target, TableMeta table, RepairTables.Source source) {
        newestFirst.computeIfAbsent(target, _ -> new ArrayList<>())
                .add(new RepairMerge.Part(table, source.rank()));
    }

    /// A table that a part of the manifest names is not there. It may have been replaced later.
    private void missing(KeyspaceState owner, TableMeta table) {
        RepairTarget target = Objects.requireNonNull(targets.get(owner.id()));
        if (!target.covers.replaces(table.file(), table.first(), table.end(),
                table.smallestSequence(), table.largestSequence())) {
            incomplete.add(target);
            isStalePossible = true;
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
            List<RepairMerge.Part> some = newestFirst.get(target);
            if (some != null) {
                List<TableMeta> merged = new RepairMerge(tables, builder, target,
                        codecs.of(target.options.compression()), TABLE_BYTES)
                        .covering(new Coverage(0, target.flushed, null, null)).run(some);
                merged.forEach(
                        table -> target.add(Bottom.LEVEL, merged.getFirst().file(), table));
            }
        }
    }
}
