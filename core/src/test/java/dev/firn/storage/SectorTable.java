package dev.firn.storage;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The content of a simulated file: an array of sectors of 512 bytes, where null stands for zeros.
/// A sector's bytes never change once they are here, so tables share them; copies share whole
/// blocks of sectors until one of them writes there. Not safe for threads.
final class SectorTable {
    static final int SECTOR_BYTES = 512;

    private static final int BLOCK_SECTORS = 64;

    private byte[][][] blocks = new byte[1][][];
    private final BitSet owned = new BitSet();

    byte @Nullable [] get(int sector) {
        int block = sector / BLOCK_SECTORS;
        byte[][] sectors = block < blocks.length ? blocks[block] : null;
        return sectors == null ? null : sectors[sector % BLOCK_SECTORS];
    }

    /// The sector's bytes, shared from now on: nobody changes them.
    void set(int sector, byte @Nullable [] bytes) {
        int block = sector / BLOCK_SECTORS;
        if (block >= blocks.length) {
            if (bytes == null) {
                return;
            }
            blocks = Arrays.copyOf(blocks, Math.max(block + 1, blocks.length * 2));
        }
        if (!owned.get(block)) {
            byte[][] shared = blocks[block];
            blocks[block] = shared == null ? new byte[BLOCK_SECTORS][] : shared.clone();
            owned.set(block);
        }
        blocks[block][sector % BLOCK_SECTORS] = bytes;
    }

    SectorTable copy() {
        SectorTable copy = new SectorTable();
        copy.blocks = blocks.clone();
        owned.clear();
        return copy;
    }
}
