package dev.firn.engine.life;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// One keyspace of a model, from its creation on: what it holds now, and what it held when
/// everything was durable. One that is created later under the same name is another one.
final class Space {
    static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    /// A key with what it stands for in states that may be found: the hash of its entry, or 0.
    static final class Slot {
        final byte[] key;

        /// In the state that is surely durable.
        long durable;

        /// In the state that is being put together; counts while `pass` is that of now.
        long tried;

        long pass;

        Slot(byte[] key) {
            this.key = key;
        }

        long hash(long now) {
            return pass == now ? tried : durable;
        }
    }

    final String name;
    final long nameHash;
    NavigableMap<byte[], byte[]> now = new TreeMap<>(ORDER);
    NavigableMap<byte[], byte[]> durable = new TreeMap<>(ORDER);

    /// The hash of the durable state.
    long durableHash;

    private final Map<ByteBuffer, Slot> slots = new HashMap<>();

    Space(String name) {
        this.name = name;
        nameHash = StateHash.name(name);
        durableHash = nameHash;
    }

    Slot slot(byte[] key) {
        return slots.computeIfAbsent(ByteBuffer.wrap(key), _ -> new Slot(key));
    }

    /// Makes a state the durable one, and the present one; what was before is forgotten.
    void begin(NavigableMap<byte[], byte[]> state) {
        now = new TreeMap<>(state);
        slots.clear();
        rebase(state);
    }

    /// Makes a state the durable one.
    void rebase(NavigableMap<byte[], byte[]> state) {
        durable = state;
        durableHash = nameHash;
        slots.values().forEach(slot -> slot.durable = 0);
        state.forEach((key, value) -> {
            long hash = StateHash.entry(nameHash, key, value);
            slot(key).durable = hash;
            durableHash += hash;
        });
    }
}
