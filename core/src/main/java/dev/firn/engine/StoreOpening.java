package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.Options;
import dev.firn.StoreEvent;
import dev.firn.engine.FlushGroup.Member;
import dev.firn.manifest.Change;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Manifest;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.VersionEdit;
import dev.firn.record.LogReplay;
import dev.firn.record.RecoveredLog;
import dev.firn.record.WriteAheadLog;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.Storage;
import dev.firn.util.ChunkPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens a store: lock, `CURRENT`, manifest, log, memtables, ready.
///
/// After a clean close the log goes on as it is. After anything else what was recovered from it is
/// written to tables, forced, before anything new is acknowledged (P6): the log's last part may be
/// in the page cache only. Files that are left over are deleted when all was read and is durable
/// (P9). Whatever fails, everything that was taken is given back, and nothing that was stored is
/// changed: at most tables, and edits that name them, have been added.
final class StoreOpening {
    /// After so many segments of small clean lives the log is flushed at opening.
    private static final int SEGMENTS_MAX = 16;

    private static final long MEMTABLE_BYTES_MAX = 64L << 20;
    private static final long MEMTABLE_BYTES_MIN = 64L << 10;
    private static final int OPEN_TABLES_MAX = 4096;

    private final Store store;
    private final Storage storage;
    private final Options options;
    private final SharedResources resources;
    private final boolean ownsResources;
    private final long newStoreId;
    private final FileSizes sizes;
    private final Scheduler scheduler;
    private final ChunkPool pool;
    private final Gate gate = new Gate();
    private final Figures figures = new Figures();
    private final Snapshots snapshots = new Snapshots();
    private final ReadCounters counters = new ReadCounters();
    private final Codecs codecs = new Codecs();
    private final Health health;
    private final Events events;
    private final Tasks tasks;
    private final BufferPool buffers;
    private final ReadContexts reads;
    private final Reaper reaper;
    private final CursorMemories cursorMemories;
    private final LogUse logUse;
    private final List<AutoCloseable> undo = new ArrayList<>();
    /// The size of a log that was not closed cleanly: so much must go into tables.
    private long unsettledLogBytes;

    StoreOpening(
            Store store,
            Storage storage,
            Options options,
            SharedResources resources,
            boolean ownsResources,
            long newStoreId,
            FileSizes sizes) {
        this.store = store;
        this.storage = storage;
        this.options = options;
        this.resources = resources;
        this.ownsResources = ownsResources;
        this.newStoreId = newStoreId;
        this.sizes = sizes;
        this.scheduler = resources.scheduler();
        this.pool = resources.pool();
        this.health = new Health(storage.location());
        this.logUse = new LogUse(health::poison);
        this.events = new Events(options.listener());
        this.tasks = new Tasks(scheduler, gate, health.upkeep()::failed);
        this.buffers = new BufferPool(pool, Math.max(256 << 10, resources.memoryLimit() / 32));
        this.reads = new ReadContexts(() -> new ReadScratch(buffers, counters));
        this.reaper = new Reaper(reads, tasks);
        this.cursorMemories = new CursorMemories(pool);
    }

    StoreParts open() {
        try {
            return openOrThrow();
        } catch (DiskFullException e) {
            throw undone(Errors.notOpened(storage, e, unsettledLogBytes));
        } catch (IOException e) {
            throw undone(Errors.of(storage.location(), e));
        } catch (RuntimeException e) {
            throw undone(e);
        } catch (Error e) {
            throw undone(e);
        }
    }

    private <T extends Throwable> T undone(T cause) {
        health.close();
        tasks.close();
        reaper.drain();
        for (int i = undo.size() - 1; i >= 0; i--) {
            try {
                undo.get(i).close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
        return cause;
    }

    private <T extends AutoCloseable> T undoing(T closeable) {
        undo.add(closeable);
        return closeable;
    }

    private StoreParts openOrThrow() throws IOException {
        boolean readOnly = options.readOnly();
        undoing(storage);
        undoing(buffers);
        undoing(reads::close);
        undoing(cursorMemories::close);
        StoreFiles.prepare(storage, options);
        AutoCloseable lock = StoreFiles.lock(storage, options);
        if (lock != null) {
            undoing(lock);
        }
        // Again: somebody may have created it since.
        boolean exists = StoreFiles.prepare(storage, options);
        Manifest manifest = readOnly ? null : undoing(manifest(exists));
        StoreState state = manifest == null ? Manifest.read(storage) : manifest.state();
        List<Storage.FileInfo> files = storage.list();
        StoreFiles.requireTables(storage, state, files);
        List<LogReplay.Segment> segments = Recovery.segments(state, files);
        segments.removeAll(UnbegunLogs.among(storage, state, segments));
        if (manifest != null) {
            requireDefaultKeyspace(manifest, segments);
        }

        TableFiles tables = tables(state);
        undoing(tables::close);
        VersionSet versions = new VersionSet(manifest, tables, reaper, health, gate);
        WriteBuffer buffer =
                new WriteBuffer(pool, memtableBytes(), logBytesMax(), versions, this::frozen);
        Keyspaces keyspaces = new Keyspaces(store, storage.location(), versions, readOnly);
        undoing(() -> keyspaces.all().forEach(StoreOpening::closeMemtables));
        for (KeyspaceState keyspace : state.keyspaces()) {
            keyspaces.adopt(keyspace, buffer);
        }
        TableBuilder builder =
                new TableBuilder(
                        storage,
                        state.storeId(),
                        codecs,
                        resources.budget(),
                        versions::newFileNumber,
                        scheduler,
                        health);
        Recovery recovery =
                new Recovery(
                        storage,
                        state,
                        keyspaces.byId(),
                        memtableBytes(),
                        readOnly,
                        segments,
                        (spaces, last, more) -> {
                            if (manifest != null) {
                                manifest.settle();
                            }
                            Recovery.spill(builder, storage, versions, buffer, spaces, last, more);
                            // Nobody reads yet: the memory is free at once.
                            reaper.drain();
                        });
        unsettledLogBytes = logBytes(files);
        RecoveredLog recovered = recovery.run();
        if (manifest != null) {
            // All was read and is well: only now anything may be written.
            manifest.settle();
        }
        boolean goesOn = staysAsItIs(recovered);
        unsettledLogBytes = goesOn ? 0 : unsettledLogBytes;
        WriteAheadLog log = null;
        if (!readOnly) {
            log =
                    WriteAheadLog.open(
                            storage,
                            state.storeId(),
                            sizes.log(),
                            versions::newFileNumber,
                            logUse,
                            scheduler::nanoTime,
                            recovered);
            undoing(log::abandon);
            settleLog(goesOn, recovery, recovered, log, buffer);
        }
        if (manifest != null) {
            deleteOrphans(manifest, tables);
        }
        return connect(lock, tables, versions, log, buffer, keyspaces, builder,
                recovery.lastSequence());
    }

    /// Deletes what nothing names. Listed anew, as the manifest may have used up a `CURRENT.tmp`
    /// that was left; and before anything works in the background, so that it makes none meanwhile.
    private void deleteOrphans(Manifest manifest, TableFiles tables) throws IOException {
        List<String> names = storage.list().stream().map(Storage.FileInfo::name).toList();
        for (String orphan : manifest.orphans(names)) {
            tables.delete(orphan);
        }
    }

    private Manifest manifest(boolean exists) throws IOException {
        Manifest manifest =
                exists ? Manifest.load(storage) : Manifest.create(storage, newStoreId);
        manifest.replaceAbove(sizes.manifestBytesMin(), sizes.manifestSnapshotsMax());
        return manifest;
    }

    /// Creates the default keyspace where it is not there: the store is new, or a crash came
    /// between its creation and this.
    private void requireDefaultKeyspace(Manifest manifest, List<LogReplay.Segment> segments)
            throws IOException {
        StoreState state = manifest.state();
        if (state.keyspace(Firn.DEFAULT_KEYSPACE) != null) {
            return;
        }
        Recovery.check(storage, state, segments, (payload, file, at, endLsn) -> {});
        manifest.settle();
        manifest.append(
                VersionEdit.of(
                        new Change.KeyspaceCreated(
                                state.nextKeyspace(),
                                Firn.DEFAULT_KEYSPACE,
                                options.keyspaceDefaults()),
                        new Change.NextKeyspace(state.nextKeyspace() + 1)));
    }

    private TableFiles tables(StoreState state) {
        return new TableFiles(
                storage,
                state.storeId(),
                resources.cache(),
                pool,
                codecs,
                buffers,
                counters,
                OPEN_TABLES_MAX,
                reaper);
    }

    /// Whether the log need not go into tables. Many segments only make opening slower, which is no
    /// reason to refuse it on a disk that has no room for tables.
    private boolean staysAsItIs(RecoveredLog recovered) throws IOException {
        return recovered.closedCleanly()
                && (recovered.segments().size() <= SEGMENTS_MAX
                        || storage.freeBytes() < unsettledLogBytes + Errors.OPENING_BYTES);
    }

    private static long logBytes(List<Storage.FileInfo> files) {
        return files.stream()
                .filter(file -> StoreFiles.isLog(file.name()))
                .mapToLong(Storage.FileInfo::bytes)
                .sum();
    }

    /// Makes what was recovered durable where it may not be, and says where the log begins now.
    private void settleLog(
            boolean goesOn, Recovery recovery, RecoveredLog recovered, WriteAheadLog log,
            WriteBuffer buffer)
            throws IOException {
        if (goesOn && !recovery.isEmpty()) {
            long first = recovered.segments().getFirst();
            recovery.written().forEach(keyspace -> buffer.adopt(keyspace, first));
            return;
        }
        long from = log.currentSegment();
        List<Change> more = new ArrayList<>(logUse.changes(from));
        recovery.spill(more);
        logUse.recorded(more);
        logUse.retire(log, from);
    }

    private void frozen(FlushGroup group) {
        Flusher to = flusher;
        if (to == null) {
            throw new IllegalStateException("frozen before the store is open");
        }
        to.add(group);
        for (Member member : group.members()) {
            LiveMemtable live = member.memtable();
            events.tell(
                    new StoreEvent.MemtableFrozen(
                            member.keyspace().name(), live.bytes(), live.memtable.entries()));
        }
    }

    private @Nullable Flusher flusher;

    private StoreParts connect(
            @Nullable AutoCloseable lock,
            TableFiles tables,
            VersionSet versions,
            @Nullable WriteAheadLog log,
            WriteBuffer buffer,
            Keyspaces keyspaces,
            TableBuilder builder,
            long lastSequence) {
        Flusher flushes =
                new Flusher(
                        builder, versions, snapshots, health, tasks, gate, scheduler,
                        figures, events,
                        logUse, log);
        flusher = flushes;
        Throttle throttle =
                new Throttle(
                        scheduler,
                        tasks,
                        figures,
                        resources.budget(),
                        events::tell,
                        () -> flushes.queue().isPending() || reaper.isPending(),
                        health);
        LogUpkeep upkeep =
                log == null
                        ? null
                        : new LogUpkeep(log, tasks, health, options.syncInterval().toNanos());
        CommitPipeline commits =
                new CommitPipeline(
                        storage.location(), health, log, upkeep, buffer, throttle, figures,
                        lastSequence);
        logUse.connect(log, buffer, flushes, commits);
        keyspaces.connect(buffer, commits);
        buffer.connect(throttle, flushes);
        Compactions compactions =
                new Compactions(
                        new CompactionTask.Tools(
                                storage, builder, versions, tables, snapshots, health, tasks,
                                figures, events,
                                resources.rateLimit(), scheduler),
                        versions, snapshots, health, tasks, gate, resources, throttle, flushes,
                        keyspaces,
                        counters, buffer.bytesMax(), commits::visible);
        flushes.connect(compactions::admitsFlush);
        events.setPlanner(compactions::changed);
        if (upkeep != null) {
            upkeep.start();
            compactions.start();
        }
        return new StoreParts(
                storage, resources, ownsResources, lock, health, gate, tasks, reads,
                new PointRead(tables), reaper, snapshots, buffers, counters, cursorMemories, tables,
                versions, log, buffer, commits, flushes, compactions, keyspaces, figures);
    }

    private long memtableBytes() {
        long half = resources.memoryLimit() / 2;
        long wanted = options.memtableBytes();
        long bytes =
                wanted > 0 ? wanted : Math.min(MEMTABLE_BYTES_MAX, resources.memoryLimit() / 4);
        return Math.clamp(bytes, MEMTABLE_BYTES_MIN, half);
    }

    private long logBytesMax() {
        return options.logBytesMax() > 0 ? options.logBytesMax() : 4 * memtableBytes();
    }

    static void closeMemtables(StoreKeyspace keyspace) {
        ReadView view = keyspace.viewForCursor();
        if (view != null) {
            for (LiveMemtable live : view.memtables()) {
                live.memtable.close();
            }
        }
    }
}
