package dev.firn.sstable;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.UserKey;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A position in a table, or in the part of it between two keys.
///
/// It works on copies of the index block and the data block it is in, so what the cache does with
/// its frames does not concern it. The bounds are looked for once in each data block: entries
/// before `begin` and from `end` on are none of ours. Its memory comes from a [BufferPool] and is
/// reserved as cursor memory. After an exception it is nowhere, and any seeking method may be tried
/// again.
public final class TableCursor implements EntryCursor {
    private static final long TRAILER_MAX = -1;

    private final Table table;
    private final BlockSource blocks;
    private final byte @Nullable [] lower;
    private final byte @Nullable [] upper;
    private final boolean fillsCache;
    private final ReadScratch scratch;
    private final BlockBuffer index;
    private final BlockCursor data;
    private final BlockHandle handle = new BlockHandle();
    private final BlockEntry entry = new BlockEntry();

    /// Which index block is in the buffer, or -1; an index into the top index.
    private int part = -1;

    /// Which data block is in the buffer, or -1; an index into the index block.
    private int block = -1;

    private int partCount;
    private int i;
    private int begin;
    private int end;
    private boolean isValid;
    private boolean isClosed;

    private byte[] sought = new byte[64];

    /// Which value block is in the scratch, or -1.
    private long pieceAt = -1;

    TableCursor(Table table, BufferPool buffers, ReadCounters counters, @Nullable UserKey lower,
            @Nullable UserKey upper, boolean fillsCache) {
        this.table = table;
        this.fillsCache = fillsCache;
        this.lower = lower == null ? null : lower.bytes();
        this.upper = upper == null ? null : upper.bytes();
        blocks = table.blocks();
        scratch = new ReadScratch(buffers, counters);
        index = new BlockBuffer(buffers);
        data = new BlockCursor(buffers);
    }

    @Override
    public boolean seekToFirst() throws IOException {
        start();
        byte[] from = lower;
        if (from != null) {
            return seekFrom(from, from.length, TRAILER_MAX);
        }
        openPart(0);
        openBlock(0);
        i = 0;
        return settleForward();
    }

    @Override
    public boolean seekToLast() throws IOException {
        start();
        byte[] to = upper;
        if (to != null) {
            return seekBack(to, to.length, TRAILER_MAX);
        }
        openPart(SortedBlock.count(table.top(), 0) - 1);
        openBlock(partCount - 1);
        i = end - 1;
        return settleBack();
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) throws IOException {
        start();
        byte[] from = lower;
        if (from != null && Bytes.compare(from, 0, from.length, key, at, length) > 0) {
            return seekFrom(from, from.length, TRAILER_MAX);
        }
        return seekFrom(copied(key, at, length), length, trailer);
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer)
            throws IOException {
        start();
        byte[] to = upper;
        if (to != null && Bytes.compare(to, 0, to.length, key, at, length) <= 0) {
            return seekBack(to, to.length, TRAILER_MAX);
        }
        return seekBack(copied(key, at, length), length, trailer);
    }

    @Override
    public boolean next() throws IOException {
        if (!isValid) {
            checkOpen();
            return false;
        }
        i++;
        if (i < end) {
            data.read(i);
            return true;
        }
        isValid = false;
        return settleForward();
    }

    @Override
    public boolean previous() throws IOException {
        if (!isValid) {
            checkOpen();
            return false;
        }
        i--;
        if (i >= begin) {
            data.read(i);
            return true;
        }
        isValid = false;
        return settleBack();
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("Already closed");
        }
    }

    private void start() {
        isValid = false;
        checkOpen();
    }

    private byte[] copied(MemorySegment key, long at, int length) {
        if (sought.length < length) {
            sought = new byte[length];
        }
        Bytes.copy(key, at, sought, 0, length);
        return sought;
    }

    private boolean seekFrom(byte[] key, int length, long trailer) throws IOException {
        find(key, length, trailer);
        i = Math.max(data.lowerBound(key, length, trailer), begin);
        return settleForward();
    }

    private boolean seekBack(byte[] key, int length, long trailer) throws IOException {
        find(key, length, trailer);
        i = Math.min(data.lowerBound(key, length, trailer), end) - 1;
        return settleBack();
    }

    /// Opens the data block in which (key, trailer) would be.
    private void find(byte[] key, int length, long trailer) throws IOException {
        openPart(Math.max(0, SortedBlock.floor(table.top(), 0, key, 0, length, trailer)));
        openBlock(Math.max(0,
                SortedBlock.floor(index.memory(), 0, key, 0, length, trailer)));
    }

    /// Goes to entry `i`, or the first one behind it in the following blocks.
    private boolean settleForward() throws IOException {
        while (i >= end) {
            if (end < data.count() || !openNext()) {
                return false;
            }
            i = begin;
        }
        data.read(i);
        isValid = true;
        return true;
    }

    /// Goes to entry `i`, or the last one before it in the blocks before.
    private boolean settleBack() throws IOException {
        while (i < begin) {
            if (begin > 0 || !openPrevious()) {
                return false;
            }
            i = end - 1;
        }
        data.read(i);
        isValid = true;
        return true;
    }

    private boolean openNext() throws IOException {
        if (block + 1 < partCount) {
            openBlock(block + 1);
            return true;
        }
        if (part + 1 < SortedBlock.count(table.top(), 0)) {
            openPart(part + 1);
            openBlock(0);
            return true;
        }
        return false;
    }

    private boolean openPrevious() throws IOException {
        if (block > 0) {
            openBlock(block - 1);
            return true;
        }
        if (part > 0) {
            openPart(part - 1);
            openBlock(partCount - 1);
            return true;
        }
        return false;
    }

    private void openPart(int wanted) throws IOException {
        if (part == wanted) {
            return;
        }
        part = -1;
        block = -1;
        pieceAt = -1;
        entry.read(table.top(), 0, wanted);
        handle.read(table.top(), entry.valueAt);
        blocks.copy(handle, BlockKind.INDEX, true, index, scratch);
        partCount = SortedBlock.count(index.memory(), 0);
        part = wanted;
    }

    private void openBlock(int wanted) throws IOException {
        if (block == wanted) {
            return;
        }
        block = -1;
        pieceAt = -1;
        entry.read(index.memory(), 0, wanted);
        handle.read(index.memory(), entry.valueAt);
        blocks.copy(handle, BlockKind.DATA, fillsCache, data.block(), scratch);
        data.begin();
        begin = lower == null ? 0 : data.lowerBound(lower, lower.length, TRAILER_MAX);
        end = upper == null
                ? data.count()
                : data.lowerBound(upper, upper.length, TRAILER_MAX);
        block = wanted;
    }

    @Override
    public boolean isValid() {
        return isValid;
    }

    @Override
    public MemorySegment keyMemory() {
        return data.keyMemory();
    }

    @Override
    public long keyOffset() {
        return 0;
    }

    @Override
    public int keyLength() {
        return data.keyLength();
    }

    @Override
    public long trailer() {
        return data.trailer();
    }

    @Override
    public int valueLength() {
        return data.valueLength();
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length)
            throws IOException {
        checkOpen();
        if (from < 0 || length < 0 || from > valueLength() - length) {
            throw new IndexOutOfBoundsException("bytes " + from + " to " + (from + (long) length)
                    + " of a value of " + valueLength());
        }
        if (!data.isLarge()) {
            MemorySegment.copy(data.memory(), data.valueAt() + from, target, to, length);
            return;
        }
        int done = 0;
        while (done < length) {
            int piece = (from + done) / TableFormat.VALUE_PIECE;
            int inPiece = (from + done) % TableFormat.VALUE_PIECE;
            readPiece(piece);
            int n = Math.min(length - done, scratch.rawLength - inPiece);
            Bytes.copy(scratch.raw, scratch.rawAt + inPiece, target, to + done, n);
            done += n;
        }
    }

    /// Brings a value block of the current value into the scratch, if it is not there already.
    private void readPiece(int piece) throws IOException {
        MemorySegment m = data.memory();
        long pointer = data.valueAt();
        long offset = m.get(Bytes.LONG, pointer + LargeValue.OFFSET);
        for (int before = 0; before < piece; before++) {
            offset += m.get(Bytes.INT, pointer + LargeValue.PIECES + 4L * before);
        }
        if (offset == pieceAt) {
            return;
        }
        pieceAt = -1;
        int bytes = m.get(Bytes.INT, pointer + LargeValue.PIECES + 4L * piece);
        int raw = Math.min(TableFormat.VALUE_PIECE,
                valueLength() - piece * TableFormat.VALUE_PIECE);
        blocks.readPiece(offset, bytes, raw, scratch);
        pieceAt = offset;
    }

    @Override
    public void close() {
        isClosed = true;
        isValid = false;
        part = -1;
        block = -1;
        data.close();
        index.close();
        scratch.close();
    }
}
