package dev.firn.sstable;

import dev.firn.key.Trailer;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import dev.firn.util.Hash64;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Reads a table from its first byte to its last, past the cache, and checks everything: checksums,
/// the order of entries, separators, that the filter lets every key through, the figures of the
/// properties, and that every byte belongs to a block in its place (footer, properties and top
/// index were checked when the table was opened). After damage it goes on behind it. One thread,
/// once.
final class TableVerifier implements AutoCloseable {
    private final Table table;
    private final TableProperties properties;
    private final TableExtent extent;
    private final VerifyListener listener;
    private final ReadScratch scratch;
    private final BlockReader reader;
    private final BlockHandle handle = new BlockHandle();
    private final BlockEntry found = new BlockEntry();
    private final BlockCursor top;
    private final BlockCursor index;
    private final BlockCursor data;

    private byte[] lastKey = new byte[64];
    private int lastKeyLength;
    private long lastTrailer;
    private boolean hasLast;

    /// Where the next data or value block has to begin.
    private long position;

    private boolean isDamaged;
    private boolean isFilterDamaged;
    private int dataBlocks;
    private int valueBlocks;
    private long entries;
    private long tombstones;
    private long keyBytes;
    private long valueBytes;
    private long sequenceMin = Long.MAX_VALUE;
    private long sequenceMax;

    TableVerifier(Table table, VerifyListener listener, BufferPool buffers) {
        this.table = table;
        this.listener = listener;
        properties = table.properties();
        extent = properties.extent();
        reader = table.reader();
        scratch = new ReadScratch(buffers, new ReadCounters());
        top = new BlockCursor(buffers);
        index = new BlockCursor(buffers);
        data = new BlockCursor(buffers);
    }

    void verify() throws IOException {
        verifyFilterBlocks();
        int topBytes = (int) table.top().byteSize();
        MemorySegment.copy(table.top(), 0, top.block().room(topBytes), 0, topBytes);
        top.begin();
        long indexPosition = extent.dataEnd();
        for (int part = 0; part < top.count(); part++) {
            top.read(part);
            handle.read(top.memory(), top.valueAt());
            if (handle.offset != indexPosition || handle.ordinal != extent.dataBlocks() + part) {
                damaged(handle.offset, "an index block is not where the one before it ends");
            }
            indexPosition = handle.offset + handle.bytes;
            if (load(BlockKind.INDEX, index)) {
                verifyPart(handle.offset);
            }
        }
        if (indexPosition != extent.indexEnd()) {
            damaged(indexPosition, "the index blocks do not fill their place");
        }
        if (!isDamaged) {
            verifyFigures();
        }
    }

    private void verifyFilterBlocks() throws IOException {
        Filter filter = properties.filter();
        for (int block = 0; filter != null && block < filter.blocks(); block++) {
            table.filterHandle(filter, block, handle);
            try {
                reader.read(handle.offset, handle.bytes, BlockKind.FILTER, scratch);
            } catch (CorruptException e) {
                isFilterDamaged = true;
                damaged(e);
            }
            listener.checked(handle.offset, handle.bytes);
        }
    }

    /// Brings the block of the handle into a cursor.
    private boolean load(BlockKind kind, BlockCursor to) throws IOException {
        try {
            reader.readSorted(handle.offset, handle.bytes, kind, extent, scratch);
        } catch (CorruptException e) {
            damaged(e);
            return false;
        } finally {
            listener.checked(handle.offset, handle.bytes);
        }
        Bytes.copy(scratch.raw, scratch.rawAt, to.block().room(scratch.rawLength), 0,
                scratch.rawLength);
        to.begin();
        return true;
    }

    /// Verifies the data blocks below the index block that was loaded, which is at an offset.
    private void verifyPart(long at) throws IOException {
        for (int i = 0; i < index.count(); i++) {
            index.read(i);
            if (i == 0 && compare(top, index) != 0) {
                damaged(at, "an index block begins with another separator than the top index says");
            }
            if (hasLast && compareToLast(index) <= 0) {
                damaged(at, "a separator is not behind the data block before it");
            }
            handle.read(index.memory(), index.valueAt());
            if (!isDamaged && handle.ordinal != dataBlocks) {
                damaged(at, "data blocks are not numbered as they lie");
            }
            dataBlocks++;
            if (load(BlockKind.DATA, data)) {
                verifyBlock(handle.offset);
            }
            position = handle.offset + handle.bytes;
        }
    }

    private void verifyBlock(long at) throws IOException {
        for (int i = 0; i < data.count(); i++) {
            data.read(i);
            if (i == 0 && compare(index, data) > 0) {
                damaged(at, "a data block begins before its separator");
            }
            int order = hasLast ? compareToLast(data) : 1;
            if (order <= 0) {
                damaged(at, "entry " + i + " of a data block is out of order");
            }
            boolean isNewKey = !hasLast || data.keyLength() != lastKeyLength
                    || Bytes.compare(lastKey, 0, lastKeyLength, data.keyMemory(), 0,
                            lastKeyLength) != 0;
            long hash = Hash64.hash(data.keyMemory(), 0, data.keyLength());
            if (isNewKey && !isFilterDamaged && !table.mayContain(hash, scratch)) {
                damaged(at, "the filter denies a key of this data block");
            }
            if (data.isLarge()) {
                verifyPieces();
            }
            count();
            remember();
            if (!SortedBlock.find(data.memory(), 0, lastKey, 0, lastKeyLength, hash, lastTrailer,
                    found) || found.trailer != lastTrailer) {
                damaged(at, "entry " + i + " of a data block is not found by its key");
            }
        }
        if (!isDamaged && at != position) {
            damaged(position, "bytes between blocks that belong to none");
        }
    }

    /// Verifies the value blocks of the entry.
    private void verifyPieces() throws IOException {
        MemorySegment m = data.memory();
        long pointer = data.valueAt();
        long offset = m.get(Bytes.LONG, pointer + LargeValue.OFFSET);
        int length = data.valueLength();
        if (!isDamaged && offset != position) {
            damaged(position, "bytes between blocks that belong to none");
        }
        for (int piece = 0; piece < LargeValue.pieces(length); piece++) {
            int bytes = m.get(Bytes.INT, pointer + LargeValue.PIECES + 4L * piece);
            int raw = Math.min(TableFormat.VALUE_PIECE, length - piece * TableFormat.VALUE_PIECE);
            try {
                reader.readPiece(offset, bytes, raw, scratch);
            } catch (CorruptException e) {
                damaged(e);
            }
            listener.checked(offset, bytes);
            offset += bytes;
            valueBlocks++;
        }
        position = offset;
    }

    private void count() {
        long sequence = Trailer.sequence(data.trailer());
        sequenceMin = Math.min(sequenceMin, sequence);
        sequenceMax = Math.max(sequenceMax, sequence);
        entries++;
        tombstones += Trailer.isDelete(data.trailer()) ? 1 : 0;
        keyBytes += data.keyLength();
        valueBytes += data.valueLength();
    }

    private void remember() {
        if (entries == 1 && !isDamaged && properties.facts().smallest().compareTo(keyOf(data),
                0, data.keyLength()) != 0) {
            damaged(0, "the first key is not the smallest of the properties");
        }
        lastKeyLength = data.keyLength();
        if (lastKey.length < lastKeyLength) {
            lastKey = new byte[2 * lastKeyLength];
        }
        Bytes.copy(data.keyMemory(), 0, lastKey, 0, lastKeyLength);
        lastTrailer = data.trailer();
        hasLast = true;
    }

    private static byte[] keyOf(BlockCursor cursor) {
        byte[] key = new byte[cursor.keyLength()];
        Bytes.copy(cursor.keyMemory(), 0, key, 0, key.length);
        return key;
    }

    private void verifyFigures() {
        TableFacts facts = properties.facts();
        if (position != extent.dataEnd()) {
            damaged(position, "the data blocks do not fill their place");
        }
        if (facts.largest().compareTo(lastKey, 0, lastKeyLength) != 0) {
            damaged(0, "the last key is not the largest of the properties");
        }
        verifyFigure("data blocks", dataBlocks, extent.dataBlocks());
        verifyFigure("value blocks", valueBlocks, properties.valueBlocks());
        verifyFigure("entries", entries, facts.entries());
        verifyFigure("tombstones", tombstones, facts.tombstones());
        verifyFigure("bytes of keys", keyBytes, facts.rawKeyBytes());
        verifyFigure("bytes of values", valueBytes, facts.rawValueBytes());
        verifyFigure("as smallest sequence", sequenceMin, facts.sequenceMin());
        verifyFigure("as largest sequence", sequenceMax, facts.sequenceMax());
    }

    private void verifyFigure(String what, long found, long said) {
        if (found != said) {
            damaged(0, found + " " + what + ", but the properties say " + said);
        }
    }

    private static int compare(BlockCursor a, BlockCursor b) {
        int order = Bytes.compare(a.keyMemory(), 0, a.keyLength(), b.keyMemory(), 0,
                b.keyLength());
        return order != 0 ? order : Long.compareUnsigned(b.trailer(), a.trailer());
    }

    /// The order of an entry against the last one.
    private int compareToLast(BlockCursor a) {
        int order = -Bytes.compare(lastKey, 0, lastKeyLength, a.keyMemory(), 0, a.keyLength());
        return order != 0 ? order : Long.compareUnsigned(lastTrailer, a.trailer());
    }

    private void damaged(long offset, String what) {
        damaged(reader.damage(offset, what));
    }

    private void damaged(CorruptException e) {
        isDamaged = true;
        listener.damaged(e);
    }

    @Override
    public void close() {
        top.close();
        index.close();
        data.close();
        scratch.close();
    }
}
