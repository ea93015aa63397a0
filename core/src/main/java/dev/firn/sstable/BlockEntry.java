package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// An entry of a [SortedBlock], taken apart: where its pieces are. Reused from entry to entry. One
/// thread.
final class BlockEntry {
    /// Sequence and kind; for an index entry that of the separator.
    long trailer;

    /// Whether the value is a [LargeValue].
    boolean isLarge;

    /// The length of the key behind the shared prefix.
    int tail;

    /// Where in memory the key goes on behind prefix and word.
    long restAt;

    /// Where in memory the value is.
    long valueAt;

    /// The length of the stored value.
    int valueLength;

    /// Reads the entry with an index below the count.
    void read(MemorySegment m, long base, int i) {
        int count = SortedBlock.count(m, base);
        int widths = m.get(Bytes.INT, base + SortedBlock.WIDTHS);
        int stride = SortedBlock.stride(widths);
        long heads = base + SortedBlock.WORDS + 8L * count;
        long head = heads + (long) stride * i;
        long payload = heads + (long) stride * count
                + m.get(Bytes.INT, base + SortedBlock.PREFIX_LENGTH);
        int offset = SortedBlock.offset(m, head, widths);
        int end = i + 1 < count
                ? SortedBlock.offset(m, head + stride, widths)
                : m.get(Bytes.INT, base + SortedBlock.PAYLOAD_LENGTH);
        long stored = SortedBlock.trailer(m, base, head, widths);
        long large = SortedBlock.largeMask(widths);
        isLarge = (stored & large) != 0;
        trailer = stored & ~large;
        tail = SortedBlock.tail(m, base, head, widths);
        int rest = Math.max(0, tail - 8);
        restAt = payload + offset;
        valueAt = restAt + rest;
        valueLength = end - offset - rest;
    }
}
