package dev.firn.memtable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Puts entries into a [RadixTree]. One thread at a time, and each sees what the one before it did.
///
/// An insertion has three steps: find the place, get all memory, write and publish. What it adds
/// becomes visible by one store with release semantics, its last; until then it can be given up
/// without a trace.
///
/// The place is found without reading the bytes that nodes skip; they are compared once, at the
/// end, with a leaf below the last node that skipped any. Where they differ the way was wrong, and
/// the right place is found on a second way down, now that the number of common bytes is known.
final class TreeWriter {
    private static final byte[] NO_KEY = {};

    private final RadixTree tree;
    private final MemtableArena arena;
    private final NodeWriter nodes;
    private final Versions versions;

    // The entry being inserted.
    private byte[] key = NO_KEY;
    private int keyAt;
    private int keyLength;
    private long trailer;
    private MemorySegment value = MemorySegment.NULL;
    private long valueAt;
    private int valueLength;

    /// The slot that leads to where the last way down ended: one of this node, or the root when it
    /// is 0.
    private int parent;

    private long parentSlot;

    TreeWriter(RadixTree tree, NodeWriter nodes, Versions versions) {
        this.tree = tree;
        this.arena = tree.arena();
        this.nodes = nodes;
        this.versions = versions;
    }

    /// Inserts an entry, newer than all others of its key.
    ///
    /// @return false, with nothing changed, when there is no memory
    boolean insert(
            byte[] key, int at, int length, long trailer, MemorySegment value, long valueAt,
            int valueLength) {
        this.key = key;
        this.keyAt = at;
        this.keyLength = length;
        this.trailer = trailer;
        this.value = value;
        this.valueAt = valueAt;
        this.valueLength = valueLength;
        arena.begin();
        boolean done = false;
        try {
            done = place();
        } finally {
            if (done) {
                arena.commit();
            } else {
                arena.rollback();
            }
            this.key = NO_KEY;
            this.value = MemorySegment.NULL;
        }
        return done;
    }

    private boolean place() {
        parent = 0;
        int reference = tree.root();
        int decided = 0;
        int skipper = 0;
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long node = arena.offset(reference);
            int head = s.get(Node.INT, node + Node.HEAD);
            int depth = Node.depth(head);
            if (depth > decided) {
                skipper = reference;
            }
            if (depth > keyLength) {
                break;
            }
            long slot =
                    depth == keyLength
                            ? node + Node.OWN
                            : Node.slot(s, node, head, key[keyAt + depth]);
            int child = slot < 0 ? 0 : s.get(Node.INT, slot);
            if (child == 0) {
                break;
            }
            parent = reference;
            parentSlot = slot - node;
            decided = depth + 1;
            reference = child;
        }
        if (reference == 0) {
            int leaf = leaf();
            tree.setRoot(leaf);
            return leaf != 0;
        }
        return reference < 0
                ? arriveAtLeaf(reference, decided)
                : arriveAtNode(reference, decided, skipper);
    }

    /// The way down ended at a leaf: that of the key, or one it has to part from.
    private boolean arriveAtLeaf(int leaf, int decided) {
        int common = commonPrefix(leaf);
        if (common == keyLength
                && common == Leaf.keyLength(arena.memory(leaf), arena.offset(leaf))) {
            return supersede(leaf);
        }
        return part(common < decided ? locate(common) : leaf, leaf, common);
    }

    /// The way down ended at a node that has no slot for the key, or only longer keys.
    private boolean arriveAtNode(int node, int decided, int skipper) {
        if (skipper == 0) {
            return add(node);
        }
        int sample = Node.sample(arena.memory(skipper), arena.offset(skipper));
        int common = commonPrefix(sample);
        if (common >= Node.depth(head(skipper))) {
            return add(node);
        }
        return part(common < decided ? locate(common) : node, sample, common);
    }

    private int commonPrefix(int leaf) {
        return tree.commonPrefix(leaf, key, keyAt, keyLength);
    }

    private int head(int node) {
        return arena.memory(node).get(Node.INT, arena.offset(node) + Node.HEAD);
    }

    /// Goes down along the first `common` bytes of the key, which are in the tree, to where the key
    /// leaves it: the node or leaf below which all keys have more bytes than those in common.
    private int locate(int common) {
        parent = 0;
        int reference = tree.root();
        while (reference > 0) {
            MemorySegment s = arena.memory(reference);
            long node = arena.offset(reference);
            int head = s.get(Node.INT, node + Node.HEAD);
            int depth = Node.depth(head);
            if (depth >= common) {
                break;
            }
            parent = reference;
            parentSlot = Node.slot(s, node, head, key[keyAt + depth]) - node;
            reference = s.get(Node.INT, node + parentSlot);
        }
        return reference;
    }

    /// The key parts from the others at an existing node.
    private boolean add(int node) {
        int head = head(node);
        int depth = Node.depth(head);
        int target = node;
        if (depth < keyLength && NodeWriter.isFull(head)) {
            target = nodes.grow(node);
            if (target == 0) {
                return false;
            }
        }
        int leaf = leaf();
        if (leaf == 0) {
            return false;
        }
        attach(target, depth, leaf);
        if (target != node) {
            publish(target);
            nodes.grown(Node.capacity(head));
        }
        return true;
    }

    private void attach(int node, int depth, int leaf) {
        if (depth == keyLength) {
            nodes.putOwn(node, leaf);
        } else {
            nodes.put(node, key[keyAt + depth], leaf);
        }
    }

    /// The key parts from the others where there is no node yet: above `below`, a node or leaf,
    /// with `sample` one of the leaves there.
    private boolean part(int below, int sample, int common) {
        int node = nodes.create(common, sample);
        int leaf = node == 0 ? 0 : leaf();
        if (leaf == 0) {
            return false;
        }
        MemorySegment s = arena.memory(sample);
        long other = arena.offset(sample);
        if (Leaf.keyLength(s, other) == common) {
            nodes.putOwn(node, below);
        } else {
            nodes.put(node, s.get(ValueLayout.JAVA_BYTE, other + Leaf.KEY + common), below);
        }
        attach(node, common, leaf);
        publish(node);
        nodes.created(Node.capacity(head(node)));
        return true;
    }

    /// Another version of a key.
    private boolean supersede(int leaf) {
        int version = arena.allocate((long) Versions.VALUE + valueLength);
        if (version == 0) {
            return false;
        }
        MemorySegment s = arena.memory(version);
        long to = arena.offset(version);
        versions.write(s, to, versions.newest(leaf), trailer, valueLength);
        MemorySegment.copy(value, valueAt, s, to + Versions.VALUE, valueLength);
        Node.INTS.setRelease(arena.memory(leaf), arena.offset(leaf) + Leaf.NEWEST, version);
        return true;
    }

    /// Makes a leaf of the entry.
    ///
    /// @return a reference to it, or 0 when there is no memory
    private int leaf() {
        int reference = arena.allocate(Leaf.bytes(keyLength, valueLength));
        if (reference == 0) {
            return 0;
        }
        MemorySegment s = arena.memory(reference);
        long to = arena.offset(reference);
        s.set(Node.INT, to + Leaf.NEWEST, 0);
        s.set(Node.INT, to + Leaf.KEY_LENGTH, keyLength);
        s.set(Node.LONG, to + Versions.TRAILER, trailer);
        s.set(Node.INT, to + Versions.VALUE_LENGTH, valueLength);
        Bytes.copy(key, keyAt, s, to + Leaf.KEY, keyLength);
        MemorySegment.copy(value, valueAt, s, to + Leaf.KEY + keyLength, valueLength);
        return reference | Leaf.TAG;
    }

    private void publish(int node) {
        if (parent == 0) {
            tree.setRoot(node);
        } else {
            nodes.replace(parent, parentSlot, node);
        }
    }

    /// At least as many bytes as the nodes take that so many insertions make.
    long nodeBytesFor(int insertions) {
        return nodes.bytesFor(insertions);
    }
}
