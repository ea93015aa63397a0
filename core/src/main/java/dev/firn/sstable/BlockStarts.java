package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where blocks of a table begin, as far as footer, properties and those index blocks that are
/// whole tell. One thread, once.
final class BlockStarts {
    private final BlockReader reader;
    private final @Nullable Footer footer;
    private final @Nullable TableProperties properties;
    private final ReadScratch scratch;
    private final BufferPool buffers;
    private long[] starts = new long[64];
    private int count;

    BlockStarts(BlockReader reader, @Nullable Footer footer, @Nullable TableProperties properties,
            ReadScratch scratch, BufferPool buffers) {
        this.reader = reader;
        this.footer = footer;
        this.properties = properties;
        this.scratch = scratch;
        this.buffers = buffers;
    }

    /// The offsets, ascending.
    long[] find() throws IOException {
        Footer f = footer;
        if (f != null) {
            add(f.topIndexAt());
            add(f.propertiesAt());
            TableProperties p = properties;
            if (p != null) {
                addFilter(p);
                addIndex(f, p.extent());
            }
        }
        long[] sorted = Arrays.copyOf(starts, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private void addFilter(TableProperties p) {
        add(p.extent().indexEnd());
        Filter filter = p.filter();
        for (int i = 1; filter != null && i < filter.blocks(); i++) {
            add(p.extent().indexEnd()
                    + (long) i * (BlockEnvelope.LENGTH + TableFormat.FILTER_BLOCK));
        }
    }

    private void addIndex(Footer f, TableExtent extent) throws IOException {
        add(extent.dataEnd());
        var top = new BlockCursor(buffers);
        var index = new BlockCursor(buffers);
        var handle = new BlockHandle();
        try {
            if (!load(f.topIndexAt(), f.topIndexBytes(), BlockKind.TOP_INDEX, extent, top)) {
                return;
            }
            for (int part = 0; part < top.count(); part++) {
                top.read(part);
                handle.read(top.memory(), top.valueAt());
                add(handle.offset);
                if (load(handle.offset, handle.bytes, BlockKind.INDEX, extent, index)) {
                    for (int i = 0; i < index.count(); i++) {
                        index.read(i);
                        handle.read(index.memory(), index.valueAt());
                        add(handle.offset);
                    }
                }
            }
        } finally {
            top.close();
            index.close();
        }
    }

    /// What is damaged is told when the block has its turn.
    private boolean load(long at, int bytes, BlockKind kind, TableExtent extent, BlockCursor to)
            throws IOException {
        try {
            reader.readSorted(at, bytes, kind, extent, scratch);
            Bytes.copy(scratch.raw, scratch.rawAt, to.block().room(scratch.rawLength), 0,
                    scratch.rawLength);
            to.begin();
            return true;
        } catch (CorruptException | FirnException e) {
            return false;
        }
    }

    private void add(long offset) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = offset;
    }
}
