package dev.firn.memtable;

import dev.firn.cursor.EntryCursor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A position in a memtable: a leaf and one of its versions.
///
/// It may move while entries are inserted. What was inserted before it was made it finds, in either
/// direction; later entries it may find or miss, but never out of order.
final class MemtableCursor implements EntryCursor {
    private final MemtableArena arena;
    private final Versions versions;
    private final LeafPath path;
    private int leaf;
    private int version;
    private boolean closed;

    MemtableCursor(RadixTree tree, Versions versions) {
        this.arena = tree.arena();
        this.versions = versions;
        this.path = new LeafPath(tree);
    }

    @Override
    public boolean seekToFirst() {
        checkOpen();
        return atNewest(path.first());
    }

    @Override
    public boolean seekToLast() {
        checkOpen();
        return atOldest(path.last());
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) {
        checkOpen();
        int found = path.seek(key, at, length);
        if (found == 0) {
            return atNewest(path.afterGap());
        }
        return at(found, versions.atOrBelow(found, trailer)) || atNewest(path.next());
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer) {
        checkOpen();
        int found = path.seek(key, at, length);
        if (found == 0) {
            return atOldest(path.beforeGap());
        }
        return at(found, versions.above(found, trailer)) || atOldest(path.previous());
    }

    @Override
    public boolean next() {
        int older = versions.older(current());
        return older != 0 ? at(leaf, older) : atNewest(path.next());
    }

    @Override
    public boolean previous() {
        int newer = versions.above(leaf, versions.trailer(current()));
        return newer != 0 ? at(leaf, newer) : atOldest(path.previous());
    }

    private boolean atNewest(int leaf) {
        return at(leaf, leaf == 0 ? 0 : versions.newest(leaf));
    }

    private boolean atOldest(int leaf) {
        return at(leaf, leaf);
    }

    private boolean at(int leaf, int version) {
        this.leaf = leaf;
        this.version = version;
        return version != 0;
    }

    @Override
    public boolean isValid() {
        return version != 0;
    }

    @Override
    public MemorySegment keyMemory() {
        current();
        return arena.memory(leaf);
    }

    @Override
    public long keyOffset() {
        current();
        return arena.offset(leaf) + Leaf.KEY;
    }

    @Override
    public int keyLength() {
        current();
        return Leaf.keyLength(arena.memory(leaf), arena.offset(leaf));
    }

    @Override
    public long trailer() {
        return versions.trailer(current());
    }

    @Override
    public int valueLength() {
        return versions.valueLength(current());
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) {
        Objects.checkFromIndexSize(from, length, valueLength());
        MemorySegment.copy(
                arena.memory(version), versions.valueOffset(version) + from, target, to, length);
    }

    private int current() {
        if (version == 0) {
            checkOpen();
            throw new IllegalStateException("The cursor is not at an entry");
        }
        return version;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        arena.checkOpen();
    }

    @Override
    public void close() {
        closed = true;
        at(0, 0);
    }
}
