package dev.firn.sstable;

import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// What a point read works with: buffers for a block on its way from file to cache, and where the
/// read stands. It belongs to a reader (a pooled read context) and is reused from read to read and
/// from table to table, so that a read allocates nothing.
///
/// Its buffers are reserved as [Use#CURSOR]. One thread at a time.
public final class ReadScratch implements AutoCloseable {
    /// Counted reads are handed on after so many events.
    private static final int FLUSH = 256;

    private static final int BYTES_MIN = 8 << 10;

    private final Reservation heap;
    private final ReadCounters counters;
    private final BlockBuffer own;

    /// A block as it is in the file.
    byte[] stored = new byte[0];

    MemorySegment storedMemory = MemorySegment.ofArray(stored);
    private byte[] decompressed = new byte[0];
    private byte[] pointer = new byte[0];

    /// The content of the block read last: its array, its beginning, its length.
    byte[] raw = stored;

    int rawAt;
    int rawLength;

    final CRC32C crc = new CRC32C();
    final BlockEntry entry = new BlockEntry();
    final BlockHandle handle = new BlockHandle();
    final BlockView view = new BlockView();

    /// The trailer of the version found last.
    long trailer;

    private int filterChecks;
    private int filterRejections;
    private int blocksRead;
    private int cacheHits;
    private int cacheMisses;
    private int events;

    /// Takes no memory before the first read that needs it.
    public ReadScratch(BufferPool buffers, ReadCounters counters) {
        heap = new Reservation(buffers.chunks().budget(), Use.CURSOR);
        own = new BlockBuffer(buffers);
        this.counters = counters;
    }

    /// Sequence and kind of the version that the last read found.
    public long trailer() {
        return trailer;
    }

    /// An array for `bytes` bytes from a file, also as [#storedMemory].
    byte[] stored(int bytes) {
        if (stored.length < bytes) {
            stored = grown(stored, bytes);
            storedMemory = MemorySegment.ofArray(stored);
        }
        return stored;
    }

    /// An array for `bytes` decompressed bytes.
    byte[] decompressed(int bytes) {
        if (decompressed.length < bytes) {
            decompressed = grown(decompressed, bytes);
        }
        return decompressed;
    }

    /// An array for a copy of a pointer to a large value.
    byte[] pointer(int bytes) {
        if (pointer.length < bytes) {
            pointer = grown(pointer, bytes);
        }
        return pointer;
    }

    private byte[] grown(byte[] old, int bytes) {
        // The next power of two, where there is one: a damaged length may be anything.
        int larger = bytes > 1 << 30
                ? bytes
                : Integer.highestOneBit(Math.max(bytes, BYTES_MIN) * 2 - 1);
        heap.take(larger);
        heap.give(old.length);
        return new byte[larger];
    }

    /// Native memory for a block that the cache has no frame for.
    MemorySegment own(int bytes) {
        return own.room(bytes);
    }

    void countFilter(boolean rejected) {
        filterChecks++;
        filterRejections += rejected ? 1 : 0;
        counted();
    }

    void countHit() {
        cacheHits++;
        counted();
    }

    void countMiss() {
        cacheMisses++;
        counted();
    }

    void countRead() {
        blocksRead++;
        counted();
    }

    private void counted() {
        if (++events == FLUSH) {
            flush();
        }
    }

    /// Hands on what was counted.
    public void flush() {
        counters.add(filterChecks, filterRejections, blocksRead, cacheHits, cacheMisses);
        filterChecks = 0;
        filterRejections = 0;
        blocksRead = 0;
        cacheHits = 0;
        cacheMisses = 0;
        events = 0;
    }

    /// Gives all memory back and hands on what was counted. It may be used again.
    @Override
    public void close() {
        flush();
        view.clear();
        own.close();
        stored = new byte[0];
        storedMemory = MemorySegment.ofArray(stored);
        decompressed = stored;
        pointer = stored;
        raw = stored;
        heap.giveAll();
    }
}
