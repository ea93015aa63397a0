package dev.firn.memtable;

import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.ChunkReserve;
import dev.firn.util.MemoryBudget.Use;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The memory of one memtable: chunks that only ever fill up, and references into them.
///
/// A reference is an int that counts units of eight bytes: the high bits number the chunk, the low
/// bits say where in it. The sign bit belongs to the user (it marks leaves) and is ignored here, so
/// an arena spans at most 16 GiB. Chunk 0 does not exist, so that 0 can mean "none".
///
/// ```
///   bit 31     30 .. u              u-1 .. 0            u = log2(standard chunk / 8)
///   [leaf]   [chunk number]   [offset in chunk / 8]
/// ```
///
/// Nodes and entries have chunks of their own: the nodes, a tenth of it all, lie close together,
/// which spares every step of the way down an address translation. A piece never spans chunks. One
/// larger than half a chunk gets a chunk of its own size, which it begins, so offsets behind the
/// standard size need no bits in a reference. The first chunks are small (4 KiB, 64 KiB, then
/// standard ones), so that an idle keyspace costs kilobytes. A small chunk has a number like any
/// other and stays where it is: nothing is copied when the arena grows, and a reader never sees
/// memory move.
///
/// One writer at a time; any number of readers. A chunk enters [#memories] before the first
/// reference into it is published (by release, by the writer), and a reader gets references by
/// acquire; so it finds the chunk, in the array it sees or in a newer one. Everything else here is
/// the writer's.
final class MemtableArena {
    private static final int UNIT_SHIFT = 3;
    private static final int REFERENCE_BITS = 31;
    private static final int REFERENCE_MASK = Integer.MAX_VALUE;

    /// More than a leaf or a version takes besides key and value.
    private static final int ENTRY_OVERHEAD_MAX = 64;

    private final ChunkPool pool;
    private final int unitShift;
    private final int unitMask;

    /// By chunk number. Elements are set once, before they are needed; the array is replaced to
    /// grow.
    private volatile MemorySegment[] memories = new MemorySegment[4];

    private volatile boolean closed;
    private final List<Chunk> chunks = new ArrayList<>();
    private final Region nodes = new Region();
    private final Region entries = new Region();
    private int markedChunks;
    private long pending;
    private long pendingWaste;

    private final ChunkReserve reserve;

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong waste = new AtomicLong();
    private final AtomicLong reserved = new AtomicLong();

    /// An arena without memory, which takes chunks from the pool as it needs them.
    MemtableArena(ChunkPool pool) {
        this.pool = pool;
        this.reserve = new ChunkReserve(pool, Use.MEMTABLE);
        this.unitShift = Integer.numberOfTrailingZeros(pool.chunkBytes()) - UNIT_SHIFT;
        this.unitMask = (1 << unitShift) - 1;
    }

    /// The chunk a reference points into.
    MemorySegment memory(int reference) {
        MemorySegment[] all = memories;
        int number = (reference & REFERENCE_MASK) >>> unitShift;
        if (number >= all.length) {
            throw new IllegalStateException("Already closed");
        }
        return all[number];
    }

    /// Where in its chunk a reference points to, in bytes.
    long offset(int reference) {
        return (long) (reference & unitMask) << UNIT_SHIFT;
    }

    /// Makes sure that insertions will find memory: so many, with so many bytes of keys and values,
    /// `largest` of them in one piece, and so many bytes of nodes. What the present chunks may not
    /// hold is reserved in the budget until [#releaseAhead].
    ///
    /// @return false when the budget has no room; then nothing is reserved ahead
    boolean reserve(int insertions, long payload, long largest, long nodeBytes) {
        long entryBytes = payload + (long) insertions * ENTRY_OVERHEAD_MAX;
        // A large piece gets a chunk of its own, whatever is left in the present one.
        boolean isLarge = largest + ENTRY_OVERHEAD_MAX > pool.chunkBytes() / 2;
        if (!isLarge
                && (long) entries.left() << UNIT_SHIFT >= entryBytes
                && (long) nodes.left() << UNIT_SHIFT >= nodeBytes) {
            return true;
        }
        long needed = withWaste(insertions, entryBytes, largest + ENTRY_OVERHEAD_MAX) + nodeBytes
                + nodeBytes / 16 + 3L * pool.chunkBytes();
        return reserve.ensure(needed);
    }

    /// Pieces never span chunks: each may be as empty as one more piece is large. Pieces larger
    /// than half a chunk have chunks of their own.
    private long withWaste(int insertions, long bytes, long piece) {
        long chunk = pool.chunkBytes();
        if (insertions == 1) {
            return bytes;
        }
        return piece > chunk / 2 ? 2 * bytes : bytes + bytes * piece / (chunk - piece);
    }

    /// Gives back what was reserved ahead and not used.
    void releaseAhead() {
        reserve.release();
    }

    /// Begins a group of pieces which [#commit] keeps and [#rollback] drops.
    void begin() {
        checkOpen();
        markedChunks = chunks.size();
        nodes.mark();
        entries.mark();
        pending = 0;
        pendingWaste = 0;
    }

    /// Takes a piece for a leaf or a version, aligned to eight bytes, with undefined content.
    ///
    /// @return a reference to it, or 0 when there is no memory
    int allocate(long size) {
        long units = (size + (1 << UNIT_SHIFT) - 1) >>> UNIT_SHIFT;
        long padded = units << UNIT_SHIFT;
        int reference;
        if (padded > pool.chunkBytes() / 2) {
            reference = addChunk(padded);
            pendingWaste += pool.pieceBytes(padded) - padded;
        } else {
            reference = entries.take((int) units);
            if (reference == 0 && refill(entries, padded)) {
                reference = entries.take((int) units);
            }
        }
        pending += reference == 0 ? 0 : padded;
        return reference;
    }

    /// Takes a piece for a node, of 32 bytes or more, which spans no more cache lines than it has
    /// to, with undefined content.
    ///
    /// @return a reference to it, or 0 when there is no memory
    int allocateNode(int size) {
        int units = size >>> UNIT_SHIFT;
        int reference = nodes.takeLines(units);
        if (reference == 0 && refill(nodes, size)) {
            reference = nodes.takeLines(units);
        }
        pending += reference == 0 ? 0 : size;
        return reference;
    }

    private boolean refill(Region region, long piece) {
        int size = region.chunkBytes(piece, pool.chunkBytes());
        int first = addChunk(size);
        if (first != 0) {
            pendingWaste += (long) region.left() << UNIT_SHIFT;
            region.refill(first, size >>> UNIT_SHIFT);
        }
        return first != 0;
    }

    private int addChunk(long bytesWanted) {
        long size = pool.pieceBytes(bytesWanted);
        int number = chunks.size() + 1;
        if (number >= 1 << (REFERENCE_BITS - unitShift)) {
            return 0;
        }
        Chunk chunk = reserve.take(size);
        if (chunk == null) {
            return 0;
        }
        MemorySegment[] all = memories;
        if (number == all.length) {
            all = Arrays.copyOf(all, number * 2);
        }
        all[number] = chunk.memory();
        memories = all;
        chunks.add(chunk);
        reserved.setOpaque(reserved.getPlain() + chunk.bytes());
        return number << unitShift;
    }

    /// Keeps what was taken since [#begin].
    void commit() {
        bytes.setOpaque(bytes.getPlain() + pending);
        waste.setOpaque(waste.getPlain() + pendingWaste);
    }

    /// Drops what was taken since [#begin], chunks included; nobody has a reference to it.
    void rollback() {
        nodes.rollback();
        entries.rollback();
        giveBack(markedChunks);
    }

    private void giveBack(int kept) {
        while (chunks.size() > kept) {
            Chunk chunk = chunks.removeLast();
            reserved.setOpaque(reserved.getPlain() - chunk.bytes());
            pool.give(Use.MEMTABLE, chunk);
        }
    }

    /// What is left over of chunks that were filled or have one large piece.
    long wastedBytes() {
        return waste.getOpaque();
    }

    /// Bytes in use: entries, padded to eight bytes, and nodes, replaced ones included.
    long bytes() {
        return bytes.getOpaque();
    }

    /// Bytes of all chunks, which are reserved in the budget.
    long reservedBytes() {
        return reserved.getOpaque();
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
    }

    /// Gives all chunks back. Nobody reads any more; a reference used from now on is refused.
    void close() {
        if (!closed) {
            closed = true;
            memories = new MemorySegment[0];
            releaseAhead();
            giveBack(0);
        }
    }
}
