package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.cache.BlockCache;
import dev.firn.cache.TableSlots;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.storage.ReadFile;
import dev.firn.util.Bytes;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An open table: an immutable sorted file.
///
/// It keeps the top of its index in memory; all other blocks come from the cache or the file. Bytes
/// from the file are checked before they are used, so damage shows as a
/// [dev.firn.storage.CorruptException] with file and offset and never as a wrong answer.
///
/// Any number of threads at a time, each with its own scratch or cursor. The owner closes it when
/// nobody reads any more; what is called later is an [IllegalStateException].
public final class Table implements AutoCloseable {
    /// What [#get] returns when the table has no version of the key.
    public static final int ABSENT = -1;

    private final TableIdentity identity;
    private final TableProperties properties;
    private final BlockSource blocks;
    private final BlockReader reader;
    private final ChunkPool pool;
    private final Chunk topChunk;
    private final MemorySegment top;
    private final @Nullable Filter filter;
    private final long filterAt;
    private final int filterOrdinal;
    private volatile boolean closed;

    Table(TableIdentity identity, TableProperties properties, BlockReader reader,
            BlockCache cache, TableSlots slots, ChunkPool pool, Chunk topChunk,
            boolean isValidating) {
        this.identity = identity;
        this.properties = properties;
        this.reader = reader;
        this.pool = pool;
        this.topChunk = topChunk;
        top = topChunk.memory();
        TableExtent extent = properties.extent();
        blocks = new BlockSource(reader, cache, slots, extent, isValidating);
        filter = properties.filter();
        filterAt = extent.indexEnd();
        filterOrdinal = extent.dataBlocks() + extent.indexBlocks();
    }

    /// Opens a table.
    ///
    /// @param file the file, which the table owns from now on, also when this fails
    /// @param expected which table it has to be
    /// @param codecs the codecs it may use
    /// @param cache where its blocks are kept
    /// @param pool where memory for the top of its index comes from, as [Use#TABLE]
    /// @param scratch to read with
    /// @throws dev.firn.storage.CorruptException when it is not a whole table of this identity
    /// @throws FirnException of kind `OUT_OF_MEMORY` when the budget has no room for it
    public static Table open(ReadFile file, TableIdentity expected, Codecs codecs,
            BlockCache cache, ChunkPool pool, ReadScratch scratch) throws IOException {
        return new TableOpening(file, expected, codecs, cache, pool, scratch).open(true);
    }

    /// Which table it is.
    public TableIdentity identity() {
        return identity;
    }

    /// What is known about it.
    public TableFacts facts() {
        return properties.facts();
    }

    /// Looks for the newest version of a key at or below a sequence.
    ///
    /// @param hash the key's [dev.firn.util.Hash64]
    /// @param target gets the value, if there is one
    /// @return the version's kind (see [dev.firn.key.ValueKind]), its trailer being in the scratch;
    ///     or
    ///     [#ABSENT]
    public int get(byte[] key, int at, int length, long hash, long sequence, ReadScratch scratch,
            ValueTarget target) throws IOException {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        long trailer = Trailer.seek(sequence);
        if (!mayContain(hash, scratch)
                || !findBlock(key, at, length, trailer, scratch)
                || !findEntry(key, at, length, hash, trailer, scratch, target)) {
            return ABSENT;
        }
        return Trailer.kind(scratch.trailer);
    }

    /// Asks the filter.
    public boolean mayContain(long hash, ReadScratch s) throws IOException {
        Filter f = filter;
        if (f == null) {
            return true;
        }
        long line = f.lineOf(hash);
        int block = (int) (line / TableFormat.FILTER_BLOCK);
        filterHandle(f, block, s.handle);
        long inBlock = line % TableFormat.FILTER_BLOCK;
        while (true) {
            blocks.open(s.handle, BlockKind.FILTER, s);
            boolean result;
            try {
                result = f.mayContain(s.view.memory, s.view.base + inBlock, hash);
            } catch (RuntimeException | Error e) {
                blocks.failed(s, e);
                continue;
            }
            if (blocks.close(s)) {
                s.countFilter(!result);
                return result;
            }
        }
    }

    /// Where a block of the filter is.
    void filterHandle(Filter f, int block, BlockHandle handle) {
        handle.set(filterAt + (long) block * (BlockEnvelope.LENGTH + TableFormat.FILTER_BLOCK),
                BlockEnvelope.LENGTH + f.blockBytes(block), filterOrdinal + block);
    }

    /// Finds the data block in which (key, trailer) would be; its handle is in the scratch then.
    private boolean findBlock(byte[] key, int at, int length, long trailer, ReadScratch s)
            throws IOException {
        int part = SortedBlock.floor(top, 0, key, at, length, trailer);
        if (part < 0) {
            return false;
        }
        s.entry.read(top, 0, part);
        s.handle.read(top, s.entry.valueAt);
        while (true) {
            blocks.open(s.handle, BlockKind.INDEX, s);
            BlockView view = s.view;
            long offset;
            int bytes;
            int ordinal;
            try {
                int i = SortedBlock.floor(view.memory, view.base, key, at, length, trailer);
                s.entry.read(view.memory, view.base, Math.max(i, 0));
                long valueAt = s.entry.valueAt;
                offset = view.memory.get(Bytes.LONG, valueAt + BlockHandle.OFFSET);
                bytes = view.memory.get(Bytes.INT, valueAt + BlockHandle.BYTES);
                ordinal = view.memory.get(Bytes.INT, valueAt + BlockHandle.ORDINAL);
            } catch (RuntimeException | Error e) {
                blocks.failed(s, e);
                continue;
            }
            if (blocks.close(s)) {
                s.handle.set(offset, bytes, ordinal);
                return true;
            }
        }
    }

    private boolean findEntry(byte[] key, int at, int length, long hash, long trailer,
            ReadScratch s, ValueTarget target) throws IOException {
        while (true) {
            blocks.open(s.handle, BlockKind.DATA, s);
            BlockView view = s.view;
            BlockEntry entry = s.entry;
            boolean found;
            int pointer = 0;
            try {
                found = SortedBlock.find(view.memory, view.base, key, at, length, hash, trailer,
                        entry);
                // Nothing may be allocated before its length is known to be right.
                if (found && blocks.isStable(s)) {
                    if (entry.isLarge) {
                        pointer = entry.valueLength;
                        Bytes.copy(view.memory, entry.valueAt, s.pointer(pointer), 0, pointer);
                    } else {
                        target.accept(view.memory, entry.valueAt, entry.valueLength);
                    }
                }
            } catch (RuntimeException | Error e) {
                blocks.failed(s, e);
                continue;
            }
            if (blocks.close(s)) {
                if (found) {
                    s.trailer = entry.trailer;
                    if (pointer > 0) {
                        readLarge(s, target);
                    }
                }
                return found;
            }
        }
    }

    /// Copies a value out of its value blocks.
    private void readLarge(ReadScratch s, ValueTarget target) throws IOException {
        byte[] pointer = s.pointer(0);
        int length = Bytes.getInt(pointer, LargeValue.VALUE_LENGTH);
        long offset = Bytes.getLong(pointer, LargeValue.OFFSET);
        MemorySegment to = target.begin(length);
        if (to == null) {
            return;
        }
        int piece = 0;
        for (int from = 0; from < length; from += TableFormat.VALUE_PIECE, piece++) {
            int bytes = Bytes.getInt(pointer, LargeValue.PIECES + 4 * piece);
            int raw = Math.min(TableFormat.VALUE_PIECE, length - from);
            blocks.readPiece(offset, bytes, raw, s);
            Bytes.copy(s.raw, s.rawAt, to, from, raw);
            offset += bytes;
        }
    }

    /// A cursor over the entries of keys from `lower` on (inclusive) and before `upper`, where
    /// given: the part of the table that is visible when compaction has consumed the rest.
    ///
    /// @param buffers where its memory comes from
    /// @param counters what counts its reads
    /// @param fillsCache whether the blocks it reads shall be kept in the cache; not those of a
    ///     compaction
    public TableCursor cursor(BufferPool buffers, ReadCounters counters, @Nullable UserKey lower,
            @Nullable UserKey upper, boolean fillsCache) {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        return new TableCursor(this, buffers, counters, lower, upper, fillsCache);
    }

    /// Reads the whole file and checks all that can be checked; what is wrong is told to the
    /// listener.
    ///
    /// @throws IOException when the file cannot be read, other than by damage
    public void verify(VerifyListener listener, BufferPool buffers) throws IOException {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        try (TableVerifier verifier = new TableVerifier(this, listener, buffers)) {
            verifier.verify();
        }
    }

    /// The top index, a [SortedBlock] at 0.
    MemorySegment top() {
        return top;
    }

    BlockSource blocks() {
        return blocks;
    }

    BlockReader reader() {
        return reader;
    }

    TableProperties properties() {
        return properties;
    }

    /// Frees its memory and its blocks in the cache, and closes the file.
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        pool.give(Use.TABLE, topChunk);
        blocks.close();
    }
}
