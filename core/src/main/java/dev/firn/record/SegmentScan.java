package dev.firn.record;

import dev.firn.dump.DumpWriter;
import dev.firn.record.SegmentEnd.Complete;
import dev.firn.record.SegmentEnd.Corrupt;
import dev.firn.record.SegmentEnd.Torn;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells what a log segment holds, also one that is damaged. What counts and where it ends is what
/// [RecordReader] says; behind that it looks for whole records further on.
///
/// The file may be written meanwhile: what is damaged is looked at twice. One thread.
public final class SegmentScan {
    /// Knows what the records hold.
    public interface Content {
        /// What a kind of record is called, or null when it is unknown.
        @Nullable
        String kindName(int kind);

        /// Tells what a record holds.
        ///
        /// @param counts whether a reader of the log takes it
        void record(int kind, MemorySegment payload, long offset, boolean counts)
                throws IOException;
    }

    /// What is known about the segment from elsewhere.
    ///
    /// @param kind [RecordFormat#WRITE_AHEAD_LOG] or [RecordFormat#MANIFEST]
    /// @param storeId what `CURRENT` says, or null
    /// @param number what its name says, or 0
    /// @param finalSize what the manifest says, or [RecordReader#UNKNOWN_SIZE]
    /// @param recordBytesMax a longer record is damage
    public record Expected(int kind, @Nullable Long storeId, long number, long finalSize,
            long recordBytesMax) {}

    private static final int ZEROS = 64 << 10;

    private final ReadFile file;
    private final Expected expected;
    private final Content content;
    private final DumpWriter out;
    private final MemorySegment zeros = MemorySegment.ofArray(new byte[ZEROS]);
    private final MemorySegment bytes = MemorySegment.ofArray(new byte[ZEROS]);
    private boolean isHeaderSound;
    private boolean closed;
    private boolean linked;
    private long records;
    private long ignored;

    /// Of an open file, which stays open.
    public SegmentScan(ReadFile file, Expected expected, Content content, DumpWriter out) {
        this.file = file;
        this.expected = expected;
        this.content = content;
        this.out = out;
    }

    /// Tells it all.
    public void run() throws IOException {
        SegmentHeader header = header();
        if (header == null) {
            return;
        }
        SegmentEnd end = counting(header);
        if (end instanceof Corrupt || end instanceof Torn) {
            behind(header, end);
        }
        if (isHeaderSound && file.bytes() < header.capacity() && !closed
                && !(end instanceof Corrupt)) {
            out.damage(file.bytes(), 0, "the file was cut: it has " + file.bytes()
                    + " bytes, it was made with " + header.capacity());
        }
        out.note(0, records + " records" + (ignored == 0
                ? ""
                : ", and " + ignored
                        + " behind the end that no reader takes"));
    }

    /// Tells the header and returns the one to read by, or null when nothing can be read.
    private @Nullable SegmentHeader header() throws IOException {
        if (file.bytes() < RecordFormat.HEADER_BYTES) {
            out.damage(0, 0, "a segment header of 64 bytes expected, the file has "
                    + file.bytes());
            return null;
        }
        byte[] a = new byte[RecordFormat.HEADER_BYTES];
        file.copy(0, MemorySegment.ofArray(a), 0, a.length);
        SegmentHeader said = SegmentHeader.decode(a);
        try {
            SegmentHeader.read(file, said.kind(), said.storeId(), said.number());
            isHeaderSound = true;
        } catch (CorruptException e) {
            out.damage(0, e);
        }
        out.line(0, 0, "header: segment kind " + said.kind() + kindOfSegment(said.kind())
                + ", version " + Integer.toUnsignedString(Bytes.getInt(a, RecordFormat.VERSION_AT))
                + ", store " + hex(said.storeId()) + ", number " + said.number() + ", base LSN "
                + said.baseLsn() + ", start LSN " + said.startLsn() + ", capacity "
                + said.capacity() + (isHeaderSound ? ", checksum ok" : ", as far as it is right"));
        compare(said);
        return isHeaderSound ? said : guess(said);
    }

    private void compare(SegmentHeader said) {
        if (!isHeaderSound) {
            return;
        }
        if (said.kind() != expected.kind) {
            out.damage(0, 0, "segment kind " + said.kind() + ", expected " + expected.kind);
        }
        if (said.kind() == RecordFormat.WRITE_AHEAD_LOG && said.capacity() == 0) {
            out.damage(0, 0, "a log segment without a capacity");
        }
        if (expected.number != 0 && said.number() != expected.number) {
            out.damage(0, 0, "was written as number " + said.number() + ", not "
                    + expected.number + ": the store does not read it under this name");
        }
        if (expected.storeId == null) {
            out.note(0, "no CURRENT beside it can be read: whether it belongs to a store is not"
                    + " known; records are checked with what the header says");
        } else if (said.storeId() != expected.storeId) {
            out.damage(0, 0, "belongs to store " + hex(said.storeId()) + ", not "
                    + hex(expected.storeId) + " as CURRENT beside it says");
        }
    }

    /// A header to check records with, of which only the ids are likely, or null when no ids fit.
    private @Nullable SegmentHeader guess(SegmentHeader said) throws IOException {
        long store = expected.storeId == null ? said.storeId() : expected.storeId;
        long number = expected.number == 0 ? said.number() : expected.number;
        for (SegmentHeader ids : List.of(guessed(store, number),
                guessed(said.storeId(), said.number()), guessed(store, said.number()),
                guessed(said.storeId(), number))) {
            try (RecordReader reader = reader(ids, RecordReader.UNKNOWN_SIZE)) {
                if (reader.findRecord(RecordFormat.HEADER_BYTES) >= 0) {
                    out.note(0, "records are checked with store " + hex(ids.storeId())
                            + " and number " + ids.number() + "; offsets stand for LSNs, and"
                            + " where the log ends is not known");
                    return ids;
                }
            }
        }
        out.note(0, "no record fits store " + hex(store) + " and number " + number
                + (expected.storeId == null
                        ? "; put CURRENT beside the file, so that its store is known"
                        : ""));
        return null;
    }

    private SegmentHeader guessed(long store, long number) {
        return new SegmentHeader(expected.kind, store, number, 0, 0, 0);
    }

    private RecordReader reader(SegmentHeader header, long finalSize) {
        return new RecordReader(file, header, finalSize, expected.recordBytesMax);
    }

    /// Tells the records that count.
    private SegmentEnd counting(SegmentHeader header) throws IOException {
        long from = RecordFormat.HEADER_BYTES;
        while (true) {
            try (RecordReader reader = reader(header, expected.finalSize)) {
                SegmentEnd end = counting(reader, header, from);
                if (end != null) {
                    return end;
                }
                from = reader.offset();
            }
        }
    }

    /// Tells records from an offset on; null when the one it stopped at is there by now.
    private @Nullable SegmentEnd counting(RecordReader reader, SegmentHeader header, long from)
            throws IOException {
        try {
            reader.startAt(from);
            while (reader.next()) {
                records++;
                tell(reader, header, true);
                if (linked) {
                    return unused(reader.endOffset(), header);
                }
            }
        } catch (CorruptException e) {
            out.damage(1, e);
            return new Corrupt(reader.offset(), DumpWriter.words(e));
        }
        SegmentEnd end = reader.end();
        if (end instanceof Corrupt corrupt) {
            try (RecordReader again = reader(header, expected.finalSize)) {
                if (again.loadAt(corrupt.offset())) {
                    return null;
                }
            }
            out.damage(corrupt.offset(), 1, corrupt.why());
        }
        return end;
    }

    /// Behind a link nothing was written.
    private SegmentEnd unused(long end, SegmentHeader header) {
        if (expected.finalSize != RecordReader.UNKNOWN_SIZE && end != expected.finalSize) {
            out.damage(end, 1, "the segment ends here, but was recorded with "
                    + expected.finalSize + " bytes");
        }
        if (header.capacity() > end) {
            out.line(end, 1, (file.bytes() - end) + " bytes behind the link, not used");
        }
        return new Complete(end);
    }

    private void tell(RecordReader reader, SegmentHeader header, boolean counts)
            throws IOException {
        int kind = reader.kind();
        String name = content.kindName(kind);
        long lsn = header.baseLsn() + reader.offset();
        out.line(reader.offset(), 1, (name == null ? "record of kind " + kind : name) + ": LSN "
                + lsn + ", payload of " + reader.bytes().byteSize() + " bytes"
                + (reader.fragments() > 1 ? " in " + reader.fragments() + " fragments" : "")
                + ", ends at " + reader.endOffset() + ", checksum ok"
                + (reader.syncedLsn() == 0 ? "" : ", synced up to LSN " + reader.syncedLsn())
                + (counts ? "" : "; no reader takes it"));
        if (name == null) {
            out.damage(reader.offset(), 2, "unknown record kind " + kind
                    + ", of a newer version?");
        }
        if (header.kind() == RecordFormat.WRITE_AHEAD_LOG) {
            follow(reader, header, counts);
        }
        try {
            content.record(kind, reader.bytes(), reader.offset(), counts);
        } catch (CorruptException e) {
            out.damage(reader.offset(), 2, DumpWriter.words(e));
        }
    }

    private void follow(RecordReader reader, SegmentHeader header, boolean counts) {
        if (reader.kind() == RecordFormat.LINK) {
            MemorySegment payload = reader.bytes();
            long link = payload.byteSize() == Long.BYTES ? payload.get(Bytes.LONG, 0) : -1;
            if (link <= header.number()) {
                out.damage(reader.offset(), 2, "link to segment " + link);
            } else {
                out.note(2, "the log goes on in segment " + link);
            }
            linked |= counts && link > header.number();
        } else if (counts) {
            closed = reader.kind() == RecordFormat.CLOSE;
        }
    }

    /// Tells what stands behind the end of the records: nothing of it counts.
    private void behind(SegmentHeader header, SegmentEnd end) throws IOException {
        long at = end.offset();
        if (end instanceof Torn torn) {
            if (isZero(at)) {
                out.line(at, 1, (file.bytes() - at) + " zero bytes: preallocated, not used");
                return;
            }
            out.line(at, 1, "the records end: " + torn.why() + "; what follows is a torn tail or"
                    + " left from an older file, no damage");
        }
        // A recorded size says where records end that count, not where to stop looking.
        try (RecordReader reader = reader(header, RecordReader.UNKNOWN_SIZE)) {
            long from = at + RecordFormat.ALIGNMENT;
            for (long next = reader.findRecord(from); next >= 0; next = reader.findRecord(from)) {
                if (next > at) {
                    out.line(at, 1, (next - at) + " bytes passed over");
                }
                at = behind(reader, header, next);
                from = at;
            }
            if (at < file.bytes()) {
                out.line(at, 1, (file.bytes() - at) + (isZero(at)
                        ? " zero bytes up to the end of the file"
                        : " bytes up to the end of the file, no whole record among them"));
            }
        }
    }

    /// Tells the record that seems to begin at an offset; returns where to go on.
    private long behind(RecordReader reader, SegmentHeader header, long at) throws IOException {
        try {
            if (reader.loadAt(at)) {
                ignored++;
                tell(reader, header, false);
                return reader.endOffset();
            }
            out.line(at, 1, "the start of a record that is not whole: " + reader.problem());
        } catch (CorruptException e) {
            out.damage(1, e);
        }
        return at + RecordFormat.ALIGNMENT;
    }

    private boolean isZero(long from) throws IOException {
        for (long at = from; at < file.bytes(); at += ZEROS) {
            long length = Math.min(ZEROS, file.bytes() - at);
            file.copy(at, bytes, 0, length);
            if (MemorySegment.mismatch(bytes, 0, length, zeros, 0, length) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static String kindOfSegment(int kind) {
        return switch (kind) {
            case RecordFormat.WRITE_AHEAD_LOG -> " (write-ahead log)";
            case RecordFormat.MANIFEST -> " (manifest)";
            default -> " (unknown)";
        };
    }

    private static String hex(long value) {
        return "%016x".formatted(value);
    }
}
