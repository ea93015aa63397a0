package dev.firn.memtable;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.util.ChunkPool;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// An ordered write buffer: all versions of all keys written since the last one was frozen.
///
/// It is an adaptive radix tree in memory outside the heap, into which entries only go in. Keys are
/// bytes in unsigned order, of up to [#KEY_BYTES_MAX]; the versions of a key stand newest first.
///
/// **Threads.** One writer at a time (writers are ordered by a lock of the caller); any number of
/// readers, which take no lock, never wait and never start over.
///
/// **What a reader sees.** The writer inserts the entry with sequence s and then publishes s with
/// release semantics (that is the caller's variable); a reader acquires some sequence S first and
/// then reads here. It finds every entry up to S. It may meet newer ones, which it skips by their
/// trailers. Why:
///
/// 1. *Every entry becomes visible by one release store*, of a child, a count, an index byte, the
///    root or a leaf's newest version, after everything it leads to was written. Readers load those
///    words by acquire. So nothing half-written is ever reached.
/// 2. *A node that is current at some time after S was published leads to all entries up to S in
///    its part of the tree*: they were inserted before, and entries never go away.
/// 3. *A node that was replaced (it grew) is frozen*, with children that were current when it was
///    replaced. A reader reaches a node either through a word that is current, or through one that
///    was frozen after the reader had acquired S (or its load of that word returns a value at least
///    as new as what was there when S was published). So by induction from the root, every node
///    that a reader reaches was current at some time after S was published, and 2 holds for it.
///    Stale nodes stay in the arena as long as the memtable lives.
/// 4. *Order needs no agreement.* A node's place in the tree (which keys can be below it) never
///    changes, so a cursor that stands in a stale node goes on in order; see [LeafPath].
///
/// **Memory.** None until the first insert; then chunks of the pool, see [MemtableArena]. Whatever
/// a replaced node took stays taken, and is counted.
public final class Memtable implements AutoCloseable {
    /// The longest key.
    public static final int KEY_BYTES_MAX = 1 << 16;

    /// The longest value.
    public static final int VALUE_BYTES_MAX = 1 << 30;

    private final MemtableArena arena;
    private final RadixTree tree;
    private final Versions versions;
    private final TreeWriter writer;

    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong tombstones = new AtomicLong();
    private final AtomicLong firstSequence = new AtomicLong();
    private final AtomicLong lastSequence = new AtomicLong();

    /// An empty memtable, which takes memory from the pool from its first entry on and gives it
    /// back when it is closed.
    public Memtable(ChunkPool pool) {
        this(pool, NodeWriter::new);
    }

    Memtable(ChunkPool pool, Function<MemtableArena, NodeWriter> nodes) {
        arena = new MemtableArena(pool);
        tree = new RadixTree(arena);
        versions = new Versions(arena);
        writer = new TreeWriter(tree, nodes.apply(arena), versions);
    }

    /// Inserts an entry. Sequences ascend from insert to insert.
    ///
    /// @param value heap or native memory
    /// @return false, with nothing changed, when the budget has no memory for it
    public boolean insert(
            byte[] key,
            int at,
            int length,
            long trailer,
            MemorySegment value,
            long valueAt,
            int valueLength) {
        Objects.checkFromIndexSize(at, length, key.length);
        if (length > KEY_BYTES_MAX) {
            throw new IllegalArgumentException("A key of " + length + " bytes is too long");
        }
        if (valueLength < 0 || valueLength > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException("A value of " + valueLength + " bytes is too long");
        }
        long sequence = Trailer.sequence(trailer);
        assert entries.getPlain() == 0 || sequence > lastSequence.getPlain() : "sequences ascend";
        if (!writer.insert(key, at, length, trailer, value, valueAt, valueLength)) {
            return false;
        }
        if (entries.getPlain() == 0) {
            firstSequence.setOpaque(sequence);
        }
        lastSequence.setOpaque(sequence);
        entries.setOpaque(entries.getPlain() + 1);
        if (Trailer.isDelete(trailer)) {
            tombstones.setOpaque(tombstones.getPlain() + 1);
        }
        return true;
    }

    /// Makes sure that the next insertions succeed. For the writer, before a write is logged;
    /// [#releaseReserve] follows.
    ///
    /// @param bytes of all keys and values together
    /// @param largest bytes of the largest key with its value
    /// @return false when the budget has no memory for them
    public boolean reserve(int insertions, long bytes, long largest) {
        return arena.reserve(insertions, bytes, largest, writer.nodeBytesFor(insertions));
    }

    /// Gives back what was reserved and not used.
    public void releaseReserve() {
        arena.releaseAhead();
    }

    /// The newest version of a key at or below a sequence. Allocates nothing.
    ///
    /// @return a reference to it, good as long as the memtable is open, or 0 when there is none
    public long find(byte[] key, int at, int length, long sequence) {
        int leaf = tree.find(key, at, length);
        if (leaf == 0) {
            arena.checkOpen();
            return 0;
        }
        return versions.atOrBelow(leaf, Trailer.seek(sequence)) & 0xffffffffL;
    }

    /// Sequence and kind of a version that [#find] returned.
    public long trailer(long reference) {
        return versions.trailer((int) reference);
    }

    /// The length of its value in bytes (0 for a tombstone).
    public int valueLength(long reference) {
        return versions.valueLength((int) reference);
    }

    /// Copies its value to where the target wants it.
    public void readValue(long reference, ValueTarget target) {
        int version = (int) reference;
        target.accept(
                arena.memory(version), versions.valueOffset(version),
                versions.valueLength(version));
    }

    /// A cursor over all entries, at none yet. It sees what was inserted before it was made and
    /// perhaps more.
    public EntryCursor cursor() {
        arena.checkOpen();
        return new MemtableCursor(tree, versions);
    }

    /// Bytes that it keeps from others: those in use, and what is left over of chunks that were
    /// filled or have one large value.
    public long takenBytes() {
        return arena.bytes() + arena.wastedBytes();
    }

    /// Bytes in use: keys, values, and what the tree takes for them, replaced nodes included.
    public long bytes() {
        return arena.bytes();
    }

    /// Bytes taken from the budget.
    public long reservedBytes() {
        return arena.reservedBytes();
    }

    /// How many entries there are, tombstones included.
    public long entries() {
        return entries.getOpaque();
    }

    /// How many tombstones there are.
    public long tombstones() {
        return tombstones.getOpaque();
    }

    /// The sequence of the first entry, or 0 when there is none.
    public long firstSequence() {
        return firstSequence.getOpaque();
    }

    /// The sequence of the last entry, or 0 when there is none.
    public long lastSequence() {
        return lastSequence.getOpaque();
    }

    /// Gives all memory back. The caller guarantees that nobody reads or writes any more; whoever
    /// does it later gets an [IllegalStateException].
    @Override
    public void close() {
        tree.close();
    }
}
