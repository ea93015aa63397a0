package dev.firn.engine;

import dev.firn.RepairReport.RepairedLog;
import dev.firn.VerifyReport.Damage;
import dev.firn.key.Trailer;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.record.LogReplay;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecordReader;
import dev.firn.record.SegmentHeader;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the log of a store that is repaired: up to the first damage, as opening the store would,
/// and what is whole behind it, which is taken only when that is asked for. One thread.
final class RepairLog {
    private static final int SECTOR = 512;

    private final Storage storage;
    private final long storeId;
    private final boolean beyond;
    private final BatchSink sink;
    final List<Damage> damages = new ArrayList<>();
    private long records;
    private long last;
    private long recordsLeft;
    private long entriesLeft;
    private long leftFirst;
    private long leftLast;

    /// Takes whole batches, in the order of the log.
    interface BatchSink {
        /// Takes a batch; throws a [CorruptException] before it has taken any of it.
        void batch(MemorySegment payload, String file, long at) throws IOException;
    }

    RepairLog(Storage storage, long storeId, boolean beyond, BatchSink sink) {
        this.storage = storage;
        this.storeId = storeId;
        this.beyond = beyond;
        this.sink = sink;
    }

    /// Whether the log of a state is whole; if not, the damage is noted.
    boolean isWhole(StoreState state) throws IOException {
        var check = new long[2];
        try {
            Recovery.check(storage, state, segments(state), (payload, file, at, endLsn) -> {
                check[0]++;
                check[1] = Math.max(check[1], BatchFormat.decode(payload, file, at,
                        (k, trailer, m, a, kl, v, vl) -> {}));
            });
            records = check[0];
            last = check[1];
            return true;
        } catch (CorruptException e) {
            damages.add(Verifier.damage(e));
            return false;
        } catch (FileSystemException e) {
            damages.add(Verifier.unopened(e));
            return false;
        }
    }

    /// The segments that an open would read.
    private List<LogReplay.Segment> segments(StoreState state) throws IOException {
        List<LogReplay.Segment> segments = Recovery.segments(state, storage.list());
        segments.removeAll(UnbegunLogs.among(storage, state, segments));
        return segments;
    }

    /// Whether a whole record, wherever it stands, is of a keyspace that a state has never heard
    /// of. A keyspace is in the manifest before anything is written to it.
    boolean hasUnknownKeyspace(StoreState state) throws IOException {
        boolean[] found = new boolean[1];
        whole(segments(state), (payload, file, at) -> BatchFormat.decode(payload, file, at,
                (id, trailer, m, a, kl, v, vl) -> found[0] |= id >= state.nextKeyspace()));
        return found[0];
    }

    /// Hands out what an open would read, up to the first damage, which is not noted here.
    void prefix(StoreState state, LogReplay.Consumer to) throws IOException {
        List<LogReplay.Segment> segments = segments(state);
        try {
            Recovery.requireBeginning(storage, state, segments);
            LogReplay.replay(storage, storeId, segments, to);
        } catch (CorruptException | FileSystemException e) {
            // It was noted when the log was checked.
            assert !damages.isEmpty();
        }
    }

    /// Reads the log of a state, which is not whole.
    void read(StoreState state) throws IOException {
        prefix(state, this::take);
        behind(segments(state));
    }

    /// Whether there is no damage in any log of a store whose manifest is lost.
    boolean areAllWhole(long from) throws IOException {
        var probe = new RepairLog(storage, storeId, false, (payload, file, at) -> {});
        probe.readAll(from);
        return probe.damages.isEmpty();
    }

    /// Reads all logs of a store whose manifest is lost: life by life, each up to its first damage.
    ///
    /// @param from logs with smaller numbers are known not to be needed
    void readAll(long from) throws IOException {
        Map<Long, List<LogReplay.Segment>> lives = new TreeMap<>();
        List<LogReplay.Segment> all = new ArrayList<>();
        long unreadable = Long.MAX_VALUE;
        for (Storage.FileInfo info : storage.list()) {
            StoreFile file = StoreFile.parse(info.name()).orElse(null);
            if (file == null || file.kind() != StoreFile.Kind.LOG || file.number() < from) {
                continue;
            }
            var segment = new LogReplay.Segment(file.number());
            all.add(segment);
            SegmentHeader header = header(info.name(), file.number());
            if (header != null) {
                lives.computeIfAbsent(header.startLsn(), _ -> new ArrayList<>()).add(segment);
            } else {
                unreadable = Math.min(unreadable, file.number());
            }
        }
        for (List<LogReplay.Segment> life : lives.values()) {
            life.sort(java.util.Comparator.comparingLong(LogReplay.Segment::number));
            readLife(life, unreadable);
        }
        behind(all);
    }

    private void readLife(List<LogReplay.Segment> life, long unreadable) throws IOException {
        String first = StoreFile.log(life.getFirst().number()).name();
        SegmentHeader header = header(first, life.getFirst().number());
        if (header == null) {
            return;
        }
        if (header.baseLsn() != header.startLsn() && unreadable < header.number()) {
            damages.add(new Damage(first, 0, "the records before this segment cannot be read"));
            return;
        }
        try {
            LogReplay.replay(storage, storeId, life, this::take);
        } catch (CorruptException e) {
            damages.add(Verifier.damage(e));
        } catch (FileSystemException e) {
            damages.add(Verifier.unopened(e));
        }
    }

    /// The header of a log, or null when it is none of this store's of this number; that is noted,
    /// unless the log was never used.
    private @Nullable SegmentHeader header(String name, long number) throws IOException {
        try (ReadFile file = storage.open(name)) {
            try {
                SegmentHeader header = SegmentHeader.readAny(file);
                if (header.kind() == RecordFormat.WRITE_AHEAD_LOG && header.storeId() == storeId
                        && header.number() == number && header.capacity() > 0) {
                    return header;
                }
                damages.add(new Damage(name, 0, "its header is that of number " + header.number()
                        + " of store %016x".formatted(header.storeId())));
            } catch (CorruptException e) {
                damages.add(Verifier.damage(e));
            }
            return null;
        }
    }

    private void take(MemorySegment payload, String file, long at, long endLsn)
            throws IOException {
        long sequence = BatchFormat.decode(payload, file, at,
                (k, trailer, m, a, kl, v, vl) -> {});
        if (sequence > last) {
            sink.batch(payload, file, at);
            last = sequence;
            records++;
        }
    }

    /// Looks through all segments for whole records that were not taken. Sequence numbers grow
    /// along the log, so those of records that were taken are known.
    private void behind(List<LogReplay.Segment> segments) throws IOException {
        whole(segments, this::behind);
    }

    /// Hands out every whole record of some segments, wherever it stands.
    private void whole(List<LogReplay.Segment> segments, BatchSink to) throws IOException {
        for (LogReplay.Segment segment : segments.stream()
                .sorted(java.util.Comparator.comparingLong(LogReplay.Segment::number)).toList()) {
            String name = StoreFile.log(segment.number()).name();
            if (!storage.exists(name)) {
                continue;
            }
            try (ReadFile file = storage.open(name);
                    RecordReader reader = new RecordReader(file,
                            SegmentHeader.guessedLog(storeId, segment.number()),
                            RecordReader.UNKNOWN_SIZE, RecordFormat.RECORD_BYTES_MAX)) {
                long at = RecordFormat.HEADER_BYTES;
                while (at < file.bytes()) {
                    at = next(reader, at, name, to);
                }
            }
        }
    }

    /// Hands out the next whole record; returns where to look for another one.
    private long next(RecordReader reader, long at, String name, BatchSink to)
            throws IOException {
        try {
            if (!reader.nextWhole(at)) {
                return Long.MAX_VALUE;
            }
        } catch (CorruptException e) {
            // A bad sector, or a record that this version cannot read.
            return Math.max(at, e.offset()) + SECTOR;
        }
        if (reader.kind() == RecordFormat.BATCH) {
            give(reader, name, to);
        }
        return reader.endOffset();
    }

    private void give(RecordReader reader, String name, BatchSink to) throws IOException {
        try {
            to.batch(reader.bytes(), name, reader.offset());
        } catch (CorruptException e) {
            Damage damage = Verifier.damage(e);
            if (!damages.contains(damage)) {
                damages.add(damage);
            }
        }
    }

    private void behind(MemorySegment payload, String file, long at) throws IOException {
        long[] entries = new long[2];
        long sequence = BatchFormat.decode(payload, file, at,
                (k, trailer, m, a, kl, v, vl) -> {
                    entries[0]++;
                    entries[1] = entries[1] == 0 ? Trailer.sequence(trailer) : entries[1];
                });
        if (sequence <= last) {
            return;
        }
        if (beyond) {
            sink.batch(payload, file, at);
            last = sequence;
            records++;
            return;
        }
        recordsLeft++;
        entriesLeft += entries[0];
        leftFirst = leftFirst == 0 ? entries[1] : Math.min(leftFirst, entries[1]);
        leftLast = Math.max(leftLast, sequence);
    }

    /// The sequence number of the last write that was taken.
    long last() {
        return last;
    }

    RepairedLog report(boolean isKept) {
        return new RepairedLog(isKept, records, last, recordsLeft, entriesLeft, leftFirst,
                leftLast);
    }
}
