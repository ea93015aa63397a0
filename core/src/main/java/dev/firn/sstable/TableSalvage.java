package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.key.UserKey;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Hands out the entries of a damaged table that can still be read: those of the data blocks whose
/// checksums are right, in the order of the file, which is the order of entries.
///
/// Blocks are found one behind the other; behind damage at the next place where the index says that
/// one begins, or, where the index is damaged too, at the next whole block. A value that lies in
/// value blocks of its own is handed out when all of them are whole. One thread, once.
public final class TableSalvage {
    /// A longer block is not searched for.
    private static final int SEARCHED_MAX = 8 << 20;

    private static final int WINDOW = 64 << 10;

    private static final int SECTOR = 512;

    private static final Sink NOBODY = new Sink() {
        @Override
        public void entry(MemorySegment key, long keyAt, int keyLength, long trailer,
                MemorySegment value, long valueAt, int valueLength) {
            // Nobody wants it.
        }

        @Override
        public void lost(CorruptException damage, @Nullable UserKey before) {
            // It will be told when entries are taken.
        }

        @Override
        public void found(MemorySegment key, long keyAt, int keyLength) {
            // Nobody wants it.
        }

        @Override
        public void checked(int bytes) {
            // It will be counted when entries are taken.
        }
    };

    private final ReadFile file;
    private final TableIdentity identity;
    private final BlockReader reader;
    private final BufferPool buffers;
    private final ReadScratch scratch;
    private final Sink sink;
    private final BlockCursor cursor;
    private final byte[] envelope = new byte[BlockEnvelope.LENGTH];
    private byte[] value = new byte[0];
    private @Nullable TableProperties properties;
    private @Nullable TableOwner owner;
    private long[] starts = new long[0];
    private long patience;
    private boolean isLossOpen;
    private byte @Nullable [] lastKey;
    private long lastTrailer;

    /// Takes what is found.
    public interface Sink {
        /// An entry, behind all before it.
        void entry(MemorySegment key, long keyAt, int keyLength, long trailer,
                MemorySegment value, long valueAt, int valueLength) throws IOException;

        /// Entries may be missing here.
        ///
        /// @param before the key of the last entry handed out, or null
        void lost(CorruptException damage, @Nullable UserKey before);

        /// The first entry behind what is lost.
        void found(MemorySegment key, long keyAt, int keyLength);

        /// Bytes of the file were read.
        void checked(int bytes);
    }

    /// What the table says of itself, as far as it can be read.
    public record Told(@Nullable TableFacts facts, @Nullable TableOwner owner) {}

    private TableSalvage(ReadFile file, TableIdentity identity, BufferPool buffers,
            ReadScratch scratch, Sink sink) {
        this.file = file;
        this.identity = identity;
        this.buffers = buffers;
        this.scratch = scratch;
        this.sink = sink;
        reader = new BlockReader(file, identity.tableId(), new Codecs());
        cursor = new BlockCursor(buffers);
        patience = 16 * file.bytes() + (16L << 20);
    }

    /// The table that the footer of a file says it is, or null when the footer is damaged.
    public static @Nullable TableIdentity identify(ReadFile file, ReadScratch scratch)
            throws IOException {
        try {
            return footer(file, scratch).identity();
        } catch (CorruptException e) {
            return null;
        }
    }

    private static Footer footer(ReadFile file, ReadScratch scratch) throws IOException {
        if (file.bytes() < Footer.LENGTH) {
            throw new CorruptException(file.name(), 0,
                    "a file of " + file.bytes() + " bytes is too short for a table");
        }
        byte[] a = new byte[Footer.LENGTH];
        file.copy(file.bytes() - Footer.LENGTH, MemorySegment.ofArray(a), 0, a.length);
        return Footer.read(scratch.crc, a, file.name(), file.bytes(), Footer.identity(a));
    }

    /// Salvages a table of a known identity.
    ///
    /// @return what the table says of itself
    public static Told run(ReadFile file, TableIdentity identity,
            BufferPool buffers, ReadScratch scratch, Sink sink) throws IOException {
        var salvage = new TableSalvage(file, identity, buffers, scratch, sink);
        try {
            return salvage.run();
        } finally {
            salvage.cursor.close();
        }
    }

    /// What a table of a known identity says of itself, wherever that stands in it.
    public static Told told(ReadFile file, TableIdentity identity, BufferPool buffers,
            ReadScratch scratch) throws IOException {
        return run(file, identity, buffers, scratch, NOBODY);
    }

    private Told run() throws IOException {
        long end = Math.max(0, prepare());
        long at = 0;
        while (at < end) {
            at = step(at, end);
        }
        TableProperties known = properties;
        return known == null
                ? new Told(null, owner)
                : new Told(known.facts(), known.facts().owner());
    }

    /// Reads what tells where blocks are; returns where data blocks cannot be any more.
    private long prepare() throws IOException {
        Footer footer;
        try {
            footer = footer(file, scratch);
        } catch (CorruptException e) {
            return file.bytes();
        }
        if (!footer.identity().equals(identity)) {
            return file.bytes();
        }
        try {
            reader.read(footer.propertiesAt(), footer.propertiesBytes(), BlockKind.PROPERTIES,
                    scratch);
            properties = TableProperties.read(scratch.raw, scratch.rawAt, scratch.rawLength,
                    footer);
        } catch (CorruptException | PropertyList.MalformedException e) {
            return footer.topIndexAt();
        }
        starts = new BlockStarts(reader, footer, properties, scratch, buffers).find();
        return properties.extent().dataEnd();
    }

    /// Takes the block at an offset; returns where to go on.
    private long step(long at, long end) throws IOException {
        if (end - at <= BlockEnvelope.LENGTH) {
            // Cut off within the first bytes of a block.
            lost(at, (end - at) + " bytes are too few for a block");
            return end;
        }
        String problem = problem(at, end);
        int bytes = problem == null ? BlockWalk.bytes(envelope, 0) : 0;
        if (problem == null && isWhole(at, bytes)) {
            sink.checked(bytes);
            if (BlockEnvelope.kind(envelope, 0) == BlockKind.DATA.code()) {
                block(at, bytes);
            } else if (BlockEnvelope.kind(envelope, 0) == BlockKind.PROPERTIES.code()) {
                // Met only where the footer does not lead to it.
                reader.read(at, bytes, BlockKind.PROPERTIES, scratch);
                owner = TableProperties.owner(scratch.raw, scratch.rawAt, scratch.rawLength);
            }
            return at + bytes;
        }
        lost(at, problem == null ? "wrong checksum of a block" : "no block begins here");
        long next = nextStart(at, end);
        long found = search(at + 1, next);
        return found < 0 ? next : found;
    }

    /// Why no block begins at an offset, or null when one may.
    private @Nullable String problem(long at, long end) throws IOException {
        try {
            file.copy(at, MemorySegment.ofArray(envelope), 0, envelope.length);
        } catch (CorruptException e) {
            return "it cannot be read";
        }
        return BlockWalk.problem(envelope, 0, at, end);
    }

    private boolean isWhole(long at, int bytes) throws IOException {
        try {
            return BlockWalk.isWhole(file, identity, at, bytes, scratch);
        } catch (CorruptException e) {
            // A bad sector.
            return false;
        }
    }

    private void lost(long at, String why) {
        isLossOpen = true;
        sink.lost(new CorruptException(file.name(), at, why),
                lastKey == null ? null : UserKey.copyOf(lastKey));
    }

    private void block(long at, int bytes) throws IOException {
        try {
            reader.readSorted(at, bytes, BlockKind.DATA, extent(), scratch);
        } catch (CorruptException e) {
            lost(at, "a data block that cannot be read");
            return;
        } catch (FirnException e) {
            if (e.kind() == FirnException.Kind.OUT_OF_MEMORY) {
                // No damage: it can be read with more.
                throw e;
            }
            lost(at, "a data block that cannot be read");
            return;
        }
        Bytes.copy(scratch.raw, scratch.rawAt, cursor.block().room(scratch.rawLength), 0,
                scratch.rawLength);
        cursor.begin();
        for (int i = 0; i < cursor.count(); i++) {
            cursor.read(i);
            entry(at);
        }
    }

    private void entry(long block) throws IOException {
        byte[] key = new byte[cursor.keyLength()];
        Bytes.copy(cursor.keyMemory(), 0, key, 0, key.length);
        if (!isBehindLast(key, cursor.trailer())) {
            lost(block, "an entry out of order");
            return;
        }
        MemorySegment from = cursor.memory();
        long valueAt = cursor.valueAt();
        if (cursor.isLarge()) {
            if (!loadLarge()) {
                return;
            }
            from = MemorySegment.ofArray(value);
            valueAt = 0;
        }
        int length = (cursor.trailer() & 0xff) == 0 ? 0 : cursor.valueLength();
        lastKey = key;
        lastTrailer = cursor.trailer();
        if (isLossOpen) {
            isLossOpen = false;
            sink.found(cursor.keyMemory(), 0, key.length);
        }
        sink.entry(cursor.keyMemory(), 0, key.length, cursor.trailer(), from, valueAt, length);
    }

    private boolean isBehindLast(byte[] key, long trailer) {
        byte[] last = lastKey;
        if (last == null) {
            return true;
        }
        int order = Arrays.compareUnsigned(key, last);
        return order > 0 || (order == 0 && Long.compareUnsigned(trailer, lastTrailer) < 0);
    }

    /// Brings a large value into [#value], if it is whole.
    private boolean loadLarge() throws IOException {
        int length = cursor.valueLength();
        long offset = cursor.memory().get(Bytes.LONG, cursor.valueAt() + LargeValue.OFFSET);
        for (int piece = 0; piece < LargeValue.pieces(length); piece++) {
            int bytes = cursor.memory().get(Bytes.INT,
                    cursor.valueAt() + LargeValue.PIECES + 4L * piece);
            int from = piece * TableFormat.VALUE_PIECE;
            int raw = Math.min(TableFormat.VALUE_PIECE, length - from);
            try {
                reader.readPiece(offset, bytes, raw, scratch);
            } catch (CorruptException e) {
                isLossOpen = true;
                sink.lost(e, lastKey == null ? null : UserKey.copyOf(lastKey));
                return false;
            }
            if (value.length < length) {
                // After the first piece was read: a length alone is no reason to allocate.
                value = new byte[length];
            }
            System.arraycopy(scratch.raw, scratch.rawAt, value, from, raw);
            offset += bytes;
        }
        return true;
    }

    private TableExtent extent() {
        TableProperties known = properties;
        return known != null
                ? known.extent()
                : new TableExtent(file.bytes(), file.bytes(), Integer.MAX_VALUE, 0);
    }

    private long nextStart(long at, long end) {
        int found = Arrays.binarySearch(starts, at + 1);
        int i = found < 0 ? -found - 1 : found;
        return i < starts.length && starts[i] < end ? starts[i] : end;
    }

    /// The first offset of a whole block in a range, or -1.
    private long search(long from, long to) throws IOException {
        byte[] window = new byte[WINDOW];
        long base = from;
        while (to - base > BlockEnvelope.LENGTH) {
            int length = load(window, base, to);
            if (length <= BlockEnvelope.LENGTH) {
                base = (base / SECTOR + 1) * SECTOR;
                continue;
            }
            sink.checked(length);
            for (int i = 0; i < length - BlockEnvelope.LENGTH; i++) {
                if (BlockWalk.problem(window, i, base + i, to) != null) {
                    continue;
                }
                int bytes = BlockWalk.bytes(window, i);
                patience -= bytes;
                if (patience < 0) {
                    return -1;
                }
                if (bytes <= SEARCHED_MAX && isWhole(base + i, bytes)) {
                    return base + i;
                }
            }
            base += length - BlockEnvelope.LENGTH;
        }
        return -1;
    }

    /// Reads what there is of a range into a window, less than that in front of a bad sector, and
    /// nothing in one.
    private int load(byte[] window, long from, long to) throws IOException {
        int length = (int) Math.min(WINDOW, to - from);
        while (length > 0) {
            try {
                file.copy(from, MemorySegment.ofArray(window), 0, length);
                return length;
            } catch (CorruptException e) {
                length = length > SECTOR ? length / 2 : 0;
            }
        }
        return 0;
    }
}
