package dev.firn.engine;

import dev.firn.cursor.Scratch;
import dev.firn.cursor.VisibleCursor;
import dev.firn.util.Bytes;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a cursor needs besides its sources: a batch, and native memory for copies of keys. Pooled,
/// since native memory is dear to allocate; accounted for as `CURSOR`.
final class CursorMemory implements Scratch {
    private static final int FIRST_BYTES = 16 << 10;
    private static final int ENTRIES_FIRST = 8;
    private static final int ENTRIES_MAX = 512;

    private final ChunkPool pool;
    private final EntryBatch batch = new EntryBatch();
    private final List<Chunk> chunks = new ArrayList<>();
    private int filling;
    private long used;
    private Chunk key;
    private int entries = ENTRIES_FIRST;
    private long heap;
    private @Nullable VisibleCursor sources;

    CursorMemory(ChunkPool pool) {
        this.pool = pool;
        this.key = chunk(1024);
    }

    private Chunk chunk(long bytes) {
        Chunk chunk = pool.take(Use.CURSOR, bytes);
        if (chunk == null) {
            throw new dev.firn.FirnException(
                    dev.firn.FirnException.Kind.OUT_OF_MEMORY,
                    "no memory is left in the budget for another cursor; close some, or open it"
                            + " with more (Options.withMemoryBytes)");
        }
        return chunk;
    }

    EntryBatch batch() {
        return batch;
    }

    /// How many entries the next batch shall have: few at first, since most seeks are followed by
    /// few steps, and more as the scan goes on.
    int nextEntries() {
        int now = entries;
        entries = Math.min(ENTRIES_MAX, 4 * entries);
        return now;
    }

    /// The next batch is small again.
    void startSmall() {
        entries = ENTRIES_FIRST;
    }

    /// A key in native memory, until the next call.
    MemorySegment key(byte[] bytes) {
        return key(bytes, 0, bytes.length);
    }

    MemorySegment key(byte[] bytes, int at, int length) {
        if (key.bytes() < length) {
            Chunk larger = chunk(Math.max(length, 2 * key.bytes()));
            pool.give(Use.CURSOR, key);
            key = larger;
        }
        Bytes.copy(bytes, at, key.memory(), 0, length);
        return key.memory();
    }

    @Override
    public MemorySegment take(long bytes) {
        long rounded = (bytes + 7) & ~7L;
        while (filling < chunks.size()) {
            Chunk chunk = chunks.get(filling);
            if (chunk.bytes() - used >= rounded) {
                MemorySegment piece = chunk.memory().asSlice(used, bytes);
                used += rounded;
                return piece;
            }
            filling++;
            used = 0;
        }
        chunks.add(chunk(Math.max(FIRST_BYTES, rounded)));
        return take(bytes);
    }

    /// Names the sources that are open now, or null, so that those of a cursor which is never
    /// closed are closed with the store.
    void using(@Nullable VisibleCursor opened) {
        sources = opened;
    }

    /// Takes back what [#take] has lent.
    void reset() {
        filling = 0;
        used = 0;
    }

    /// Accounts for the heap memory of the batch, which may have grown.
    ///
    /// @return whether it is small enough to be kept for another cursor
    boolean account() {
        long now = batch.heapBytes();
        if (now > heap && !pool.budget().tryReserve(Use.CURSOR, now - heap)) {
            return false;
        }
        heap = now;
        return now <= 512 << 10;
    }

    /// Gives all memory back.
    void close() {
        if (sources != null) {
            sources.close();
            sources = null;
        }
        chunks.forEach(chunk -> pool.give(Use.CURSOR, chunk));
        chunks.clear();
        pool.give(Use.CURSOR, key);
        if (heap > 0) {
            pool.budget().release(Use.CURSOR, heap);
        }
        heap = 0;
    }
}
