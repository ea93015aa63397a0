package dev.firn.memtable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Makes and changes [nodes][Node]; used by the one writer.
///
/// A new node is filled with [#put] before it is published. A visible one is only ever given one
/// child more: the child first, then by release what shows it. When it is full, [#grow] makes a
/// larger copy, which takes its place; the old one stays as it is for readers that are inside.
class NodeWriter {
    // Capacities that make 32, 64 and 128 bytes; the second holds ten digits in a cache line.
    private static final int FIRST = 4;

    private static final int SECOND = 10;
    private static final int THIRD = 23;
    private static final int DIRECT_BYTES = 1056;
    private static final int WORD = 8;

    /// More than the growing of new nodes costs for each child they get: 32 bytes for a new node,
    /// the next capacity paid by the children since the last.
    private static final int BYTES_PER_INSERTION = 48;

    /// What aligning a node to cache lines may leave out.
    private static final int GAP_BYTES = 32;

    private final MemtableArena arena;

    /// How many nodes are in the tree, by capacity.
    private final int[] nodes = new int[Node.DIRECT + 1];

    NodeWriter(MemtableArena arena) {
        this.arena = arena;
    }

    /// The next larger capacity.
    static int larger(int capacity) {
        return switch (capacity) {
            case 0 -> FIRST;
            case FIRST -> SECOND;
            case SECOND -> THIRD;
            case THIRD -> Node.INDEXED;
            default -> Node.DIRECT;
        };
    }

    /// The size of a node in bytes.
    static int bytes(int capacity) {
        return switch (capacity) {
            case Node.INDEXED -> Node.INDEXED_CHILDREN + 4 * capacity;
            case Node.DIRECT -> DIRECT_BYTES;
            default -> Node.linearChildren(capacity) + 4 * capacity;
        };
    }

    /// A node has come into the tree.
    void created(int capacity) {
        nodes[capacity]++;
    }

    /// A node of this capacity was replaced by the next larger one.
    void grown(int capacity) {
        nodes[capacity]--;
        nodes[larger(capacity)]++;
    }

    /// At least as many bytes as the nodes take that so many insertions make. Each node that is
    /// there may be full and have to grow at once, which costs its next size; all growing after
    /// that is paid by the children that make it necessary.
    long bytesFor(int insertions) {
        long bytes = (long) insertions * BYTES_PER_INSERTION;
        long left = insertions;
        for (int capacity : new int[]{Node.INDEXED, THIRD, SECOND, FIRST}) {
            long growing = Math.min(left, nodes[capacity]);
            bytes += growing * (bytes(larger(capacity)) + GAP_BYTES);
            left -= growing;
        }
        return bytes;
    }

    /// Makes a node without children.
    ///
    /// @return a reference to it, or 0 when there is no memory
    int create(int depth, int sample) {
        return create(FIRST, depth, sample, 0);
    }

    private int create(int capacity, int depth, int sample, int own) {
        int reference = arena.allocateNode(bytes(capacity));
        if (reference != 0) {
            MemorySegment s = arena.memory(reference);
            long node = arena.offset(reference);
            s.set(Node.INT, node + Node.HEAD, (depth << 16) | (capacity << 8));
            s.set(Node.INT, node + Node.SAMPLE, sample);
            s.set(Node.INT, node + Node.OWN, own);
            clear(s, node, capacity);
        }
        return reference;
    }

    /// What is read before it is written must be zero: the arena hands out used memory.
    private static void clear(MemorySegment s, long node, int capacity) {
        int end = switch (capacity) {
            case Node.INDEXED -> Node.INDEXED_CHILDREN;
            case Node.DIRECT -> Node.KEYS + 4 * 256;
            default -> Node.KEYS;
        };
        for (int at = Node.KEYS; at < end; at += WORD) {
            s.set(Bytes.LONG, node + at, 0);
        }
    }

    /// Whether a node has no room for a new byte.
    static boolean isFull(int head) {
        return Node.count(head) == Node.capacity(head);
    }

    /// Gives a node, which is not full, a child for a new byte.
    void put(int reference, int key, int child) {
        MemorySegment s = arena.memory(reference);
        long node = arena.offset(reference);
        int head = s.get(Node.INT, node + Node.HEAD);
        int count = Node.count(head);
        switch (Node.capacity(head)) {
            case Node.DIRECT ->
                    Node.INTS.setRelease(s, node + Node.KEYS + 4L * (key & 0xff), child);
            case Node.INDEXED -> putIndexed(s, node, head, count, key, child);
            default -> putLinear(s, node, head, count, key, child);
        }
    }

    private static void putIndexed(
            MemorySegment s, long node, int head, int count, int key, int child) {
        s.set(Node.INT, node + Node.INDEXED_CHILDREN + 4L * count, child);
        s.set(Node.INT, node + Node.HEAD, head + 1);
        Node.BYTES.setRelease(s, node + Node.KEYS + (key & 0xff), (byte) (count + 1));
    }

    /// Child and key first, then the count that shows them.
    void putLinear(MemorySegment s, long node, int head, int count, int key, int child) {
        s.set(Node.INT, node + Node.linearChildren(Node.capacity(head)) + 4L * count, child);
        s.set(ValueLayout.JAVA_BYTE, node + Node.KEYS + count, (byte) key);
        Node.INTS.setRelease(s, node + Node.HEAD, head + 1);
    }

    /// Gives a node the leaf of the key that ends there.
    void putOwn(int reference, int leaf) {
        Node.INTS.setRelease(arena.memory(reference), arena.offset(reference) + Node.OWN, leaf);
    }

    /// Replaces what a slot of a node leads to.
    void replace(int reference, long slot, int child) {
        Node.INTS.setRelease(arena.memory(reference), arena.offset(reference) + slot, child);
    }

    /// Makes a larger copy of a full node.
    ///
    /// @return a reference to it, or 0 when there is no memory
    int grow(int reference) {
        MemorySegment s = arena.memory(reference);
        long node = arena.offset(reference);
        int head = s.get(Node.INT, node + Node.HEAD);
        int own = s.get(Node.INT, node + Node.OWN);
        int capacity = Node.capacity(head);
        int copy = create(larger(capacity), Node.depth(head), Node.sample(s, node), own);
        if (copy == 0) {
            return 0;
        }
        if (capacity == Node.INDEXED) {
            for (int key = 0; key < 256; key++) {
                int child = Node.child(s, node, head, key);
                if (child != 0) {
                    put(copy, key, child);
                }
            }
        } else {
            long children = node + Node.linearChildren(capacity);
            for (int i = 0; i < capacity; i++) {
                put(copy, s.get(ValueLayout.JAVA_BYTE, node + Node.KEYS + i),
                        s.get(Node.INT, children + 4L * i));
            }
        }
        return copy;
    }
}
