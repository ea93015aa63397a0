package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// Where a block is: the value of an index entry.
///
/// ```
/// +--------------------------------------------+
/// | offset of the envelope in the file         |
/// +---------------------+----------------------+ 8
/// | bytes with envelope | ordinal in the table |
/// +---------------------+----------------------+ 16
/// ```
///
/// Mutable and reused from read to read. One thread.
final class BlockHandle {
    static final int OFFSET = 0;
    static final int BYTES = 8;
    static final int ORDINAL = 12;

    /// The stored length of a handle.
    static final int LENGTH = 16;

    long offset;
    int bytes;
    int ordinal;

    /// Reads a stored handle.
    void read(MemorySegment m, long at) {
        offset = m.get(Bytes.LONG, at + OFFSET);
        bytes = m.get(Bytes.INT, at + BYTES);
        ordinal = m.get(Bytes.INT, at + ORDINAL);
    }

    /// Takes over another handle.
    void set(long newOffset, int newBytes, int newOrdinal) {
        offset = newOffset;
        bytes = newBytes;
        ordinal = newOrdinal;
    }

    /// Writes a handle.
    static void put(byte[] a, int at, long offset, int bytes, int ordinal) {
        Bytes.putLong(a, at + OFFSET, offset);
        Bytes.putInt(a, at + BYTES, bytes);
        Bytes.putInt(a, at + ORDINAL, ordinal);
    }
}
