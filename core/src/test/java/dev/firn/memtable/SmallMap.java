package dev.firn.memtable;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.testkit.Turns;
import dev.firn.util.Chunk;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A map from some keys to small numbers in a memtable that is used as the commit pipeline uses it:
/// a write takes a lock, inserts with the next sequence and publishes that; a read acquires the
/// published sequence and looks up, or moves a cursor in either direction, without a lock.
///
/// The memory the memtable gets is full of rubbish, as it may be in use.
final class SmallMap implements AutoCloseable {
    /// The keys of a history, in order, and which are there from the beginning. Operations touch six
    /// that lie together.
    static final class Keys {
        static final int TOUCHED = 6;

        /// No entries at first; keys that are prefixes of each other.
        static final Keys FEW = of(Set.of(), "", "a", "ab", "abcd", "abce", "b");

        /// The root is full: a key more makes it grow, others part from keys that are there.
        static final Keys FOUR = of(Set.of(0, 2, 5, 6), "a", "ab", "b", "bcd", "c", "d", "e");

        final byte[][] all;
        final Set<Integer> present;
        final int first;

        private Keys(byte[][] all, Set<Integer> present, int first) {
            this.all = all;
            this.present = present;
            this.first = first;
        }

        static Keys of(Set<Integer> present, String... keys) {
            return new Keys(Arrays.stream(keys).map(key -> key.getBytes(StandardCharsets.UTF_8))
                    .toArray(byte[][]::new), present, 0);
        }

        /// So many keys of one byte in one node, and three that may come, in the middle.
        static Keys inOneNode(int present) {
            byte[][] keys = new byte[present + 3][];
            int first = present / 2;
            Set<Integer> there = new TreeSet<>();
            for (int i = 0; i < keys.length; i++) {
                keys[i] = new byte[]{(byte) (100 + i)};
                there.add(i);
            }
            there.removeAll(Set.of(first + 1, first + 2, first + 4));
            return new Keys(keys, there, first);
        }

        int index(byte[] key) {
            return Arrays.binarySearch(all, key, Arrays::compareUnsigned);
        }
    }

    private static final int DELETED = -1;

    private final Keys keys;
    private final ChunkPool pool;
    private final Memtable memtable;
    private final ReentrantLock lock = new ReentrantLock();
    private long sequence;
    private volatile long visible;

    SmallMap(Keys keys, ChunkPool pool, Function<MemtableArena, NodeWriter> nodes) {
        this.keys = keys;
        this.pool = pool;
        this.memtable = memtable(nodes);
        keys.present.forEach(key -> write(key - keys.first, ValueKind.PUT, 0));
    }

    /// The sequence that readers may see.
    long visible() {
        Turns.point();
        return visible;
    }

    private Memtable memtable(Function<MemtableArena, NodeWriter> nodes) {
        Chunk[] used = new Chunk[4];
        for (int i = 0; i < used.length; i++) {
            used[i] = pool.take(Use.MEMTABLE, 4 << 10);
            used[i].memory().fill((byte) 0x11);
        }
        for (Chunk chunk : used) {
            pool.give(Use.MEMTABLE, chunk);
        }
        return new Memtable(pool, nodes);
    }

    private void write(int key, ValueKind kind, int value) {
        byte[] bytes = key(key);
        MemorySegment values = MemorySegment.ofArray(new byte[]{(byte) value});
        lock.lock();
        try {
            long next = sequence + 1;
            if (!memtable.insert(bytes, 0, bytes.length, Trailer.of(next, kind), values, 0,
                    kind == ValueKind.PUT ? 1 : 0)) {
                throw new AssertionError("no memory");
            }
            sequence = next;
            Turns.point();
            visible = next;
        } finally {
            lock.unlock();
        }
    }

    private byte[] key(int key) {
        return keys.all[keys.first + key];
    }

    void put(int key, int value) {
        write(key, ValueKind.PUT, value);
    }

    void delete(int key) {
        write(key, ValueKind.DELETE, 0);
    }

    @Nullable
    Integer get(int key, long at) {
        byte[] bytes = key(key);
        long found = memtable.find(bytes, 0, bytes.length, at);
        if (found == 0 || Trailer.isDelete(memtable.trailer(found))) {
            return null;
        }
        ValueTarget target = new ValueTarget();
        target.toArray();
        memtable.readValue(found, target);
        byte[] value = target.array();
        if (value.length != 1) {
            throw new AssertionError("a value of " + value.length + " bytes");
        }
        return (int) value[0];
    }

    /// The entries from a key on.
    String ascend(int key, long at) throws IOException {
        NavigableMap<Integer, Integer> found = new TreeMap<>();
        int last = key;
        try (EntryCursor cursor = memtable.cursor(); Arena arena = Arena.ofConfined()) {
            byte[] from = key(key);
            boolean more = cursor.seek(copy(arena, from), 0, from.length, Trailer.seek(at));
            for (; more; more = cursor.next()) {
                int index = index(cursor);
                if (index >= Keys.TOUCHED) {
                    break;
                }
                if (index < last) {
                    throw new AssertionError("out of order");
                }
                last = index;
                if (Trailer.sequence(cursor.trailer()) <= at) {
                    found.putIfAbsent(index, value(cursor));
                }
            }
        }
        return text(found);
    }

    /// The entries before a key, backwards.
    String descend(int key, long at) throws IOException {
        NavigableMap<Integer, Integer> found = new TreeMap<>(Comparator.reverseOrder());
        int last = key;
        try (EntryCursor cursor = memtable.cursor(); Arena arena = Arena.ofConfined()) {
            byte[] to = key(key);
            boolean more = cursor.seekBefore(copy(arena, to), 0, to.length,
                    Trailer.seek(Trailer.SEQUENCE_MAX));
            for (; more; more = cursor.previous()) {
                int index = index(cursor);
                if (index < 0) {
                    break;
                }
                if (index > last) {
                    throw new AssertionError("out of order");
                }
                last = index;
                if (Trailer.sequence(cursor.trailer()) <= at) {
                    found.put(index, value(cursor));
                }
            }
        }
        return text(found);
    }

    private static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment copy = arena.allocate(8);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy;
    }

    private int index(EntryCursor cursor) {
        byte[] key = new byte[cursor.keyLength()];
        MemorySegment.copy(cursor.keyMemory(), ValueLayout.JAVA_BYTE, cursor.keyOffset(), key,
                0, key.length);
        int index = keys.index(key);
        if (index < 0) {
            throw new AssertionError("a key that nobody wrote");
        }
        return index - keys.first;
    }

    private static int value(EntryCursor cursor) throws IOException {
        if (Trailer.isDelete(cursor.trailer())) {
            return DELETED;
        }
        byte[] value = new byte[cursor.valueLength()];
        cursor.copyValue(0, MemorySegment.ofArray(value), 0, value.length);
        return value[0];
    }

    private static String text(NavigableMap<Integer, Integer> found) {
        found.values().removeIf(value -> value == DELETED);
        return found.toString();
    }

    @Override
    public void close() {
        memtable.close();
    }
}
