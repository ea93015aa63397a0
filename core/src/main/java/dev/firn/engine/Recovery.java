package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.manifest.Change;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.VersionEdit;
import dev.firn.memtable.Memtable;
import dev.firn.record.LogReplay;
import dev.firn.record.RecordReader;
import dev.firn.record.RecoveredLog;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings the memtables back from the log when a store is opened.
///
/// Operations of keyspaces that are gone, and those that a keyspace's tables hold already, are
/// passed over. When the memtables are full before the log ends, all of them become tables by one
/// edit: every write up to there is then in tables, none after it, so the state stays a prefix of
/// the commit order whatever happens next. The log itself is left as it is until an edit says that
/// it is not needed.
final class Recovery {
    private final Storage storage;
    private final StoreState state;
    private final Map<Integer, StoreKeyspace> keyspaces;
    private final long bytesMax;
    private final boolean readOnly;
    private final Spill spill;
    private final List<LogReplay.Segment> segments;
    private boolean isSpilling;
    private final Map<Integer, Long> flushed = new HashMap<>();
    /// In the order of the log, so that what is done for each is done in the same order every time.
    private final Set<StoreKeyspace> written = new LinkedHashSet<>();
    private byte[] key = new byte[1024];
    /// Where the batch that is inserted stands.
    private String batchFile = "";
    private long batchAt;
    private long lastSequence;
    private long bytes;

    /// Turns the memtables of keyspaces into tables by one edit, and gives the keyspaces new
    /// memtables.
    @FunctionalInterface
    interface Spill {
        void spill(Set<StoreKeyspace> keyspaces, long lastSequence, List<Change> more)
                throws IOException;
    }

    Recovery(
            Storage storage,
            StoreState state,
            Map<Integer, StoreKeyspace> keyspaces,
            long bytesMax,
            boolean readOnly,
            List<LogReplay.Segment> segments,
            Spill spill) {
        this.storage = storage;
        this.state = state;
        this.keyspaces = keyspaces;
        this.bytesMax = bytesMax;
        this.readOnly = readOnly;
        this.segments = segments;
        this.spill = spill;
        this.lastSequence = state.lastSequence();
        for (KeyspaceState keyspace : state.keyspaces()) {
            flushed.put(keyspace.id(), keyspace.flushedSequence());
        }
    }

    /// The segments that may belong to the log.
    static List<LogReplay.Segment> segments(StoreState state, List<Storage.FileInfo> files) {
        Map<Long, Long> found = new HashMap<>();
        for (Storage.FileInfo info : files) {
            StoreFile file = StoreFile.parse(info.name()).orElse(null);
            if (file != null
                    && file.kind() == StoreFile.Kind.LOG
                    && file.number() >= state.logsFrom()
                    && file.isPossible(state.nextFile())) {
                found.put(file.number(), RecordReader.UNKNOWN_SIZE);
            }
        }
        if (state.logsFrom() > 0) {
            // Its file was durable before the edit that names it: if it is missing now, that is
            // damage.
            found.putIfAbsent(state.logsFrom(), RecordReader.UNKNOWN_SIZE);
        }
        state.logs().forEach(found::put);
        List<LogReplay.Segment> segments = new ArrayList<>();
        found.forEach((number, size) -> segments.add(new LogReplay.Segment(number, size)));
        return segments;
    }

    /// Checks that the log begins where the manifest says. One that was never told that segments
    /// are not needed any more can only know a log from its very first byte on; if that is gone,
    /// the manifest has lost edits (it was cut), and going on would take tables for left over that
    /// it has forgotten.
    static void requireBeginning(
            Storage storage, StoreState state, List<LogReplay.Segment> segments)
            throws IOException {
        if (state.logsFrom() > 0 || segments.isEmpty()) {
            return;
        }
        long first = segments.stream().mapToLong(LogReplay.Segment::number).min().orElse(0);
        String name = StoreFile.log(first).name();
        if (storage.exists(name) && !LogReplay.isBeginning(storage, state.storeId(), first)) {
            throw new CorruptException(
                    StoreFile.CURRENT,
                    0,
                    "the manifest has lost edits: it knows of no retired log, but " + name
                            + " is not the first");
        }
    }

    /// Reads the log and keeps nothing of it: what cannot be recovered must be known before
    /// anything is written.
    static void check(Storage storage, StoreState state, List<LogReplay.Segment> segments,
            LogReplay.Consumer progress) throws IOException {
        requireBeginning(storage, state, segments);
        LogReplay.replay(storage, state.storeId(), segments, (payload, file, at, endLsn) -> {
            BatchFormat.decode(payload, file, at,
                    (id, trailer, memory, keyAt, keyLength, valueAt, valueLength) -> requireKnown(
                            state, id));
            progress.accept(payload, file, at, endLsn);
        });
    }

    /// Checks that the manifest knows a keyspace, or knew it. A keyspace is in the manifest, which
    /// was forced, before anything is written to it.
    private static void requireKnown(StoreState state, int keyspace) throws CorruptException {
        if (keyspace >= state.nextKeyspace()) {
            throw new CorruptException(StoreFile.CURRENT, 0,
                    "the manifest has lost edits: the log has writes to keyspace " + keyspace
                            + ", which it does not know");
        }
    }

    /// Replays the log into the memtables.
    RecoveredLog run() throws IOException {
        requireBeginning(storage, state, segments);
        RecoveredLog log =
                LogReplay.replay(
                        storage, state.storeId(), segments,
                        (payload, file, at, endLsn) -> apply(payload, file, at));
        // A creation that was cut off begins again: what it left may be in the page cache only, and
        // a log that went on from there would have lost its beginning after a power cut.
        return state.logsFrom() == 0 && log.records() == 0 ? log.begunAnew() : log;
    }

    private void apply(MemorySegment payload, String file, long at) throws IOException {
        batchFile = file;
        batchAt = at;
        long last = BatchFormat.decode(payload, file, at, this::insert);
        lastSequence = Math.max(lastSequence, last);
        // Between records only: a batch stays whole.
        if (bytes >= bytesMax && !readOnly) {
            if (!isSpilling) {
                check(storage, state, segments, (bytes, of, offset, lsn) -> {});
                isSpilling = true;
            }
            spill(List.of());
        }
    }

    private void insert(
            int id,
            long trailer,
            MemorySegment memory,
            long keyAt,
            int keyLength,
            long valueAt,
            int valueLength)
            throws IOException {
        requireKnown(state, id);
        StoreKeyspace keyspace = keyspaces.get(id);
        if (keyspace == null || trailer >>> 8 <= flushed.getOrDefault(id, 0L)) {
            return;
        }
        if (key.length < keyLength) {
            key = new byte[Math.max(keyLength, 2 * key.length)];
        }
        Bytes.copy(memory, keyAt, key, 0, keyLength);
        LiveMemtable live = keyspace.viewOrThrow().active();
        Memtable memtable = live.memtable;
        if (memtable.lastSequence() >= trailer >>> 8 && memtable.entries() > 0) {
            throw new CorruptException(
                    batchFile, batchAt,
                    "sequence " + (trailer >>> 8) + " after " + memtable.lastSequence());
        }
        if (!memtable.insert(key, 0, keyLength, trailer, memory, valueAt, valueLength)) {
            throw new FirnException(
                    Kind.OUT_OF_MEMORY,
                    storage.location()
                            + ": the log does not fit the memory budget; open the store with more"
                            + " (Options.withMemoryBytes)");
        }
        bytes += live.growth();
        written.add(keyspace);
    }

    /// Makes tables of what was recovered so far.
    void spill(List<Change> more) throws IOException {
        spill.spill(new LinkedHashSet<>(written), lastSequence, more);
        written.clear();
        bytes = 0;
    }

    boolean isEmpty() {
        return written.isEmpty();
    }

    Set<StoreKeyspace> written() {
        return written;
    }

    long lastSequence() {
        return lastSequence;
    }

    /// Writes the memtables of keyspaces to tables and says so in one edit.
    static void spill(
            TableBuilder builder,
            Storage storage,
            VersionSet versions,
            WriteBuffer buffer,
            Set<StoreKeyspace> keyspaces,
            long lastSequence,
            List<Change> more)
            throws IOException {
        List<Change> changes = new ArrayList<>();
        Map<StoreKeyspace, LiveMemtable> done = new LinkedHashMap<>();
        for (StoreKeyspace keyspace : keyspaces.stream()
                .sorted(java.util.Comparator.comparingInt(StoreKeyspace::id)).toList()) {
            LiveMemtable live = keyspace.viewOrThrow().active();
            TableMeta table = FlushOutput.write(builder, keyspace, lastSequence, live.memtable);
            done.put(keyspace, live);
            changes.add(new Change.Flushed(keyspace.id(), lastSequence));
            changes.add(new TableAdded(keyspace.id(), 0, table.file(), table));
        }
        if (!done.isEmpty()) {
            storage.syncDirectory();
        }
        changes.add(new Change.LastSequence(lastSequence));
        changes.addAll(more);
        done.keySet().forEach(keyspace -> versions.freeze(keyspace, buffer.newMemtable()));
        versions.commit(
                new VersionEdit(changes),
                state -> {
                    for (Map.Entry<StoreKeyspace, LiveMemtable> entry : done.entrySet()) {
                        KeyspaceState keyspace = state.keyspace(entry.getKey().id());
                        if (keyspace != null) {
                            versions.show(entry.getKey(), keyspace, entry.getValue());
                        }
                    }
                });
    }
}
