package dev.firn.sstable;

import dev.firn.sstable.PropertyList.MalformedException;
import dev.firn.util.Hash64;
import java.lang.foreign.MemorySegment;

/// Gives any bytes to what reads the blocks of tables.
public final class BlockTarget {
    private static final BlockKind[] SORTED =
            {BlockKind.DATA, BlockKind.INDEX, BlockKind.TOP_INDEX};
    private static final TableIdentity IDENTITY = TableIdentity.of(1, 2);

    private BlockTarget() {}

    /// Checks a sorted block, of a kind that the first byte tells, and if that finds nothing looks
    /// for keys in it and at every entry.
    public static void sorted(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] block = java.util.Arrays.copyOfRange(input, 1, input.length);
        BlockKind kind = SORTED[(input[0] & 0xff) % SORTED.length];
        TableExtent extent = new TableExtent(4000, 8000, 20, 4);
        if (SortedBlockCheck.problem(block, 0, block.length, kind, extent) != null) {
            return;
        }
        MemorySegment memory = MemorySegment.ofArray(block);
        var entry = new BlockEntry();
        byte[] key = java.util.Arrays.copyOf(block, Math.min(block.length, 40));
        for (int i = 0; i < SortedBlock.count(memory, 0); i++) {
            entry.read(memory, 0, i);
            memory.asSlice(entry.valueAt, entry.valueLength);
        }
        for (int length = 0; length <= key.length; length += 5) {
            long hash = Hash64.hash(key, 0, length);
            SortedBlock.find(memory, 0, key, 0, length, hash, -1L >>> 1, entry);
            SortedBlock.floor(memory, 0, key, 0, length, 0);
            SortedBlock.lowerBound(memory, 0, key, 0, length, -1);
        }
    }

    /// Reads properties, for a file of any plausible size, and asks the filter that they tell of.
    public static void properties(byte[] input) {
        int top = input.length < 8 ? 100 : 1 + (input[input.length - 1] & 0xff) * 64;
        Footer footer = new Footer(IDENTITY, top + 1000L, top, 100, top + 100L, 820);
        try {
            TableProperties properties =
                    TableProperties.read(input, 0, input.length, footer);
            Filter filter = properties.filter();
            if (filter != null && filter.diskBytes() <= footer.fileBytes()) {
                MemorySegment line = MemorySegment.ofArray(new byte[Filter.LINE]);
                for (long hash = 1; hash < 1L << 60; hash *= 5) {
                    if (filter.lineOf(hash) < 0 || filter.lineOf(hash) >= filter.lines() * 64) {
                        throw new IllegalStateException("a line outside of the filter");
                    }
                    filter.mayContain(line, 0, hash);
                }
            }
        } catch (MalformedException e) {
            // Which is its right.
        }
    }
}
