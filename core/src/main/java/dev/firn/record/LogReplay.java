package dev.firn.record;

import dev.firn.record.SegmentEnd.Complete;
import dev.firn.record.SegmentEnd.Corrupt;
import dev.firn.record.SegmentEnd.Torn;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a write-ahead log back, record by record, in the order of its LSNs.
///
/// The first segment is the one the manifest names; each link record names the next. So what
/// belongs to the log is never guessed from names, and a segment that nothing links to (prepared
/// ahead, or of a recovery that crashed) holds nothing that was acknowledged. Where a segment ends
/// without a link, the log ends: with a close record cleanly, else torn. It is corrupt instead when
/// anything tells that more had been synced: a later record, the recorded size of this segment or
/// of a later one, or a file that is shorter than it was made.
///
/// Nothing is written. One thread.
public final class LogReplay {
    /// A segment that may belong to the log.
    ///
    /// @param finalSize its size as recorded when it was rotated, or [RecordReader#UNKNOWN_SIZE]
    public record Segment(long number, long finalSize) {
        /// A segment whose final size nobody has recorded.
        public Segment(long number) {
            this(number, RecordReader.UNKNOWN_SIZE);
        }

        boolean sized() {
            return finalSize != RecordReader.UNKNOWN_SIZE;
        }
    }

    /// Takes the records.
    @FunctionalInterface
    public interface Consumer {
        /// Takes a record of the kind [RecordFormat#BATCH]; there are no others so far.
        ///
        /// @param bytes its payload, read-only native memory, valid during the call
        /// @param file the file it stands in
        /// @param offset where it begins there
        /// @param endLsn the LSN behind it, which its append returned
        void accept(MemorySegment bytes, String file, long offset, long endLsn)
                throws IOException;
    }

    /// No log is longer than this.
    private static final long PLAUSIBLE_BYTES = 1L << 40;

    private final Storage storage;
    private final long storeId;
    private final long recordBytesMax;
    private final Consumer consumer;
    private final List<Long> discarded = new ArrayList<>();
    private long records;
    private boolean closed;
    private long nextLsn;

    private LogReplay(Storage storage, long storeId, long recordBytesMax, Consumer consumer) {
        this.storage = storage;
        this.storeId = storeId;
        this.recordBytesMax = recordBytesMax;
        this.consumer = consumer;
    }

    /// Replays a log.
    ///
    /// @param candidates the segments from the first one that the manifest still needs on: those
    ///        the manifest knows, whether their files exist or not, and all later ones in the
    ///        directory
    /// @throws CorruptException when records that were synced are damaged or missing; records
    ///        before the damage have been handed out by then
    /// @throws IOException when a file cannot be read, or the consumer throws
    public static RecoveredLog replay(Storage storage, long storeId, List<Segment> candidates,
            Consumer consumer) throws IOException {
        return replay(storage, storeId, candidates, RecordFormat.RECORD_BYTES_MAX, consumer);
    }

    /// Replays a log in which a record of more than so many bytes is damage.
    public static RecoveredLog replay(Storage storage, long storeId, List<Segment> candidates,
            long recordBytesMax, Consumer consumer) throws IOException {
        List<Segment> sorted = candidates.stream()
                .sorted(Comparator.comparingLong(Segment::number)).toList();
        return new LogReplay(storage, storeId, recordBytesMax, consumer).run(sorted);
    }

    /// A segment that has been read to its end.
    private record Read(Segment segment, SegmentHeader header, SegmentEnd end, long link,
            long fileBytes) {
        String name() {
            return RecordFormat.logName(segment.number);
        }

        long endLsn() {
            return header.baseLsn() + end.offset();
        }
    }

    /// Whether a segment is the first that a store ever had. One whose header cannot be read counts
    /// as such: reading it will tell what is wrong.
    public static boolean isBeginning(Storage storage, long storeId, long number)
            throws IOException {
        try (ReadFile file = storage.open(RecordFormat.logName(number))) {
            return SegmentHeader.read(file, RecordFormat.WRITE_AHEAD_LOG, storeId, number)
                    .baseLsn() == 0;
        } catch (CorruptException e) {
            return true;
        }
    }

    /// Whether a segment was not made to the end: it has no header or is smaller than that says,
    /// and there is no byte that is not zero behind the header's place.
    public static boolean isUnbegun(Storage storage, long storeId, long number)
            throws IOException {
        try (ReadFile file = storage.open(RecordFormat.logName(number))) {
            try {
                SegmentHeader header =
                        SegmentHeader.read(file, RecordFormat.WRITE_AHEAD_LOG, storeId, number);
                if (file.bytes() >= header.capacity()) {
                    return false;
                }
            } catch (CorruptException e) {
                // Then what stands behind it decides.
            }
            return isZero(file, RecordFormat.HEADER_BYTES);
        }
    }

    private static boolean isZero(ReadFile file, long from) throws IOException {
        if (file.bytes() > RecordFormat.SEGMENT_BYTES_MAX) {
            return false;
        }
        byte[] piece = new byte[64 << 10];
        MemorySegment memory = MemorySegment.ofArray(piece);
        for (long at = from; at < file.bytes(); at += piece.length) {
            int length = (int) Math.min(piece.length, file.bytes() - at);
            file.copy(at, memory, 0, length);
            for (int i = 0; i < length; i++) {
                if (piece[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private RecoveredLog run(List<Segment> segments) throws IOException {
        if (segments.isEmpty()) {
            return RecoveredLog.empty();
        }
        int at = 0;
        Read read = read(segments.get(0), null);
        while (read.link != 0) {
            int next = at + 1;
            while (next < segments.size() && segments.get(next).number < read.link) {
                discarded.add(segments.get(next++).number);
            }
            if (next == segments.size() || segments.get(next).number != read.link) {
                throw missing(read.link);
            }
            at = next;
            read = read(segments.get(at), read);
        }
        requireNothingSynced(read, segments.subList(at + 1, segments.size()));
        SegmentHeader last = read.header;
        return new RecoveredLog(closed, last.number(), read.end.offset(), last.startLsn(),
                read.endLsn(), closed ? last.nextLsn() : nextLsn, records,
                segments.stream().map(Segment::number).toList(),
                List.copyOf(discarded));
    }

    private Read read(Segment segment, @Nullable Read before) throws IOException {
        try (ReadFile file = open(segment.number);
                RecordReader reader = RecordReader.open(file, RecordFormat.WRITE_AHEAD_LOG, storeId,
                        segment.number, segment.finalSize, recordBytesMax)) {
            SegmentHeader header = reader.header();
            requireContinuous(header, before, file.name());
            nextLsn = Math.max(nextLsn, header.nextLsn());
            long link = 0;
            boolean linkedBehindClose = false;
            while (link == 0 && reader.next()) {
                if (reader.kind() == RecordFormat.LINK) {
                    link = link(reader, segment, file);
                    linkedBehindClose = closed;
                } else {
                    accept(reader, header, file);
                }
            }
            SegmentEnd end = link != 0 ? new Complete(reader.endOffset()) : reader.end();
            if (end instanceof Corrupt(long offset, String why)) {
                throw new CorruptException(file.name(), offset, why);
            }
            if (file.bytes() < header.capacity() && !closed) {
                throw new CorruptException(file.name(), end.offset(), "the file was cut: it has "
                        + file.bytes() + " bytes, it was made with " + header.capacity());
            }
            if (segment.sized() && link == 0) {
                throw new CorruptException(file.name(), end.offset(),
                        "no link to the next segment");
            }
            // The file is cut only after the close record was forced. A close record in a file that
            // is not cut may be one whose force failed, and stand in the system's cache only.
            closed &= !linkedBehindClose && (link != 0 || file.bytes() == end.offset());
            return new Read(segment, header, end, link, file.bytes());
        }
    }

    private void accept(RecordReader reader, SegmentHeader header, ReadFile file)
            throws IOException {
        closed = reader.kind() == RecordFormat.CLOSE;
        if (closed) {
            return;
        }
        if (reader.kind() != RecordFormat.BATCH) {
            throw new CorruptException(file.name(), reader.offset(),
                    "unknown record kind " + reader.kind() + ", of a newer version?");
        }
        records++;
        consumer.accept(reader.bytes(), file.name(), reader.offset(),
                header.baseLsn() + reader.endOffset());
    }

    private static long link(RecordReader reader, Segment segment, ReadFile file)
            throws CorruptException {
        MemorySegment bytes = reader.bytes();
        long link = bytes.byteSize() == Long.BYTES ? bytes.get(Bytes.LONG, 0) : -1;
        if (link <= segment.number) {
            throw new CorruptException(file.name(), reader.offset(), "link to segment " + link);
        }
        if (segment.sized() && reader.endOffset() != segment.finalSize) {
            throw new CorruptException(file.name(), reader.offset(),
                    "the segment ends here, but was recorded with " + segment.finalSize + " bytes");
        }
        return link;
    }

    private static void requireContinuous(SegmentHeader header, @Nullable Read before, String name)
            throws CorruptException {
        if (header.capacity() == 0) {
            throw new CorruptException(name, 0, "a log segment without a capacity");
        }
        if (before != null && (header.baseLsn() != before.header.nextLsn()
                || header.startLsn() != before.header.startLsn())) {
            throw new CorruptException(name, 0, "starts at LSN " + header.baseLsn() + " of the log"
                    + " from " + header.startLsn() + ", but follows segment "
                    + before.header.number() + ", which ends at " + before.header.nextLsn()
                    + " of the log from " + before.header.startLsn());
        }
    }

    /// Looks through the segments behind the end of the log for a proof that it is not the end.
    private void requireNothingSynced(Read last, List<Segment> later) throws IOException {
        for (Segment segment : later) {
            discarded.add(segment.number);
            if (!segment.sized() && !storage.exists(RecordFormat.logName(segment.number))) {
                continue;
            }
            try (ReadFile file = open(segment.number)) {
                SegmentHeader header = headerOrGuess(file, segment, last);
                if (header.capacity() != 0) {
                    nextLsn = Math.max(nextLsn, header.nextLsn());
                }
                boolean sameLife = header.startLsn() <= last.endLsn();
                if (segment.sized() && sameLife) {
                    throw ended(last, "segment " + segment.number + " was synced after it");
                }
                FragmentReader fragments =
                        new FragmentReader(file, header, readableBytes(file, header));
                long claim = fragments.findSyncedBeyond(last.endLsn(), RecordFormat.HEADER_BYTES);
                if (claim >= 0) {
                    throw ended(last, "the record at offset " + claim + " of " + file.name()
                            + " tells that everything was synced up to LSN "
                            + fragments.syncedLsn());
                }
            }
        }
    }

    /// How many bytes may be those of a segment.
    private static long readableBytes(ReadFile file, SegmentHeader header)
            throws CorruptException {
        if (header.capacity() == 0 && file.bytes() > RecordFormat.SEGMENT_BYTES_MAX) {
            throw new CorruptException(file.name(), 0, "no header of a segment of this log, and "
                    + file.bytes() + " bytes, more than a segment can have; if it is not a file of"
                    + " this store, move it elsewhere");
        }
        return header.capacity() == 0
                ? file.bytes()
                : Math.min(file.bytes(), header.capacity());
    }

    /// The header, or for a segment whose header was never finished (it is durable before the
    /// segment is used) one that takes any plausible claim as being about this log.
    private SegmentHeader headerOrGuess(ReadFile file, Segment segment, Read last)
            throws IOException {
        try {
            return SegmentHeader.read(file, RecordFormat.WRITE_AHEAD_LOG, storeId, segment.number);
        } catch (CorruptException e) {
            return new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, storeId, segment.number,
                    last.header.nextLsn() + PLAUSIBLE_BYTES, last.header.startLsn(), 0);
        }
    }

    private static CorruptException ended(Read last, String why) {
        String how = last.end instanceof Torn torn ? torn.why() : "the records end";
        return new CorruptException(last.name(), last.end.offset(), how + ", but " + why);
    }

    private ReadFile open(long number) throws IOException {
        try {
            return storage.open(RecordFormat.logName(number));
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw missing(number);
        }
    }

    private static CorruptException missing(long number) {
        return new CorruptException(RecordFormat.logName(number), 0,
                "this segment of the log is missing");
    }
}
