package dev.firn.sstable;

import dev.firn.dump.DumpWriter;
import dev.firn.util.Bytes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Tells one block after the other. One thread.
final class BlockWords implements AutoCloseable {
    private final BlockReader reader;
    private final @Nullable TableProperties properties;
    private final long fileBytes;
    private final ReadScratch scratch;
    private final DumpWriter out;
    private final BlockCursor cursor;
    private final int[] counts = new int[BlockKind.CODES];

    BlockWords(BlockReader reader, @Nullable TableProperties properties, long fileBytes,
            ReadScratch scratch, BufferPool buffers, DumpWriter out) {
        this.reader = reader;
        this.properties = properties;
        this.fileBytes = fileBytes;
        this.scratch = scratch;
        this.out = out;
        cursor = new BlockCursor(buffers);
    }

    /// Tells a block; who calls tells if it is not whole.
    void tell(long at, int bytes, BlockKind kind, String codec) throws IOException {
        boolean isSorted = kind == BlockKind.DATA || kind == BlockKind.INDEX
                || kind == BlockKind.TOP_INDEX;
        int number = counts[kind.code()]++;
        if (!isSorted) {
            reader.read(at, bytes, kind, scratch);
            out.line(at, 1, title(kind, number, bytes, codec));
            return;
        }
        reader.readSorted(at, bytes, kind, extent(kind), scratch);
        Bytes.copy(scratch.raw, scratch.rawAt, cursor.block().room(scratch.rawLength), 0,
                scratch.rawLength);
        cursor.begin();
        out.line(at, 1, title(kind, number, bytes, codec) + ", " + cursor.count()
                + (kind == BlockKind.DATA ? " entries" : " blocks below"));
        cursor.read(0);
        out.note(2, "first " + key());
        cursor.read(cursor.count() - 1);
        out.note(2, "last " + key());
        if (kind == BlockKind.DATA && out.options().entries()) {
            for (int i = 0; i < cursor.count(); i++) {
                cursor.read(i);
                entry();
            }
        }
    }

    /// What is said of every block.
    private String title(BlockKind kind, int number, int bytes, String codec) {
        return kind.title() + " block " + number + ": stored "
                + (bytes - BlockEnvelope.LENGTH) + " bytes, raw " + scratch.rawLength + ", codec "
                + codec + ", checksum ok";
    }

    private void entry() {
        String value = "";
        if (cursor.isLarge()) {
            value = ", value of " + cursor.valueLength() + " bytes in value blocks from "
                    + cursor.memory().get(Bytes.LONG, cursor.valueAt() + LargeValue.OFFSET);
        } else if ((cursor.trailer() & 0xff) != 0) {
            value = ", " + out.value(cursor.memory(), cursor.valueAt(), cursor.valueLength());
        }
        out.note(3, DumpWriter.version(cursor.trailer()) + value + ", " + key());
    }

    private String key() {
        return DumpWriter.key(cursor.keyMemory(), 0, cursor.keyLength());
    }

    /// The limits for what handles say: those of the properties, else the whole file.
    private TableExtent extent(BlockKind kind) {
        if (properties != null) {
            return properties.extent();
        }
        return kind == BlockKind.TOP_INDEX
                ? new TableExtent(0, fileBytes, 0, Integer.MAX_VALUE)
                : new TableExtent(fileBytes, fileBytes, Integer.MAX_VALUE, 0);
    }

    @Override
    public void close() {
        cursor.close();
    }
}
