package dev.firn.memtable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;

/// The tree from keys to [leaves][Leaf], as readers see it: its root and the way down.
///
/// The way down looks only at the bytes where keys part and checks the rest at the leaf: the bytes
/// between were never read, so a key that is not in the tree may arrive at a leaf that is not its
/// own.
final class RadixTree {
    private final MemtableArena arena;
    private volatile int root;

    RadixTree(MemtableArena arena) {
        this.arena = arena;
    }

    MemtableArena arena() {
        return arena;
    }

    /// The root: a node, a leaf, or 0 when the tree is empty.
    int root() {
        return root;
    }

    /// Publishes a new root.
    void setRoot(int reference) {
        root = reference;
    }

    /// The leaf of a key, or 0.
    int find(byte[] key, int at, int length) {
        int reference = root;
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long node = arena.offset(reference);
            int head = Node.head(s, node);
            int depth = Node.depth(head);
            if (depth < length) {
                reference = Node.child(s, node, head, key[at + depth]);
            } else {
                reference = depth == length ? Node.own(s, node) : 0;
            }
        }
        return reference != 0
                && Leaf.holds(arena.memory(reference), arena.offset(reference), key, at, length)
                        ? reference
                        : 0;
    }

    /// How many bytes a key has in common with that of a leaf.
    int commonPrefix(int leaf, byte[] key, int at, int length) {
        MemorySegment s = arena.memory(leaf);
        long offset = arena.offset(leaf);
        return Bytes.commonPrefix(
                key, at, length, s, offset + Leaf.KEY, Leaf.keyLength(s, offset));
    }

    /// Empties the tree for good.
    void close() {
        root = 0;
        arena.close();
    }
}
