package dev.firn.memtable;

import java.lang.foreign.MemorySegment;

/// The versions of one key, newest first, with shortcuts.
///
/// The first version lies in the [Leaf]; every later one is a record of its own, made once and
/// never changed:
///
/// ```
///  offset  0   u32 older: the version before this one (a leaf reference when that is the first)
///          4   u32 jump: some older version, see below
///          8   u64 trailer
///         16   u32 length of the value
///         20   u32 index: how many versions are older
///         24   value
/// ```
///
/// Trailer and value length lie where they do in a leaf. The jumps are those of Myers'
/// random-access stack: where the last two jumps were of equal length they merge into one of twice
/// that and one more, else the jump is one step. A search over n versions takes O(log n) steps, at
/// four bytes a version.
final class Versions {
    static final int OLDER = 0;
    static final int JUMP = 4;
    static final int TRAILER = 8;
    static final int VALUE_LENGTH = 16;
    static final int INDEX = 20;
    static final int VALUE = 24;

    private final MemtableArena arena;

    Versions(MemtableArena arena) {
        this.arena = arena;
    }

    /// The newest version of a leaf.
    int newest(int leaf) {
        int newest =
                (int) Node.INTS.getAcquire(arena.memory(leaf), arena.offset(leaf) + Leaf.NEWEST);
        return newest == 0 ? leaf : newest;
    }

    long trailer(int version) {
        return arena.memory(version).get(Node.LONG, arena.offset(version) + TRAILER);
    }

    int valueLength(int version) {
        return arena.memory(version).get(Node.INT, arena.offset(version) + VALUE_LENGTH);
    }

    /// Where in its chunk the value begins.
    long valueOffset(int version) {
        long offset = arena.offset(version);
        return version < 0
                ? offset + Leaf.KEY + Leaf.keyLength(arena.memory(version), offset)
                : offset + VALUE;
    }

    /// The version before this one, or 0 when it is the first.
    int older(int version) {
        return version < 0 ? 0 : field(version, OLDER);
    }

    int jump(int version) {
        return version < 0 ? version : field(version, JUMP);
    }

    int index(int version) {
        return version < 0 ? 0 : field(version, INDEX);
    }

    private int field(int version, int field) {
        return arena.memory(version).get(Node.INT, arena.offset(version) + field);
    }

    /// The newest version of a leaf whose trailer is at or below a bound, or 0.
    int atOrBelow(int leaf, long bound) {
        int version = newest(leaf);
        while (version != 0 && Long.compareUnsigned(trailer(version), bound) > 0) {
            version = step(version, bound);
        }
        return version;
    }

    /// The oldest version of a leaf whose trailer is above a bound, or 0.
    int above(int leaf, long bound) {
        int version = newest(leaf);
        if (Long.compareUnsigned(trailer(version), bound) <= 0) {
            return 0;
        }
        while (true) {
            int next = step(version, bound);
            if (next == 0 || Long.compareUnsigned(trailer(next), bound) <= 0) {
                return version;
            }
            version = next;
        }
    }

    /// From a version above a bound to an older one: as far as possible without missing the newest
    /// version that is not above it.
    int step(int version, long bound) {
        int jump = jump(version);
        return jump != version && Long.compareUnsigned(trailer(jump), bound) > 0
                ? jump
                : older(version);
    }

    /// Makes the record of a version that will stand before `newest`, visible to nobody yet.
    void write(MemorySegment s, long at, int newest, long trailer, int valueLength) {
        s.set(Node.INT, at + OLDER, newest);
        s.set(Node.INT, at + JUMP, jumpFrom(newest));
        s.set(Node.LONG, at + TRAILER, trailer);
        s.set(Node.INT, at + VALUE_LENGTH, valueLength);
        s.set(Node.INT, at + INDEX, index(newest) + 1);
    }

    /// Where a version that stands before `newest` jumps to.
    private int jumpFrom(int newest) {
        int jump = jump(newest);
        int second = jump(jump);
        return index(newest) - index(jump) == index(jump) - index(second) ? second : newest;
    }
}
