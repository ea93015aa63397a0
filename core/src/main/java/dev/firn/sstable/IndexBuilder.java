package dev.firn.sstable;

import dev.firn.key.UserKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Builds the index blocks while data blocks are written, and the top index at the end.
///
/// The index has an entry for each data block: a *separator*, which is at or before the first entry
/// of the block and after the last one of the block before, and the block's handle. What one looks
/// for is in the block of the last separator at or before it. A separator is as short as it can be:
/// the first key cut off behind the byte in which it differs from the key before, with the largest
/// trailer; when both keys are the same, that key with a trailer that is one less than the one
/// before. The first separator of a table is its first key.
///
/// Finished index blocks wait in memory until all data blocks are written. One thread.
final class IndexBuilder {
    /// A finished index block, in the buffer.
    private record Block(UserKey firstSeparator, long firstTrailer, int at, int length) {}

    private final Reservation memory;
    private final SortedBlockBuilder current;
    private final List<Block> finished = new ArrayList<>();
    private byte[] buffer = new byte[0];
    private int buffered;
    private int entries;

    private byte[] separator = new byte[64];
    private int separatorLength;
    private long separatorTrailer;
    private byte[] firstSeparator = new byte[0];
    private long firstTrailer;

    IndexBuilder(Reservation memory) {
        this.memory = memory;
        memory.take(separator.length);
        current = new SortedBlockBuilder(memory, TableFormat.INDEX_BLOCK, true);
    }

    /// Notes the separator of the data block that begins now.
    void begin(byte[] key, int at, int length, long trailer) {
        if (length > separator.length) {
            memory.take(length - separator.length);
            separator = new byte[length];
        }
        System.arraycopy(key, at, separator, 0, length);
        separatorLength = length;
        separatorTrailer = trailer;
    }

    /// Adds the data block that was begun; the blocks are numbered as they come.
    void add(long offset, int bytes) {
        int at = stageSeparator();
        int common = current.commonWithLast(separatorLength);
        int length = current.offer(separatorLength, common, separatorTrailer, BlockHandle.LENGTH);
        if (length > TableFormat.INDEX_BLOCK
                && current.count() >= TableFormat.INDEX_ENTRIES_MIN) {
            finishBlock();
            at = stageSeparator();
            current.offer(separatorLength, 0, separatorTrailer, BlockHandle.LENGTH);
        }
        if (current.count() == 0) {
            firstSeparator = Arrays.copyOf(separator, separatorLength);
            firstTrailer = separatorTrailer;
            memory.take(separatorLength + 64L);
        }
        BlockHandle.put(current.stage(), at + separatorLength, offset, bytes, entries++);
        current.accept(separatorTrailer, BlockHandle.LENGTH, 0);
    }

    private int stageSeparator() {
        int at = current.room(separatorLength, BlockHandle.LENGTH);
        System.arraycopy(separator, 0, current.stage(), at, separatorLength);
        return at;
    }

    private void finishBlock() {
        int length = current.length();
        if (buffer.length - buffered < length) {
            int bytes = Math.max(buffered + length, 2 * buffer.length);
            memory.take(bytes - buffer.length);
            buffer = Arrays.copyOf(buffer, bytes);
        }
        current.writeTo(buffer, buffered);
        finished.add(new Block(UserKey.owning(firstSeparator), firstTrailer, buffered, length));
        buffered += length;
        current.clear(0);
    }

    /// About how many bytes the index will take in the file.
    long bytes() {
        return (long) buffered + current.length();
    }

    /// Writes the index blocks, of which there is at least one entry, and builds the top index.
    ///
    /// @return the content of the top index block
    byte[] writeTo(BlockSink sink) throws IOException {
        finishBlock();
        for (Block block : finished) {
            long offset = sink.offset();
            int bytes = sink.put(BlockKind.INDEX, buffer, block.at, block.length);
            byte[] key = block.firstSeparator.bytes();
            int keyLength = key.length;
            int at = current.room(keyLength, BlockHandle.LENGTH);
            System.arraycopy(key, 0, current.stage(), at, keyLength);
            current.offer(keyLength, current.commonWithLast(keyLength), block.firstTrailer,
                    BlockHandle.LENGTH);
            BlockHandle.put(current.stage(), at + keyLength, offset, bytes, entries++);
            current.accept(block.firstTrailer, BlockHandle.LENGTH, 0);
        }
        int length = current.length();
        memory.take(length);
        byte[] top = new byte[length];
        current.writeTo(top, 0);
        return top;
    }
}
