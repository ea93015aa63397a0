package dev.firn.sstable;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.key.ValueKind;
import dev.firn.storage.WriteFile;
import dev.firn.util.Bytes;
import dev.firn.util.Hash64;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Writes a table from entries that come in order.
///
/// It owns the file from the beginning and closes it at the end, which is either [#finish] or
/// [#abandon]; the latter is the only thing left to do when any method has thrown. Nobody may read
/// the file before it is finished. Its buffers are reserved in the budget; where that has no room,
/// a method throws a [dev.firn.FirnException] of kind `OUT_OF_MEMORY`. One thread at a time.
public final class TableWriter {
    private static final long TRAILER_MAX = -1;

    private enum State {
        OPEN, BROKEN, CLOSED
    }

    private final TableIdentity identity;
    private final TableSettings settings;
    private final long createdMillis;
    private final Reservation memory;
    private final BlockSink sink;
    private final SortedBlockBuilder data;
    private final IndexBuilder index;
    private final FilterBuilder filter;
    private final boolean isCompressed;
    private byte[] raw = new byte[0];
    private State state = State.OPEN;

    private byte @Nullable [] firstKey;
    private long lastTrailer;

    /// Of the key that is being added, or was added last.
    private long hash;

    private long entries;
    private long tombstones;
    private long keyBytes;
    private long valueBytes;
    private long sequenceMin = Long.MAX_VALUE;
    private long sequenceMax;
    private long flushed;
    private @Nullable Coverage coverage;

    /// Begins a table.
    ///
    /// @param file an empty file, which the writer owns from now on
    /// @param identity which table it becomes
    /// @param settings how it is written
    /// @param createdMillis the time that is recorded in it
    /// @param budget where buffers are reserved, as [Use#COMPACTION]
    public TableWriter(WriteFile file, TableIdentity identity, TableSettings settings,
            long createdMillis, MemoryBudget budget) {
        this.identity = identity;
        this.settings = settings;
        this.createdMillis = createdMillis;
        memory = new Reservation(budget, Use.COMPACTION);
        isCompressed = settings.codec().id() != NoneCodec.ID;
        try {
            sink = new BlockSink(file, identity.tableId(), memory);
            data = new SortedBlockBuilder(memory, settings.blockBytes(), false);
            index = new IndexBuilder(memory);
            filter = new FilterBuilder(memory, settings.filterBitsPerKey());
        } catch (RuntimeException e) {
            memory.giveAll();
            throw e;
        }
    }

    /// Adds the entry the cursor is at.
    public void add(EntryCursor entry) throws IOException {
        add(entry, entry.trailer());
    }

    /// Adds the entry the cursor is at, with another sequence or kind.
    ///
    /// @throws IllegalStateException when it is not behind the last one added
    public void add(EntryCursor entry, long trailer) throws IOException {
        int valueLength = Trailer.isDelete(trailer) ? 0 : entry.valueLength();
        int keyLength = entry.keyLength();
        int at = begin(entry.keyMemory(), entry.keyOffset(), keyLength, trailer, valueLength);
        if (valueLength > TableFormat.VALUE_INLINE_MAX) {
            int pointer = beginLarge(at + keyLength, valueLength);
            for (int from = 0; from < valueLength; from += TableFormat.VALUE_PIECE) {
                int length = Math.min(TableFormat.VALUE_PIECE, valueLength - from);
                entry.copyValue(from, MemorySegment.ofArray(raw), 0, length);
                pointer = addPiece(pointer, length);
            }
            data.accept(trailer | SortedBlock.LARGE, LargeValue.length(valueLength), hash);
            data.markLarge();
        } else {
            if (valueLength > 0) {
                entry.copyValue(0, data.stageMemory(), at + keyLength, valueLength);
            }
            data.accept(trailer, valueLength, hash);
        }
        count(trailer, keyLength, valueLength);
    }

    /// Adds an entry from memory, heap or native.
    ///
    /// @throws IllegalStateException when it is not behind the last one added
    public void add(MemorySegment key, long keyAt, int keyLength, long trailer,
            MemorySegment value, long valueAt, int valueLength) throws IOException {
        int at = begin(key, keyAt, keyLength, trailer, valueLength);
        if (valueLength > TableFormat.VALUE_INLINE_MAX) {
            int pointer = beginLarge(at + keyLength, valueLength);
            for (int from = 0; from < valueLength; from += TableFormat.VALUE_PIECE) {
                int length = Math.min(TableFormat.VALUE_PIECE, valueLength - from);
                MemorySegment.copy(value, ValueLayout.JAVA_BYTE, valueAt + from, raw, 0, length);
                pointer = addPiece(pointer, length);
            }
            data.accept(trailer | SortedBlock.LARGE, LargeValue.length(valueLength), hash);
            data.markLarge();
        } else {
            MemorySegment.copy(value, ValueLayout.JAVA_BYTE, valueAt, data.stage(), at + keyLength,
                    valueLength);
            data.accept(trailer, valueLength, hash);
        }
        count(trailer, keyLength, valueLength);
    }

    /// Checks the entry and brings it into the block it belongs to, up to its value.
    ///
    /// @return where in the block's stage the key is
    private int begin(MemorySegment key, long keyAt, int keyLength, long trailer,
            int valueLength) throws IOException {
        check(keyLength, trailer, valueLength);
        boolean isLarge = valueLength > TableFormat.VALUE_INLINE_MAX;
        int stored = isLarge ? LargeValue.length(valueLength) : valueLength;
        int at = data.room(keyLength, stored);
        MemorySegment.copy(key, ValueLayout.JAVA_BYTE, keyAt, data.stage(), at, keyLength);
        int common = 0;
        boolean isNewKey = true;
        if (entries > 0) {
            common = data.commonWithLast(keyLength);
            isNewKey = isNewKey(at, keyLength, common, trailer);
        }
        state = State.BROKEN;
        if (isNewKey) {
            hash = Hash64.hash(data.stage(), at, keyLength);
            if (filter.isWanted()) {
                filter.add(hash);
            }
        }
        long storedTrailer = isLarge ? trailer | SortedBlock.LARGE : trailer;
        int length = data.offer(keyLength, common, storedTrailer, stored);
        if (length > settings.blockBytes() && data.count() > 0) {
            writeDataBlock(keyLength);
            at = 0;
            data.offer(keyLength, common, storedTrailer, stored);
        }
        if (data.count() == 0) {
            beginBlock(at, keyLength, common, isNewKey);
        }
        return at;
    }

    private void check(int keyLength, long trailer, int valueLength) {
        if (state != State.OPEN) {
            throw new IllegalStateException(state == State.CLOSED
                    ? "Already closed"
                    : "an earlier call failed: the table can only be abandoned");
        }
        if (keyLength > TableFormat.KEY_MAX || valueLength > TableFormat.VALUE_MAX) {
            throw new IllegalArgumentException("a key of " + keyLength + " or a value of "
                    + valueLength + " bytes is too long");
        }
        if (!ValueKind.isKnown(Trailer.kind(trailer))
                || (Trailer.isDelete(trailer) && valueLength > 0)) {
            throw new IllegalArgumentException("an entry of kind "
                    + ValueKind.nameOf(Trailer.kind(trailer)) + " with " + valueLength
                    + " bytes of value");
        }
    }

    /// Whether the key in the stage is another one than the last; both must be in order.
    private boolean isNewKey(int at, int keyLength, int common, long trailer) {
        int lastLength = data.lastKeyLength();
        if (common < keyLength) {
            if (common == lastLength
                    || (data.stage()[at + common] & 0xff) > data.lastKeyByte(common)) {
                return true;
            }
        } else if (keyLength == lastLength && Long.compareUnsigned(trailer, lastTrailer) < 0) {
            return false;
        }
        throw new IllegalStateException("entries must be added in order: after " + entries
                + " entries came one that is not behind the last");
    }

    private void beginBlock(int at, int keyLength, int common, boolean isNewKey) {
        if (firstKey == null) {
            memory.take(keyLength);
            firstKey = Arrays.copyOfRange(data.stage(), at, at + keyLength);
            index.begin(firstKey, 0, keyLength, TRAILER_MAX);
        } else if (isNewKey) {
            index.begin(data.stage(), at, common + 1, TRAILER_MAX);
        } else {
            index.begin(data.stage(), at, keyLength, lastTrailer - 1);
        }
    }

    private int beginLarge(int at, int valueLength) {
        growRaw(TableFormat.VALUE_PIECE);
        Bytes.putLong(data.stage(), at + LargeValue.OFFSET, sink.offset());
        Bytes.putInt(data.stage(), at + LargeValue.VALUE_LENGTH, valueLength);
        return at + LargeValue.PIECES;
    }

    private int addPiece(int pointer, int length) throws IOException {
        int bytes = isCompressed
                ? sink.put(BlockKind.VALUE, settings.codec(), raw, 0, length)
                : sink.put(BlockKind.VALUE, raw, 0, length);
        Bytes.putInt(data.stage(), pointer, bytes);
        return pointer + 4;
    }

    private void count(long trailer, int keyLength, int valueLength) {
        long sequence = Trailer.sequence(trailer);
        sequenceMin = Math.min(sequenceMin, sequence);
        sequenceMax = Math.max(sequenceMax, sequence);
        tombstones += Trailer.isDelete(trailer) ? 1 : 0;
        keyBytes += keyLength;
        valueBytes += valueLength;
        lastTrailer = trailer;
        entries++;
        state = State.OPEN;
    }

    private void writeDataBlock(int waiting) throws IOException {
        int length = data.length();
        long offset = sink.offset();
        int bytes;
        if (isCompressed) {
            growRaw(length);
            data.writeTo(raw, 0);
            bytes = sink.put(BlockKind.DATA, settings.codec(), raw, 0, length);
        } else {
            int at = sink.room(length);
            data.writeTo(sink.stage(), at);
            bytes = sink.seal(BlockKind.DATA, NoneCodec.ID, length, length);
        }
        index.add(offset, bytes);
        data.clear(waiting);
    }

    private void growRaw(int length) {
        if (raw.length < length) {
            memory.take(length - raw.length);
            raw = new byte[length];
        }
    }

    /// Notes in the table, for repairs, what [TableFacts#flushed] tells.
    ///
    /// @param sequence 0 for nothing
    public void flushed(long sequence) {
        flushed = sequence;
    }

    /// Notes in the table, for repairs, what [TableFacts#coverage] tells.
    public void covers(@Nullable Coverage replaced) {
        coverage = replaced;
    }

    /// How many entries were added.
    public long entries() {
        return entries;
    }

    /// About how long the file would be if it were finished now.
    public long fileBytes() {
        return sink.offset() + data.length() + index.bytes() + filter.bytes()
                + TableFormat.FILTER_BLOCK;
    }

    /// Writes what is left, makes the file durable and closes it. Its name in the directory is
    /// somebody else's to sync.
    ///
    /// @throws IllegalStateException when nothing was added
    public TableFacts finish() throws IOException {
        check(0, Trailer.of(0, ValueKind.DELETE), 0);
        byte[] smallest = firstKey;
        if (smallest == null) {
            throw new IllegalStateException("a table without entries");
        }
        state = State.BROKEN;
        byte[] largest = data.lastKey();
        writeDataBlock(0);
        int dataBlocks = sink.blocks(BlockKind.DATA);
        long dataEnd = sink.offset();
        byte[] top = index.writeTo(sink);
        TableExtent extent = new TableExtent(dataEnd, sink.offset(), dataBlocks,
                sink.blocks(BlockKind.INDEX));
        Filter finished = filter.writeTo(sink);
        long topAt = sink.offset();
        int topBytes = sink.put(BlockKind.TOP_INDEX, top, 0, top.length);
        TableFacts facts = new TableFacts(0, entries, tombstones, UserKey.owning(smallest),
                UserKey.owning(largest), sequenceMin, sequenceMax, keyBytes, valueBytes,
                createdMillis, settings.codec().name(), settings.owner(), flushed, coverage);
        byte[] properties = new TableProperties(facts, extent, finished,
                sink.blocks(BlockKind.VALUE)).toBytes();
        long propertiesAt = sink.offset();
        int propertiesBytes = sink.put(BlockKind.PROPERTIES, properties, 0, properties.length);
        long fileBytes = sink.offset() + Footer.LENGTH;
        sink.finish(new Footer(identity, fileBytes, topAt, topBytes, propertiesAt,
                propertiesBytes));
        state = State.CLOSED;
        memory.giveAll();
        return facts.withFileBytes(fileBytes);
    }

    /// Gives up: closes the file, which is worthless now, and frees the buffers. Does nothing after
    /// [#finish].
    public void abandon() throws IOException {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            memory.giveAll();
            sink.abandon();
        }
    }
}
