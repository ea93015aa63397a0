package dev.firn.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A way from the root of a [RadixTree] to a leaf, on which one can go on to the next leaf and
/// back.
///
/// It is a stack of nodes, each with the byte of the child taken there (-1 for the leaf of the key
/// that ends at the node). A node covers a range of keys that no other node of its level covers,
/// and it does so for good, so going on from a byte to the next larger one can neither leave an
/// order nor repeat a key, whatever is inserted meanwhile. Keys inserted since a node was put on
/// the stack may be missed: they may stand in a node that replaced it.
///
/// One thread. The stack lives on the heap and grows with the depth of the tree.
final class LeafPath {
    private static final int OWN = -1;
    private static final int FIRST_CAPACITY = 16;

    private final RadixTree tree;
    private final MemtableArena arena;
    private int[] nodes = new int[FIRST_CAPACITY];
    private short[] keys = new short[FIRST_CAPACITY];
    private int size;

    /// In a gap: the part of the tree between the last node of the path and the gap, or 0, and on
    /// which side of the gap it lies.
    private int gapSide;

    private boolean gapSideIsLarger;

    /// What [#touchLeaves] read, so that it has to.
    int touched;

    LeafPath(RadixTree tree) {
        this.tree = tree;
        this.arena = tree.arena();
    }

    /// Goes to the first leaf, or returns 0.
    int first() {
        size = 0;
        return firstBelow(tree.root());
    }

    /// Goes to the last leaf, or returns 0.
    int last() {
        size = 0;
        return lastBelow(tree.root());
    }

    /// Goes on to the next leaf, or returns 0 behind the last.
    int next() {
        while (size > 0) {
            int node = nodes[size - 1];
            long entry = Node.ceiling(arena.memory(node), arena.offset(node), keys[size - 1] + 1);
            if (entry != Node.NONE) {
                keys[size - 1] = (short) (entry >>> 32);
                return firstBelow((int) entry);
            }
            size--;
        }
        return 0;
    }

    /// Goes back to the leaf before, or returns 0 before the first.
    int previous() {
        while (size > 0) {
            int key = keys[size - 1];
            if (key != OWN) {
                int node = nodes[size - 1];
                MemorySegment s = arena.memory(node);
                long at = arena.offset(node);
                long entry = Node.floor(s, at, key - 1);
                if (entry != Node.NONE) {
                    keys[size - 1] = (short) (entry >>> 32);
                    return lastBelow((int) entry);
                }
                int own = Node.own(s, at);
                if (own != 0) {
                    keys[size - 1] = OWN;
                    return own;
                }
            }
            size--;
        }
        return 0;
    }

    private int firstBelow(int reference) {
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long at = arena.offset(reference);
            int own = Node.own(s, at);
            if (own != 0) {
                push(reference, OWN);
                return own;
            }
            touchLeaves(s, at);
            long entry = Node.ceiling(s, at, 0);
            push(reference, (int) (entry >>> 32));
            reference = (int) entry;
        }
        return reference;
    }

    private int lastBelow(int reference) {
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long at = arena.offset(reference);
            touchLeaves(s, at);
            long entry = Node.floor(s, at, 255);
            push(reference, (int) (entry >>> 32));
            reference = (int) entry;
        }
        return reference;
    }

    /// Reads a word of every leaf of a node that a scan comes to. Leaves lie in order of insertion,
    /// so each is a cache miss; these misses do not depend on each other and overlap, those of the
    /// scan would not.
    private void touchLeaves(MemorySegment s, long node) {
        int head = Node.head(s, node);
        int capacity = Node.capacity(head);
        if (capacity < Node.INDEXED) {
            long child = node + Node.linearChildren(capacity);
            int sum = 0;
            for (int i = 0, count = Node.count(head); i < count; i++) {
                int reference = (int) Node.INTS.getAcquire(s, child + 4L * i);
                if (reference < 0) {
                    sum += Leaf.keyLength(arena.memory(reference), arena.offset(reference));
                }
            }
            touched = sum;
        }
    }

    /// Goes to the leaf of a key or, when there is none, into the gap where it would be.
    ///
    /// @return the leaf, or 0 in a gap, where [#afterGap] or [#beforeGap] must be next
    int seek(MemorySegment key, long at, int length) {
        size = 0;
        gapSide = 0;
        int reference = tree.root();
        int decided = 0;
        boolean skipped = false;
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long node = arena.offset(reference);
            int head = Node.head(s, node);
            int depth = Node.depth(head);
            skipped |= depth > decided;
            if (depth > length) {
                return settle(key, at, length, reference, Node.sample(s, node));
            }
            int way = depth == length ? OWN : key.get(ValueLayout.JAVA_BYTE, at + depth) & 0xff;
            push(reference, way);
            int child = way == OWN ? Node.own(s, node) : Node.child(s, node, head, way);
            if (child == 0) {
                return skipped ? settle(key, at, length, 0, Node.sample(s, node)) : 0;
            }
            decided = depth + 1;
            reference = child;
        }
        return reference == 0 ? 0 : settle(key, at, length, reference, reference);
    }

    /// Compares the key with a leaf that its bytes, as far as they were looked at, led to. When it
    /// is not the key's, the path is cut back to what the two have in common: all that lay behind
    /// is on one side of the gap.
    private int settle(MemorySegment key, long at, int length, int reference, int leaf) {
        MemorySegment s = arena.memory(leaf);
        long offset = arena.offset(leaf);
        long other = offset + Leaf.KEY;
        int otherLength = Leaf.keyLength(s, offset);
        int common =
                (int) MemorySegment.mismatch(key, at, at + length, s, other, other + otherLength);
        if (common < 0) {
            return leaf;
        }
        gapSide = reference;
        while (size > 0 && depth(nodes[size - 1]) > common) {
            gapSide = nodes[--size];
        }
        gapSideIsLarger =
                common == length
                        || (common < otherLength
                                && (key.get(ValueLayout.JAVA_BYTE, at + common) & 0xff)
                                        < (s.get(ValueLayout.JAVA_BYTE, other + common) & 0xff));
        return 0;
    }

    /// From a gap to the leaf after it, or 0.
    int afterGap() {
        return gapSide != 0 && gapSideIsLarger ? firstBelow(gapSide) : next();
    }

    /// From a gap to the leaf before it, or 0.
    int beforeGap() {
        return gapSide != 0 && !gapSideIsLarger ? lastBelow(gapSide) : previous();
    }

    private int depth(int node) {
        return Node.depth(Node.head(arena.memory(node), arena.offset(node)));
    }

    private void push(int node, int key) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, size * 2);
            keys = Arrays.copyOf(keys, size * 2);
        }
        nodes[size] = node;
        keys[size++] = (short) key;
    }
}
