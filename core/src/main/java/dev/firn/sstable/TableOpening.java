package dev.firn.sstable;

import dev.firn.cache.BlockCache;
import dev.firn.cache.TableSlots;
import dev.firn.sstable.PropertyList.MalformedException;
import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;

/// Opens one table: footer, properties, top index. Every length is held against the file before
/// anything is allocated. One thread, once.
final class TableOpening {
    private final ReadFile file;
    private final TableIdentity expected;
    private final BlockCache cache;
    private final ChunkPool pool;
    private final ReadScratch scratch;
    private final BlockReader reader;

    TableOpening(ReadFile file, TableIdentity expected, Codecs codecs, BlockCache cache,
            ChunkPool pool, ReadScratch scratch) {
        this.file = file;
        this.expected = expected;
        this.cache = cache;
        this.pool = pool;
        this.scratch = scratch;
        reader = new BlockReader(file, expected.tableId(), codecs);
    }

    /// @param isValidating false only in the test that shows what validation is for
    Table open(boolean isValidating) throws IOException {
        try {
            Footer footer = footer();
            TableProperties properties = properties(footer);
            reader.readSorted(footer.topIndexAt(), footer.topIndexBytes(), BlockKind.TOP_INDEX,
                    properties.extent(), scratch);
            if (Bytes.getInt(scratch.raw, scratch.rawAt + SortedBlock.COUNT) != properties.extent()
                    .indexBlocks()) {
                throw reader.damage(footer.topIndexAt(),
                        "the top index does not have an entry for every index block");
            }
            return open(properties, isValidating);
        } catch (Throwable t) {
            try {
                reader.close();
            } catch (IOException | RuntimeException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    private Footer footer() throws IOException {
        if (file.bytes() < Footer.LENGTH) {
            throw reader.damage(0, "a file of " + file.bytes() + " bytes is too short for a table");
        }
        byte[] a = scratch.stored(Footer.LENGTH);
        reader.copy(file.bytes() - Footer.LENGTH, scratch.storedMemory, Footer.LENGTH);
        return Footer.read(scratch.crc, a, file.name(), file.bytes(), expected);
    }

    private TableProperties properties(Footer footer) throws IOException {
        reader.read(footer.propertiesAt(), footer.propertiesBytes(), BlockKind.PROPERTIES,
                scratch);
        try {
            return TableProperties.read(scratch.raw, scratch.rawAt, scratch.rawLength, footer);
        } catch (MalformedException e) {
            throw reader.damage(footer.propertiesAt(), String.valueOf(e.getMessage()));
        }
    }

    /// With the top index in the scratch.
    private Table open(TableProperties properties, boolean isValidating) {
        TableExtent extent = properties.extent();
        Filter filter = properties.filter();
        int ordinals = extent.dataBlocks() + extent.indexBlocks()
                + (filter == null ? 0 : filter.blocks());
        Chunk top = pool.take(Use.TABLE, scratch.rawLength);
        if (top == null) {
            throw Reservation.outOfMemory(scratch.rawLength, pool.budget());
        }
        Bytes.copy(scratch.raw, scratch.rawAt, top.memory(), 0, scratch.rawLength);
        TableSlots slots = cache.register(ordinals);
        if (slots == null) {
            pool.give(Use.TABLE, top);
            throw Reservation.outOfMemory(ordinals * 8L, pool.budget());
        }
        return new Table(expected, properties, reader, cache, slots, pool, top, isValidating);
    }
}
