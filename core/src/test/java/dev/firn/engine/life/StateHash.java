package dev.firn.engine.life;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import java.util.Arrays;

/// A number for the contents of a store: the sum of one for each keyspace and each entry, so that a
/// model can keep it up with every write.
final class StateHash {
    private StateHash() {}

    static long name(String name) {
        return mix(name.hashCode() + 0x632BE59BD9B4E019L) | 1;
    }

    static long entry(long name, byte[] key, byte[] value) {
        long keyHash = mix(Arrays.hashCode(key) * 0x9E3779B97F4A7C15L + key.length);
        long valueHash = mix(((long) value.length << 32) + (Arrays.hashCode(value) & 0xffffffffL));
        return mix(name ^ keyHash + 31 * valueHash) | 1;
    }

    private static long mix(long x) {
        long y = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
        return y ^ y >>> 31;
    }

    /// That of an open store, all of which is read.
    static long of(Firn store, Tally tally) {
        long hash = 0;
        long entries = 0;
        for (String name : store.keyspaceNames()) {
            long nameHash = name(name);
            hash += nameHash;
            try (Cursor cursor = store.keyspace(name).scan(KeyRange.all())) {
                while (cursor.next()) {
                    hash += entry(nameHash, cursor.key(), cursor.value());
                    entries++;
                }
            }
        }
        tally.add(Count.RECORDS_CHECKED, entries);
        return hash;
    }
}
