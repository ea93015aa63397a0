package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.RepairReport.RepairedLog;
import dev.firn.VerifyReport;
import dev.firn.VerifyReport.Damage;
import dev.firn.manifest.Change;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Manifest;
import dev.firn.manifest.ManifestSalvage;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Codecs;
import dev.firn.storage.CorruptException;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
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
///   that its properties name, and what the logs have that is in no table. They are merged by key
///   and sequence number into one run at the last level. What a finished compaction had replaced,
///   but nobody deleted yet, is known by what the tables say that they replace. Where one of those
///   is damaged or missing what it had replaced counts again: old values of keys whose newer
///   version has no sequence number any more, and deleted keys whose tombstone is gone, may come
///   back. The report says so.
/// - Nothing that was there is deleted. Order on disk: a marker that keeps everybody from opening
///   the store to write → new tables, forced → a copy of `CURRENT` and the plan into the quarantine
///   → new manifest, forced → `CURRENT` → all files that are not part of the new state into the
///   quarantine → the new state is verified → the report into the quarantine → the marker goes. Up
///   to `CURRENT` a crash leaves the store as it was, from then on repaired but not tidy; either
///   way the marker is there, and repairing again begins anew. A failure before the new manifest
///   is begun takes everything back, the marker too.
public final class Repair {
    private static final String PLAN = "PLAN.txt";
    private static final String REPORT = "REPORT.txt";

    /// Where no manifest tells how far numbers have come, no store has come to this one.
    private static final long NUMBER_LIKELY = 1L << 50;

    private final Storage storage;
    private final SharedResources resources;
    private final RepairOptions options;
    private final LongConsumer progress;
    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<Integer, RepairTarget> targets = new TreeMap<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    /// The files as they were, but for tables of an earlier repair that nobody needs.
    /// What was there when it began; nothing of that is ever deleted.
    private final Set<String> present = new HashSet<>();
    private List<Storage.FileInfo> files;
    /// What this repair writes has this number or a larger one.
    private long first;
    private long newManifest;
    private long temporary;
    private String folder = "";
    private boolean isReplacing;

    private Repair(Storage storage, SharedResources resources, RepairOptions options,
            LongConsumer progress) throws IOException {
        Storage reading = new ReadingStorage(storage);
        this.storage = options.dryRun() ? new DryStorage(reading) : reading;
        this.resources = resources;
        this.options = options;
        this.progress = progress;
        files = storage.list();
        files.forEach(info -> present.add(info.name()));
    }

    /// Repairs the store in a directory.
    public static RepairReport repair(Path directory, RepairOptions options,
            LongConsumer progress) {
        try (FileStorage storage = new FileStorage(directory);
                SharedResources resources = SharedResources.create(options.memoryBytes(), 1, 0)) {
            return repair(storage, resources, options, progress);
        }
    }

    /// Repairs the store in a storage.
    public static RepairReport repair(Storage storage, SharedResources resources,
            RepairOptions options, LongConsumer progress) {
        try {
            requireStore(storage);
            AutoCloseable lock = StoreFiles.lock(storage,
                    Options.defaults().withReadOnly(options.dryRun()));
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
            return healthy();
        }
        requireRead(verified);
        ManifestSalvage manifest = ManifestSalvage.read(storage);
        manifest.damages().forEach(damage -> damages.add(Verifier.damage(damage)));
        StoreState state = manifest.state();
        long known = state == null ? NUMBER_LIKELY : state.nextFile();
        for (Storage.FileInfo info : files) {
            long number = StoreFile.parse(info.name()).filter(file -> file.isPossible(known))
                    .map(StoreFile::number).orElse(0L);
            numbers.accumulateAndGet(number + 1, Math::max);
        }
        if (state != null) {
            numbers.accumulateAndGet(state.nextFile(), Math::max);
        }
        first = numbers.get();
        folder = RepairFiles.folder(storage, first);
        RepairMarker earlier = RepairMarker.read(storage);
        if (earlier == null) {
            new RepairMarker(first).write(storage);
        } else {
            interrupted(earlier);
        }
        try {
            return rebuild(manifest, state);
        } catch (Throwable t) {
            if (!isReplacing) {
                takeBack(earlier == null, t);
            }
            throw t;
        }
    }

    /// What is there when nothing is wrong.
    private RepairReport healthy() throws IOException {
        StoreState state = Manifest.read(storage);
        for (KeyspaceState keyspace : state.keyspaces()) {
            var target = new RepairTarget(keyspace.id(), keyspace.name(), keyspace.options(),
                    keyspace.flushedSequence());
            targets.put(target.id, target);
            keyspace.version().forEachTable(table -> target.kept(table.entries()));
        }
        var log = new RepairLog(storage, state.storeId(), false);
        boolean isWhole = log.isWhole(state);
        String manifest = StoreFile.manifest(Manifest.currentNumber(storage)).name();
        return new RepairReport(options.dryRun(), true, manifest, List.of(),
                targets.values().stream().map(RepairTarget::report).toList(), List.of(),
                log.report(isWhole), null, List.of(), List.of());
    }

    /// Checks that every file could be read that was to be read: one that this user may not read
    /// would count as lost.
    private void requireRead(VerifyReport verified) {
        if (!verified.unread().isEmpty()) {
            throw new FirnException(FirnException.Kind.IO, storage.location() + ": "
                    + verified.unread().stream().map(file -> file.file() + " " + file.what())
                            .collect(Collectors.joining(", "))
                    + "; nothing was changed, as a repair would take that for lost. Repair as a"
                    + " user who may read every file");
        }
    }

    /// Begins anew where an earlier repair was cut off. Its tables count only if it may have come
    /// to a manifest of its own.
    private void interrupted(RepairMarker earlier) {
        damages.add(new Damage(StoreFile.REPAIRING, -1, "an earlier repair was interrupted"));
        warnings.add("an earlier repair was interrupted; what it saved, lost and set aside is told"
                + " by the file " + PLAN + " in " + (earlier.firstFile() == Long.MAX_VALUE
                        ? "its quarantine, if there is one"
                        : "quarantine-" + earlier.firstFile() + ", or in a later quarantine before "
                                + folder + ", if there is one"));
        boolean isReplaced = files.stream().map(info -> StoreFile.parse(info.name()).orElse(null))
                .anyMatch(file -> file != null && file.kind() == StoreFile.Kind.MANIFEST
                        && earlier.isOfRepair(file.number()));
        if (!isReplaced) {
            files = files.stream().filter(info -> !RepairNames.isTable(info.name())
                    || !earlier.isOfRepair(RepairNames.number(info.name()))).toList();
        }
    }

    /// Leaves the store as it was after a failure.
    ///
    /// @param isOwn whether the marker is of this repair
    private void takeBack(boolean isOwn, Throwable cause) {
        try {
            for (Storage.FileInfo info : storage.list()) {
                if (isNew(info.name())) {
                    storage.delete(info.name());
                }
            }
            if (isOwn) {
                storage.delete(StoreFile.REPAIRING);
            }
            storage.syncDirectory();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// A number for a new file, under which nothing lies, not even a folder.
    private long newNumber() {
        long number = numbers.getAndIncrement();
        while (isTaken(StoreFile.table(number)) || isTaken(StoreFile.manifest(number))
                || isTaken(new StoreFile(StoreFile.Kind.TEMPORARY, number))) {
            number = numbers.getAndIncrement();
        }
        return number;
    }

    private boolean isTaken(StoreFile file) {
        try {
            return storage.hasFolder(file.name());
        } catch (IOException e) {
            // Making the file tells.
            return false;
        }
    }

    /// Whether this repair has made a file.
    private boolean isNew(String name) {
        return StoreFile.parse(name).map(StoreFile::number).orElse(0L) >= first
                && !present.contains(name);
    }

    private RepairReport rebuild(ManifestSalvage manifest, @Nullable StoreState state)
            throws IOException {
        long storeId = storeId(manifest);
        TableBuilder builder = new TableBuilder(storage, storeId, new Codecs(), resources.budget(),
                this::newNumber, resources.scheduler(), new Health(storage.location()));
        var tables = new RepairTables(storage, storeId, resources, builder, options, progress);
        RepairNames names = tables.identify(files);
        BlockCodec codec = new Codecs().of(dev.firn.Compression.NONE);
        var lost = new LostManifest(targets, warnings, state);
        var log = new RepairLog(storage, storeId, options.beyondDamage());
        String source = manifest.source();
        boolean isKept = false;
        var known = state != null && manifest.isWhole()
                ? new KnownManifest(state, targets, warnings)
                : null;
        if (known != null && !known.hasLostEdits(storeId, files, names, log)) {
            var buffer = new RepairBuffer(builder, codec, targets::get,
                    (target, key, sequence) -> sequence > target.flushed);
            log.giveTo(buffer::add, (id, key, sequence) -> {
                RepairTarget target = targets.get(id);
                return target != null && sequence > target.flushed;
            });
            isKept = known.read(tables, log, buffer, builder, options.dryRun());
        } else {
            source = state == null
                    ? "the tables themselves, as no manifest can be read"
                    : "the tables themselves, as the manifest is damaged or has lost edits; names"
                            + " and options of keyspaces from " + manifest.source();
            var buffer = new RepairBuffer(builder, codec, lost::target, lost::takes);
            log.giveTo(buffer::add, (id, key, sequence) -> {
                RepairTarget target = targets.get(id);
                return target == null || lost.takes(target, key, sequence);
            });
            lost.read(files, tables, log, buffer);
            if (!options.dryRun()) {
                lost.merge(tables, builder);
            }
        }
        damages.addAll(tables.damages);
        // The log is read more than once.
        log.damages.stream().distinct().forEach(damages::add);
        storage.syncDirectory();
        long last = Math.max(log.last(), state == null ? 0 : state.lastSequence());
        for (RepairTarget target : targets.values()) {
            last = Math.max(last, target.lastSequence());
        }
        List<Change> changes = changes(storeId, state, isKept, last);
        return install(changes, isKept ? state : null, source, tables, log.report(isKept));
    }

    private long storeId(ManifestSalvage manifest) throws IOException {
        Long known = manifest.storeId();
        return known != null ? known : RepairFiles.storeOfTables(storage, files, resources);
    }

    private List<Change> changes(long storeId, @Nullable StoreState state, boolean isLogKept,
            long lastSequence) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.StoreCreated(storeId,
                state == null ? 1 : state.formatVersion()));
        newManifest = newNumber();
        temporary = newNumber();
        changes.add(new Change.NextFile(numbers.get()));
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
        Set<String> live = new LinkedHashSet<>(List.of(StoreFile.LOCK, StoreFile.CURRENT,
                StoreFile.manifest(newManifest).name()));
        targets.values().forEach(target -> target.tables
                .forEach(added -> live.add(added.table().fileName())));
        List<String> moved = new ArrayList<>();
        boolean isThere = storage.exists(StoreFile.CURRENT);
        if (isThere) {
            moved.add(StoreFile.CURRENT);
        }
        storage.list().stream().map(Storage.FileInfo::name)
                .filter(name -> !isNew(name) && !name.equals(StoreFile.CURRENT)
                        && isUnused(name, live, logs))
                .forEach(moved::add);
        moved.sort(null);
        RepairReport plan = report(true, source, tables, log, moved);
        if (options.dryRun()) {
            return plan;
        }
        RepairFiles quarantine = new RepairFiles(storage, folder, temporary);
        if (isThere) {
            copyCurrent(quarantine, moved);
        } else if (storage.hasFolder(StoreFile.CURRENT)) {
            // Something that is no file; nothing can be renamed over a directory.
            storage.setAside(StoreFile.CURRENT, folder, StoreFile.CURRENT);
            moved.add(StoreFile.CURRENT);
        }
        List<String> lines = new ArrayList<>(plan.lines());
        lines.set(0, "the plan of a repair; it was carried out to its end only if there is a "
                + REPORT + " beside it");
        quarantine.write(PLAN, lines);
        isReplacing = true;
        Manifest.replace(storage, changes, newManifest);
        moved.removeIf(name -> !name.equals(StoreFile.CURRENT));
        for (Storage.FileInfo info : storage.list()) {
            if (!isUnused(info.name(), live, logs)) {
                continue;
            }
            if (isNew(info.name())) {
                // A step on the way to a table of the new state.
                storage.delete(info.name());
            } else {
                storage.setAside(info.name(), folder, info.name());
                moved.add(info.name());
            }
        }
        storage.syncDirectory();
        moved.sort(null);
        verify();
        RepairReport report = report(false, source, tables, log, moved);
        quarantine.write(REPORT, report.lines());
        storage.delete(StoreFile.REPAIRING);
        storage.syncDirectory();
        return report;
    }

    private void copyCurrent(RepairFiles quarantine, List<String> moved) throws IOException {
        try {
            quarantine.copy(StoreFile.CURRENT);
        } catch (CorruptException e) {
            warnings.add("the old CURRENT could not be copied to the quarantine: "
                    + e.getMessage());
            moved.remove(StoreFile.CURRENT);
        }
    }

    /// Looks whether the store is sound now.
    private void verify() throws IOException {
        for (Damage damage : Verifier.verifyLocked(storage, resources, progress).damages()) {
            if (!damage.file().equals(StoreFile.REPAIRING)) {
                warnings.add("the repaired store is still damaged, in " + damage.file() + ": "
                        + damage.what() + "; put the directory back from a copy");
            }
        }
    }

    private RepairReport report(boolean isPlan, String source, RepairTables tables,
            RepairedLog log, List<String> moved) {
        return new RepairReport(isPlan, false, source, damages,
                targets.values().stream().map(RepairTarget::report).toList(), tables.repaired,
                log, isPlan && moved.isEmpty() ? null : folder, moved, warnings);
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
