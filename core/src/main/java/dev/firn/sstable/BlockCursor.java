package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// A position in a data block that lies in a buffer of its own, with the key made whole. Moving
/// costs a few loads: all fields of an entry are at computable places. One thread.
final class BlockCursor {
    private final BlockBuffer block;
    private final BlockBuffer key;
    private MemorySegment memory;
    private MemorySegment keyMemory;
    private long keyCapacity;

    private int count;
    private int payloadLength;
    private int prefix;
    private long heads;
    private int stride;
    private int trailerAt;
    private int tailAt;
    private long offsetMask;
    private long trailerMask;
    private long tailMask;
    private long largeMask;
    private long trailerBase;
    private int tailBase;
    private long payload;

    private int keyLength;
    private long trailer;
    private long valueAt;
    private int valueLength;

    BlockCursor(BufferPool buffers) {
        block = new BlockBuffer(buffers);
        key = new BlockBuffer(buffers);
        memory = block.memory();
        keyMemory = key.memory();
    }

    /// The buffer to put a block into, before [#begin].
    BlockBuffer block() {
        return block;
    }

    /// Takes up the block in the buffer; the position is undefined.
    void begin() {
        memory = block.memory();
        count = SortedBlock.count(memory, 0);
        payloadLength = memory.get(Bytes.INT, SortedBlock.PAYLOAD_LENGTH);
        prefix = memory.get(Bytes.INT, SortedBlock.PREFIX_LENGTH);
        int widths = memory.get(Bytes.INT, SortedBlock.WIDTHS);
        stride = SortedBlock.stride(widths);
        trailerAt = widths & 0xff;
        tailAt = trailerAt + (widths >>> 8 & 0xff);
        offsetMask = SortedBlock.mask(widths & 0xff);
        trailerMask = SortedBlock.mask(widths >>> 8 & 0xff);
        tailMask = SortedBlock.mask(widths >>> 16 & 0xff);
        largeMask = SortedBlock.largeMask(widths);
        trailerBase = memory.get(Bytes.LONG, SortedBlock.TRAILER_BASE);
        tailBase = memory.get(Bytes.INT, SortedBlock.TAIL_BASE);
        heads = SortedBlock.WORDS + 8L * count;
        long prefixAt = heads + (long) stride * count;
        payload = prefixAt + prefix;
        growKey(prefix + 64);
        MemorySegment.copy(memory, prefixAt, keyMemory, 0, prefix);
    }

    int count() {
        return count;
    }

    /// How many entries are before (key, trailer).
    int lowerBound(byte[] sought, int length, long soughtTrailer) {
        return SortedBlock.lowerBound(memory, 0, sought, 0, length, soughtTrailer);
    }

    /// Reads the entry with an index below the count.
    void read(int i) {
        long head = heads + (long) stride * i;
        int end = i + 1 < count
                ? (int) (memory.get(Bytes.LONG, head + stride) & offsetMask)
                : payloadLength;
        long fields = memory.get(Bytes.LONG, head);
        int offset = (int) (fields & offsetMask);
        int tail = tailBase;
        if (stride <= 8) {
            // The usual case: the whole head in one load.
            trailer = trailerBase + ((fields >>> (8 * trailerAt)) & trailerMask);
            tail += tailMask == 0 ? 0 : (int) ((fields >>> (8 * tailAt)) & tailMask);
        } else {
            trailer = trailerBase + (memory.get(Bytes.LONG, head + trailerAt) & trailerMask);
            tail += (int) (memory.get(Bytes.LONG, head + tailAt) & tailMask);
        }
        int rest = tail - 8;
        keyLength = prefix + tail;
        if (keyLength + 16 > keyCapacity) {
            growKey(keyLength + 16);
            MemorySegment.copy(memory, payload - prefix, keyMemory, 0, prefix);
        }
        long word = memory.get(Bytes.LONG, SortedBlock.WORDS + 8L * i);
        keyMemory.set(Bytes.WORD, prefix, word);
        long at = payload + offset;
        if (rest > 0) {
            if (rest <= 8) {
                keyMemory.set(Bytes.LONG, prefix + 8L, memory.get(Bytes.LONG, at));
            } else {
                MemorySegment.copy(memory, at, keyMemory, prefix + 8L, rest);
            }
            at += rest;
        }
        valueAt = at;
        valueLength = (int) (payload + end - at);
    }

    private void growKey(int bytes) {
        keyMemory = key.room(bytes);
        keyCapacity = keyMemory.byteSize();
    }

    MemorySegment keyMemory() {
        return keyMemory;
    }

    int keyLength() {
        return keyLength;
    }

    long trailer() {
        return trailer & ~largeMask;
    }

    boolean isLarge() {
        return (trailer & largeMask) != 0;
    }

    /// The value's length, also of a large one.
    int valueLength() {
        return isLarge()
                ? memory.get(Bytes.INT, valueAt + LargeValue.VALUE_LENGTH)
                : valueLength;
    }

    /// The memory of the block.
    MemorySegment memory() {
        return memory;
    }

    /// Where in [#memory] the value is, or the pointer to it.
    long valueAt() {
        return valueAt;
    }

    /// Gives the buffers back; the accessors of memory fail afterwards.
    void close() {
        block.close();
        key.close();
        memory = block.memory();
        keyMemory = key.memory();
    }
}
