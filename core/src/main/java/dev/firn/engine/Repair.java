package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.RepairReport.RepairedLog;
import dev.firn.VerifyReport;
import dev.firn.VerifyReport.Damage;
import dev.firn.manifest.Change;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Level;
import dev.firn.manifest.ManifestSalvage;
import dev.firn.manifest.Run;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableOwner;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rebuilds a damaged store from its files that are whole.
///
/// - A store that [Verifier] finds clean is left as it is.
/// - Which keyspaces and tables there are is what the newest manifest says that can be read
///   ([ManifestSalvage]). Its whole tables stay where they are, in the tree as on disk. Of a
///   damaged one the readable entries go to a new table in the same place. A file counts as the
///   table that its footer names, whatever its own name.
/// - A whole log stays. Of a damaged one the records before the damage go to tables on level 0, so
///   the log stays a prefix; those behind it only if that is asked for.
/// - Where no manifest can be read to its end, every table of the store counts, for the keyspace
///   that its properties name, and all logs. They are merged by key and sequence number into one
///   run at the last level, as nothing else tells which table is newer. What a finished compaction
///   had replaced, but nobody deleted yet, is among them: old values of keys whose newer
///   version has no sequence number any more, and deleted keys whose tombstone is gone, may come
///   back. The report says so.
/// - Nothing is deleted. Order on disk: a marker that keeps everybody from opening the store → new
///   tables, forced → a copy of `CURRENT` and the report into the quarantine → new manifest, forced
///   → `CURRENT` → all files that are not part of the new state into the quarantine → the marker
///   goes. Up to `CURRENT` a crash leaves the store as it was, from then on repaired but not tidy;
///   either way the marker is there, and repairing again begins anew.
public final class Repair {
    private static final long MEMORY = 128L << 20;

    private final Storage storage;
    private final SharedResources resources;
    private final RepairOptions options;
    private final LongConsumer progress;
    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<Integer, RepairTarget> targets = new TreeMap<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Storage.FileInfo> files;
    private boolean isManifestLost;
    /// What can be read of a manifest that is not whole.
    private @Nullable StoreState hint;

    private Repair(Storage storage, SharedResources resources, RepairOptions options,
            LongConsumer progress) throws IOException {
        this.storage = options.dryRun() ? new DryStorage(storage) : storage;
        this.resources = resources;
        this.options = options;
        this.progress = progress;
        files = storage.list();
    }

    /// Repairs the store in a directory.
    public static RepairReport repair(Path directory, RepairOptions options,
            LongConsumer progress) {
        try (FileStorage storage = new FileStorage(directory);
                SharedResources resources = SharedResources.create(MEMORY, 1, 0)) {
            return repair(storage, resources, options, progress);
        }
    }

    /// Repairs the store in a storage.
    public static RepairReport repair(Storage storage, SharedResources resources,
            RepairOptions options, LongConsumer progress) {
        try {
            requireStore(storage);
            AutoCloseable lock = StoreFiles.lock(storage, Options.defaults());
            try {
                return new Repair(storage, resources, options, progress).run();
            } finally {
                if (lock != null) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw Errors.of(storage.location(), e);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void requireStore(Storage storage) throws IOException {
        if (storage.exists()) {
            for (Storage.FileInfo info : storage.list()) {
                StoreFile file = StoreFile.parse(info.name()).orElse(null);
                if (file != null && file.kind() != StoreFile.Kind.LOCK
                        && file.kind() != StoreFile.Kind.TEMPORARY) {
                    return;
                }
            }
        }
        throw new FirnException(FirnException.Kind.NOT_FOUND,
                "there is no store in " + storage.location());
    }

    private RepairReport run() throws IOException {
        VerifyReport verified = Verifier.verifyLocked(storage, resources, progress);
        if (verified.isClean()) {
            return new RepairReport(options.dryRun(), true, "the manifest", List.of(), List.of(),
                    List.of(), new RepairedLog(true, 0, 0, 0, 0, 0, 0), null, List.of(),
                    List.of());
        }
        for (Storage.FileInfo info : files) {
            long number = StoreFile.parse(info.name()).map(StoreFile::number).orElse(0L);
            numbers.accumulateAndGet(number + 1, Math::max);
        }
        ManifestSalvage manifest = ManifestSalvage.read(storage);
        manifest.damages().forEach(damage -> damages.add(Verifier.damage(damage)));
        StoreState state = manifest.state();
        if (state != null) {
            numbers.accumulateAndGet(state.nextFile(), Math::max);
        }
        boolean wasInterrupted = storage.exists(StoreFile.REPAIRING);
        if (wasInterrupted) {
            damages.add(new Damage(StoreFile.REPAIRING, -1, "an earlier repair was interrupted"));
        }
        mark(wasInterrupted);
        return rebuild(manifest, state);
    }

    /// Keeps everybody else from opening the store until the repair has ended.
    private void mark(boolean exists) throws IOException {
        if (!exists) {
            RepairFiles.write(storage, StoreFile.REPAIRING,
                    List.of("A repair of this store is under way, or was interrupted: run"
                            + " 'firn repair' again."));
            storage.syncDirectory();
        }
    }

    private RepairReport rebuild(ManifestSalvage manifest, @Nullable StoreState state)
            throws IOException {
        long storeId = storeId(manifest);
        TableBuilder builder = new TableBuilder(storage, storeId, new Codecs(), resources.budget(),
                numbers::getAndIncrement, resources.scheduler(), new Health(storage.location()));
        var tables = new RepairTables(storage, storeId, resources, builder, options, progress);
        tables.identify(files);
        RepairBuffer buffer = new RepairBuffer(builder,
                new Codecs().of(dev.firn.Compression.NONE), this::target);
        var log = new RepairLog(storage, storeId, options.beyondDamage(), buffer::add);
        String source = manifest.source();
        boolean isKept = false;
        if (state != null && manifest.isWhole() && !hasLostEdits(state, storeId, tables)) {
            isKept = known(state, tables, log, buffer);
        } else {
            source = "the tables themselves, as the manifest is lost; hints from "
                    + manifest.source();
            isManifestLost = true;
            hint = state;
            lost(tables, log, buffer);
        }
        damages.addAll(tables.damages);
        damages.addAll(log.damages);
        storage.syncDirectory();
        long last = Math.max(log.last(), state == null ? 0 : state.lastSequence());
        List<Change> changes = changes(storeId, state, isKept, last);
        return install(changes, isKept ? state : null, source, tables, log.report(isKept));
    }

    private long storeId(ManifestSalvage manifest) throws IOException {
        Long known = manifest.storeId();
        return known != null ? known : RepairFiles.storeOfTables(storage, files, resources);
    }

    /// Whether there are signs that a manifest without damage has lost its last edits: a table or
    /// the beginning of the log that it needs is gone, and there are tables that are newer than all
    /// it knows.
    private boolean hasLostEdits(StoreState state, long storeId, RepairTables tables)
            throws IOException {
        boolean isNewer = false;
        for (Storage.FileInfo info : files) {
            TableIdentity identity = tables.identity(info.name());
            isNewer |= identity != null && identity.storeId() == storeId
                    && StoreFile.parse(info.name()).orElseThrow().number() >= state.nextFile();
        }
        if (!isNewer) {
            return false;
        }
        boolean[] isGone = new boolean[1];
        VersionSet.forEachTable(state, table -> isGone[0] |= !tables.isThere(table));
        try {
            Recovery.requireBeginning(storage, state, Recovery.segments(state, files));
        } catch (dev.firn.storage.CorruptException e) {
            isGone[0] = true;
        }
        return isGone[0];
    }

    /// The keyspace of records of the log. Where the manifest is lost, one that no table names is
    /// made for them.
    private @Nullable RepairTarget target(int id) {
        RepairTarget known = targets.get(id);
        if (known != null || !isManifestLost || id <= 0) {
            return known;
        }
        // The first keyspace of every store.
        String name = id == 1 ? Firn.DEFAULT_KEYSPACE : "recovered-" + id;
        return keyspaceOf(new TableOwner(id, name), hint);
    }

    /// Goes by a manifest that is whole; returns whether the log stays.
    private boolean known(StoreState state, RepairTables tables, RepairLog log,
            RepairBuffer buffer) throws IOException {
        for (KeyspaceState keyspace : state.keyspaces()) {
            var target = new RepairTarget(keyspace.id(), keyspace.name(), keyspace.options(),
                    keyspace.flushedSequence());
            targets.put(target.id, target);
            int number = 0;
            for (Level level : keyspace.version().levels()) {
                for (Run run : level.runs()) {
                    for (TableMeta meta : run.tables()) {
                        TableMeta kept = tables.examine(target, meta);
                        if (kept != null) {
                            target.add(number, run.id(), kept);
                        }
                    }
                }
                number++;
            }
        }
        if (!tables.repaired.isEmpty()
                && tables.repaired.stream().anyMatch(t -> t.entriesLost() > 0)) {
            warnings.add("of keys whose newest version was lost, older values may show, and deleted"
                    + " ones may be there again");
        }
        if (log.isWhole(state)) {
            return true;
        }
        log.read(state);
        buffer.finish().forEach((target, written) -> {
            target.flushed = Math.max(target.flushed, log.last());
            written.forEach(table -> target.add(0, table.file(), table));
        });
        warnings.add("the log was damaged: writes behind the damage are lost or left out, and"
                + " keyspaces that were flushed later are ahead of the others, so the state may be"
                + " no prefix of the commits");
        return false;
    }

    /// Goes by the tables, as no manifest is whole.
    private void lost(RepairTables tables, RepairLog log, RepairBuffer buffer)
            throws IOException {
        StoreState hint = this.hint;
        warnings.add("the manifest is lost: what a compaction had replaced and nobody had deleted"
                + " yet counts again, so old values and deleted keys may be back");
        warnings.add("options of keyspaces that are not known any more are the usual ones");
        Map<Long, TableMeta> hints = new HashMap<>();
        Map<Long, KeyspaceState> owners = new HashMap<>();
        if (hint != null) {
            for (KeyspaceState keyspace : hint.keyspaces()) {
                keyspaceOf(new TableOwner(keyspace.id(), keyspace.name()), hint);
                keyspace.version().forEachTable(table -> {
                    hints.put(table.file(), table);
                    owners.put(table.file(), keyspace);
                });
            }
        }
        Map<RepairTarget, List<TableMeta>> sources = new HashMap<>();
        for (Storage.FileInfo info : files) {
            if (!RepairTables.isTable(info.name())) {
                continue;
            }
            long number = StoreFile.parse(info.name()).orElseThrow().number();
            RepairTables.Source found = tables.source(info.name(), hints.get(number));
            if (found == null) {
                continue;
            }
            KeyspaceState owner = owners.get(number);
            RepairTarget target = owner != null
                    ? targets.get(owner.id())
                    : keyspaceOf(found.owner() != null
                            ? found.owner()
                            : new TableOwner(-1, "recovered-table-" + number), hint);
            if (target == null) {
                continue;
            }
            if (found.isOriginal()) {
                target.kept(found.table().entries());
                target.flushed = Math.max(target.flushed, found.table().largestSequence());
            } else {
                target.saved(found.table().entries());
                target.lost(found.lost());
            }
            sources.computeIfAbsent(target, _ -> new ArrayList<>()).add(found.table());
        }
        log.readAll(hint == null ? 0 : hint.logsFrom());
        buffer.finish().forEach((target, written) -> {
            target.flushed = Math.max(target.flushed, log.last());
            sources.computeIfAbsent(target, _ -> new ArrayList<>()).addAll(written);
        });
        if (options.dryRun()) {
            return;
        }
        for (RepairTarget target : targets.values()) {
            List<TableMeta> some = sources.get(target);
            if (some != null) {
                tables.merge(target, some);
            }
        }
    }

    /// The keyspace of an owner, which is made when there is none yet; null when it was dropped.
    private @Nullable RepairTarget keyspaceOf(TableOwner owner, @Nullable StoreState hint) {
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

    private List<Change> changes(long storeId, @Nullable StoreState state, boolean isLogKept,
            long lastSequence) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.StoreCreated(storeId,
                state == null ? 1 : state.formatVersion()));
        changes.add(new Change.NextFile(numbers.get() + 2));
        changes.add(new Change.LastSequence(lastSequence));
        if (isLogKept && state != null) {
            changes.add(new Change.LogsFrom(state.logsFrom()));
            state.logs().forEach((number, size) -> changes.add(
                    new Change.LogRotated(number, size)));
        }
        targets.values().forEach(target -> changes.addAll(target.changes()));
        int next = targets.keySet().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
        changes.add(new Change.NextKeyspace(
                Math.max(next, state == null ? 1 : state.nextKeyspace())));
        changes.add(new Change.SnapshotEnded());
        return changes;
    }

    /// Makes the new state the one that counts, and tidies up.
    ///
    /// @param logs the state whose logs stay, or null when none does
    private RepairReport install(List<Change> changes, @Nullable StoreState logs, String source,
            RepairTables tables, RepairedLog log) throws IOException {
        long manifest = numbers.getAndIncrement();
        Set<String> live = new LinkedHashSet<>(List.of(StoreFile.LOCK, StoreFile.CURRENT,
                StoreFile.manifest(manifest).name()));
        targets.values().forEach(target -> target.tables
                .forEach(added -> live.add(added.table().fileName())));
        String folder = RepairFiles.folder(storage, manifest);
        List<String> moved = Stream.concat(
                files.stream().map(Storage.FileInfo::name),
                Stream.of(StoreFile.CURRENT))
                .filter(name -> name.equals(StoreFile.CURRENT)
                        ? isThere(name)
                        : isUnused(name, live, logs))
                .distinct().sorted().toList();
        RepairReport report = new RepairReport(options.dryRun(), false, source, damages,
                targets.values().stream().map(RepairTarget::report).toList(), tables.repaired,
                log, options.dryRun() && moved.isEmpty() ? null : folder, moved, warnings);
        if (options.dryRun()) {
            return report;
        }
        RepairFiles files = new RepairFiles(storage, folder, numbers.getAndIncrement());
        if (isThere(StoreFile.CURRENT)) {
            files.copy(StoreFile.CURRENT);
        } else if (storage.hasFolder(StoreFile.CURRENT)) {
            // Something that is no file; nothing can be renamed over a directory.
            storage.setAside(StoreFile.CURRENT, folder, StoreFile.CURRENT);
        }
        files.write("REPORT.txt", report.lines());
        dev.firn.manifest.Manifest.replace(storage, changes, manifest);
        for (Storage.FileInfo info : storage.list()) {
            if (isUnused(info.name(), live, logs)) {
                storage.setAside(info.name(), folder, info.name());
            }
        }
        storage.syncDirectory();
        storage.delete(StoreFile.REPAIRING);
        storage.syncDirectory();
        return report;
    }

    private boolean isThere(String name) {
        return files.stream().anyMatch(file -> file.name().equals(name));
    }

    private static boolean isUnused(String name, Set<String> live, @Nullable StoreState logs) {
        StoreFile file = StoreFile.parse(name).orElse(null);
        if (file == null || live.contains(name)) {
            return false;
        }
        return logs == null || file.kind() != StoreFile.Kind.LOG
                || file.number() < logs.logsFrom();
    }
}
