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
import java.lang.foreign.ValueLayout;
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
    private BatchSink sink = (payload, file, at) -> {};
    private Wanted wanted = (id, key, sequence) -> true;
    final List<Damage> damages = new ArrayList<>();
    private long records;
    private long last;
    private long recordsLeft;
    private long entriesLeft;
    private long leftFirst;
    private long leftLast;
    private long bytesLost;
    /// Whether the log's first record comes next, if it can be read.
    private boolean isBeginningThere;
    private long writesLost;
    /// The sequence number of the last write in all whole records up to here.
    private long lastSeen;
    private boolean isBehindHole;
    /// No batch has come behind the last bytes that are lost.
    private boolean isEndLost;
    private boolean isBehindSeen;
    private boolean isMissing;

    /// Takes whole batches, in the order of the log.
    interface BatchSink {
        /// Takes a batch; throws a [CorruptException] before it has taken any of it.
        void batch(MemorySegment payload, String file, long at) throws IOException;
    }

    /// Says what of the log is in no table.
    interface Wanted {
        /// Whether an entry of a keyspace is.
        boolean test(int keyspace, byte[] key, long sequence);
    }

    /// Takes what is whole in a segment, wherever it stands.
    private interface Pieces extends BatchSink {
        /// Nothing is whole in front of the record that comes next.
        ///
        /// @param bytes how much that is, 0 where another segment begins
        void hole(long bytes);
    }

    RepairLog(Storage storage, long storeId, boolean beyond) {
        this.storage = storage;
        this.storeId = storeId;
        this.beyond = beyond;
    }

    /// Tells what is read from now on to somebody.
    void giveTo(BatchSink to, Wanted test) {
        sink = to;
        wanted = test;
    }

    /// Tells that everything up to a sequence number is in tables.
    void since(long sequence) {
        lastSeen = sequence;
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
        whole(segments(state), new Pieces() {
            @Override
            public void batch(MemorySegment payload, String file, long at) throws IOException {
                BatchFormat.decode(payload, file, at,
                        (id, trailer, m, a, kl, v, vl) -> found[0] |= id >= state.nextKeyspace());
            }

            @Override
            public void hole(long bytes) {
                // Nothing can be known of it.
            }
        });
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
        List<LogReplay.Segment> segments = segments(state);
        // What was before the first segment that is needed is in tables.
        isBeginningThere = state.logsFrom() == 0
                || storage.exists(StoreFile.log(state.logsFrom()).name());
        behind(segments);
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
        whole(segments, new Pieces() {
            @Override
            public void batch(MemorySegment payload, String file, long at) throws IOException {
                behind(payload, file, at);
            }

            @Override
            public void hole(long bytes) {
                bytesLost += bytes;
                isBehindHole = true;
                isBehindSeen |= bytes > 0;
                isEndLost |= bytes > 0;
            }
        });
    }

    /// Hands out every whole record of some segments, wherever it stands.
    private void whole(List<LogReplay.Segment> segments, Pieces to) throws IOException {
        for (LogReplay.Segment segment : segments.stream()
                .sorted(java.util.Comparator.comparingLong(LogReplay.Segment::number)).toList()) {
            String name = StoreFile.log(segment.number()).name();
            if (!storage.exists(name)) {
                isMissing = true;
                continue;
            }
            to.hole(0);
            try (ReadFile file = storage.open(name);
                    RecordReader reader = new RecordReader(file,
                            SegmentHeader.guessedLog(storeId, segment.number()),
                            RecordReader.UNKNOWN_SIZE, RecordFormat.RECORD_BYTES_MAX)) {
                readAll(reader, file.bytes(), name, to);
            }
        }
    }

    private void readAll(RecordReader reader, long bytes, String name, Pieces to)
            throws IOException {
        long end = RecordFormat.HEADER_BYTES;
        long at = end;
        while (at < bytes) {
            try {
                if (!reader.nextWhole(at)) {
                    return;
                }
            } catch (CorruptException e) {
                // A bad sector, or a record that this version cannot read.
                at = Math.max(at, e.offset()) + SECTOR;
                continue;
            }
            if (reader.offset() > end) {
                to.hole(reader.offset() - end);
            }
            end = reader.endOffset();
            at = end;
            if (reader.kind() == RecordFormat.BATCH) {
                give(reader, name, to);
            }
        }
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
        // How many entries are wanted, and the sequence number of the first of all.
        long[] entries = new long[2];
        long sequence = BatchFormat.decode(payload, file, at,
                (id, trailer, memory, keyAt, keyLength, v, vl) -> {
                    long of = Trailer.sequence(trailer);
                    byte[] key = memory.asSlice(keyAt, keyLength)
                            .toArray(ValueLayout.JAVA_BYTE);
                    entries[0] += of > last && wanted.test(id, key, of) ? 1 : 0;
                    entries[1] = entries[1] == 0 ? of : entries[1];
                });
        if (isBeginningThere && bytesLost == 0 && !isMissing) {
            lastSeen = Math.max(lastSeen, entries[1] - 1);
        }
        isBeginningThere = false;
        if (isBehindHole) {
            writesLost += Math.max(0, entries[1] - lastSeen - 1);
        }
        isBehindHole = false;
        isEndLost = false;
        lastSeen = Math.max(lastSeen, sequence);
        if (sequence <= last) {
            return;
        }
        isBehindSeen = true;
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
        boolean isLossKnown = damages.isEmpty()
                || (isBehindSeen && !isEndLost && !isMissing);
        return new RepairedLog(isKept, records, last, recordsLeft, entriesLeft, leftFirst,
                leftLast, isKept ? 0 : bytesLost, isKept ? 0 : writesLost, isLossKnown);
    }
}
