package dev.firn.memtable;

import dev.firn.memtable.SmallMap.Keys;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a [SmallMap] should hold.
final class SmallModel {
    private final NavigableMap<Integer, Integer> values = new TreeMap<>();

    SmallModel(Keys keys) {
        keys.present.forEach(key -> values.put(key - keys.first, 0));
    }

    void put(int key, int value) {
        values.put(key, value);
    }

    void delete(int key) {
        values.remove(key);
    }

    @Nullable
    Integer get(int key) {
        return values.get(key);
    }

    String ascend(int key) {
        return values.subMap(key, Keys.TOUCHED).toString();
    }

    String descend(int key) {
        return values.subMap(0, true, key, false).descendingMap().toString();
    }
}
