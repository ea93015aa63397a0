package dev.firn.sstable;

import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Reads blocks of one file: copies, checks, decompresses, and checks again. Any thread, each with
/// its own scratch.
final class BlockReader {
    private final ReadFile file;
    private final long tableId;
    private final Codecs codecs;

    BlockReader(ReadFile file, long tableId, Codecs codecs) {
        this.file = file;
        this.tableId = tableId;
        this.codecs = codecs;
    }

    /// Reads a block into [ReadScratch#raw].
    ///
    /// @param bytes its length in the file, envelope included, known to be inside the file
    /// @throws CorruptException when it is not, byte for byte, what was written there
    void read(long offset, int bytes, BlockKind kind, ReadScratch s) throws IOException {
        if (offset < 0 || bytes <= BlockEnvelope.LENGTH || bytes > file.bytes() - offset) {
            throw damage(offset, "a block of " + bytes + " bytes is outside of the file");
        }
        byte[] a = s.stored(bytes);
        copy(offset, s.storedMemory, bytes);
        s.countRead();
        int stored = BlockEnvelope.storedLength(a, 0);
        int raw = BlockEnvelope.rawLength(a, 0);
        int checksum = BlockEnvelope.checksum(a, 0);
        if (!BlockEnvelope.isWhole(s.crc, a, 0, bytes, Checksum.salt(tableId, offset))) {
            throw damage(offset, "wrong checksum of a " + kind.title() + " block of " + bytes
                    + " bytes: it is 0x" + Integer.toHexString(checksum) + ", but 0x"
                    + Long.toHexString(s.crc.getValue()) + " was computed");
        }
        if (BlockEnvelope.kind(a, 0) != kind.code()) {
            throw damage(offset, "a block of kind " + BlockKind.nameOf(BlockEnvelope.kind(a, 0))
                    + " instead of " + kind.title());
        }
        if (stored != bytes - BlockEnvelope.LENGTH || raw < 1 || raw > kind.rawMax()
                || BlockEnvelope.reserved(a, 0) != 0) {
            throw damage(offset, "impossible lengths of a " + kind.title() + " block: " + raw
                    + " in " + stored);
        }
        byte codec = BlockEnvelope.codec(a, 0);
        s.rawLength = raw;
        if (codec == NoneCodec.ID) {
            if (raw != stored) {
                throw damage(offset, "an uncompressed block of " + raw + " bytes in " + stored);
            }
            s.raw = a;
            s.rawAt = BlockEnvelope.LENGTH;
        } else {
            decompress(offset, codec, kind, stored, s);
        }
    }

    private void decompress(long offset, byte codec, BlockKind kind, int stored, ReadScratch s)
            throws IOException {
        if (!kind.isCompressible() || stored > s.rawLength) {
            throw damage(offset, "a " + kind.title() + " block cannot be compressed so");
        }
        s.raw = s.decompressed(s.rawLength);
        s.rawAt = 0;
        try {
            codecs.byId(codec).decompress(s.stored, BlockEnvelope.LENGTH, stored, s.raw, 0,
                    s.rawLength);
        } catch (IOException e) {
            throw damage(offset, "cannot be decompressed: " + e.getMessage(), e);
        }
    }

    /// Copies bytes of the file as they are.
    void copy(long offset, MemorySegment to, int bytes) throws IOException {
        try {
            file.copy(offset, to, 0, bytes);
        } catch (EOFException e) {
            throw damage(offset, "the file ends before " + bytes + " bytes are read", e);
        }
    }

    /// Reads a data, index or top index block and checks its structure.
    void readSorted(long offset, int bytes, BlockKind kind, TableExtent extent, ReadScratch s)
            throws IOException {
        read(offset, bytes, kind, s);
        String problem = SortedBlockCheck.problem(s.raw, s.rawAt, s.rawLength, kind, extent);
        if (problem != null) {
            throw damage(offset, problem);
        }
    }

    /// Reads a value block that must hold so many bytes of a value.
    void readPiece(long offset, int bytes, int rawLength, ReadScratch s) throws IOException {
        read(offset, bytes, BlockKind.VALUE, s);
        if (s.rawLength != rawLength) {
            throw damage(offset, "a value block with " + s.rawLength + " bytes of a value instead"
                    + " of " + rawLength);
        }
    }

    /// Damage at an offset of this file.
    CorruptException damage(long offset, String what) {
        return new CorruptException(file.name(), offset, what);
    }

    private CorruptException damage(long offset, String what, Throwable cause) {
        CorruptException e = damage(offset, what);
        e.initCause(cause);
        return e;
    }

    void close() throws IOException {
        file.close();
    }
}
