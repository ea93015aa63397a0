package dev.firn.engine;

import dev.firn.Keyspace;
import dev.firn.WriteBatch;
import dev.firn.key.ValueKind;
import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A batch, encoded as its log record from the start ([BatchFormat]), so that committing it copies
/// bytes and nothing more. Where each operation lies is kept beside it for the memtables.
public final class Batch implements WriteBatch {
    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;

    private byte[] bytes = new byte[256];
    private int length = BatchFormat.PREFIX_BYTES;
    private int size;

    /// Per operation: index in `shares` and kind, where the key begins, key length, value length.
    private int[] places = new int[4 * 8];

    private final List<Share> shares = new ArrayList<>(2);

    /// What a batch has for one keyspace.
    static final class Share {
        final StoreKeyspace space;

        /// How many operations.
        int entries;

        /// Bytes of their keys and values.
        long bytes;

        /// Bytes of the largest key with its value.
        long largest;

        private Share(StoreKeyspace space) {
            this.space = space;
        }

        private void add(long entry) {
            entries++;
            bytes += entry;
            largest = Math.max(largest, entry);
        }
    }

    /// An empty batch.
    public Batch() {}

    @Override
    public WriteBatch put(Keyspace keyspace, byte[] key, byte[] value) {
        Limits.key(key);
        Limits.value(value);
        int at = begin(keyspace, ValueKind.PUT, key.length, value.length);
        System.arraycopy(key, 0, bytes, at, key.length);
        System.arraycopy(value, 0, bytes, at + key.length, value.length);
        return this;
    }

    @Override
    public WriteBatch put(Keyspace keyspace, MemorySegment key, MemorySegment value) {
        int keyLength = Limits.key(key);
        int valueLength = Limits.value(value);
        int at = begin(keyspace, ValueKind.PUT, keyLength, valueLength);
        Bytes.copy(key, 0, bytes, at, keyLength);
        Bytes.copy(value, 0, bytes, at + keyLength, valueLength);
        return this;
    }

    @Override
    public WriteBatch delete(Keyspace keyspace, byte[] key) {
        Limits.key(key);
        int at = begin(keyspace, ValueKind.DELETE, key.length, 0);
        System.arraycopy(key, 0, bytes, at, key.length);
        return this;
    }

    @Override
    public WriteBatch delete(Keyspace keyspace, MemorySegment key) {
        int keyLength = Limits.key(key);
        int at = begin(keyspace, ValueKind.DELETE, keyLength, 0);
        Bytes.copy(key, 0, bytes, at, keyLength);
        return this;
    }

    /// Makes room for an operation, writes its head, and returns where its key goes.
    private int begin(Keyspace keyspace, ValueKind kind, int keyLength, int valueLength) {
        StoreKeyspace space = (StoreKeyspace) Objects.requireNonNull(keyspace, "keyspace");
        long needed = (long) length + BatchFormat.OPERATION_HEAD_MAX + keyLength + valueLength;
        if (needed > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a batch holds at most " + BYTES_MAX + " bytes; this write would make it "
                            + needed);
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes,
                    (int) Math.min(BYTES_MAX, Math.max(needed, 2L * bytes.length)));
        }
        if (4 * size == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        int at = BatchFormat.head(bytes, length, kind, space.id(), keyLength, valueLength);
        int share = indexOf(space);
        shares.get(share).add((long) keyLength + valueLength);
        places[4 * size] = share << 1 | (kind == ValueKind.PUT ? 1 : 0);
        places[4 * size + 1] = at;
        places[4 * size + 2] = keyLength;
        places[4 * size + 3] = valueLength;
        size++;
        length = at + keyLength + valueLength;
        return at;
    }

    private int indexOf(StoreKeyspace space) {
        for (int i = shares.size() - 1; i >= 0; i--) {
            if (shares.get(i).space == space) {
                return i;
            }
        }
        shares.add(new Share(space));
        return shares.size() - 1;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long bytes() {
        return length;
    }

    @Override
    public void clear() {
        size = 0;
        length = BatchFormat.PREFIX_BYTES;
        shares.clear();
    }

    /// The encoded record; its first eight bytes are for the sequence.
    byte[] record() {
        return bytes;
    }

    int recordLength() {
        return length;
    }

    List<Share> shares() {
        return shares;
    }

    /// The keyspaces it writes to.
    List<StoreKeyspace> spaces() {
        return shares.stream().map(share -> share.space).toList();
    }

    StoreKeyspace space(int i) {
        return shares.get(places[4 * i] >>> 1).space;
    }

    ValueKind kind(int i) {
        return (places[4 * i] & 1) == 1 ? ValueKind.PUT : ValueKind.DELETE;
    }

    int keyAt(int i) {
        return places[4 * i + 1];
    }

    int keyLength(int i) {
        return places[4 * i + 2];
    }

    int valueLength(int i) {
        return places[4 * i + 3];
    }
}
