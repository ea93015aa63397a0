package dev.firn.sstable;

import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Writes the blocks of a new table one behind the other, in pieces of at least [#WRITE_MIN] bytes.
/// One thread.
final class BlockSink {
    private static final int WRITE_MIN = 64 << 10;

    private final WriteFile file;
    private final long tableId;
    private final Reservation memory;
    private final CRC32C crc = new CRC32C();
    private final int[] blocks = new int[BlockKind.CODES];
    private byte[] stage = new byte[2 * WRITE_MIN];
    private MemorySegment stageMemory = MemorySegment.ofArray(stage);
    private int staged;
    private long written;

    /// Writes to a file from offset 0 on.
    BlockSink(WriteFile file, long tableId, Reservation memory) {
        this.file = file;
        this.tableId = tableId;
        this.memory = memory;
        memory.take(stage.length);
    }

    /// Where the next block begins, and how long the file is once all is flushed.
    long offset() {
        return written + staged;
    }

    /// How many blocks of a kind were written.
    int blocks(BlockKind kind) {
        return blocks[kind.code()];
    }

    /// Makes room for a block of up to `length` stored bytes.
    ///
    /// @return where in [#stage] they go
    int room(int length) throws IOException {
        long needed = (long) staged + BlockEnvelope.LENGTH + length;
        if (needed > stage.length) {
            flush();
            needed = BlockEnvelope.LENGTH + (long) length;
            if (needed > stage.length) {
                memory.take(needed - stage.length);
                stage = new byte[Math.toIntExact(needed)];
                stageMemory = MemorySegment.ofArray(stage);
            }
        }
        return staged + BlockEnvelope.LENGTH;
    }

    /// The array to put stored bytes into.
    byte[] stage() {
        return stage;
    }

    /// Ends the block whose stored bytes are where [#room] said.
    ///
    /// @return the bytes it takes in the file
    int seal(BlockKind kind, byte codec, int rawLength, int storedLength) throws IOException {
        BlockEnvelope.seal(crc, stage, staged, codec, kind, rawLength, storedLength,
                Checksum.salt(tableId, offset()));
        int diskLength = BlockEnvelope.LENGTH + storedLength;
        staged += diskLength;
        blocks[kind.code()]++;
        if (staged >= WRITE_MIN) {
            flush();
        }
        return diskLength;
    }

    /// Writes a block as it is.
    ///
    /// @return the bytes it takes in the file
    int put(BlockKind kind, byte[] raw, int at, int length) throws IOException {
        int to = room(length);
        System.arraycopy(raw, at, stage, to, length);
        return seal(kind, NoneCodec.ID, length, length);
    }

    /// Writes a block compressed, if that saves at least an eighth, else as it is.
    ///
    /// @return the bytes it takes in the file
    int put(BlockKind kind, BlockCodec codec, byte[] raw, int at, int length) throws IOException {
        int to = room(Math.max(length, codec.maxCompressedLength(length)));
        int stored = codec.compress(raw, at, length, stage, to);
        if (stored <= length - (length >> 3)) {
            return seal(kind, codec.id(), length, stored);
        }
        System.arraycopy(raw, at, stage, to, length);
        return seal(kind, NoneCodec.ID, length, length);
    }

    /// Ends the file with the footer and makes all of it durable.
    void finish(Footer footer) throws IOException {
        int at = room(Footer.LENGTH) - BlockEnvelope.LENGTH;
        footer.put(crc, stage, at);
        staged += Footer.LENGTH;
        flush();
        file.force();
        file.close();
    }

    private void flush() throws IOException {
        file.write(written, stageMemory, 0, staged);
        written += staged;
        staged = 0;
    }

    /// Forgets what was not written and closes the file.
    void abandon() throws IOException {
        Arrays.fill(blocks, 0);
        staged = 0;
        file.close();
    }
}
