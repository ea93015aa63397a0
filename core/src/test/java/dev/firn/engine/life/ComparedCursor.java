package dev.firn.engine.life;

import static dev.firn.engine.life.Life.require;

import dev.firn.Cursor;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A cursor with the map that it has to walk on.
final class ComparedCursor {
    private final Cursor cursor;
    private final NavigableMap<byte[], byte[]> expected;
    private byte @Nullable [] at;

    /// Where it is when it is at no entry: before the first (-1), behind the last (1), or nowhere.
    private int end;

    ComparedCursor(Cursor cursor, NavigableMap<byte[], byte[]> expected) {
        this.cursor = cursor;
        this.expected = expected;
    }

    void close() {
        cursor.close();
    }

    void move(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> {
                byte[] key = Edit.keyBytes(random.nextInt(600));
                arrived(cursor.seek(key), expected.ceilingKey(key), 1);
            }
            case 1 -> {
                byte[] key = Edit.keyBytes(random.nextInt(600));
                arrived(cursor.seekAtOrBefore(key), expected.floorKey(key), -1);
            }
            case 2, 3, 4 -> {
                byte[] key = at;
                arrived(
                        cursor.previous(),
                        key != null ? expected.lowerKey(key) : end < 0 ? null : last(),
                        -1);
            }
            default -> {
                byte[] key = at;
                arrived(
                        cursor.next(),
                        key != null ? expected.higherKey(key) : end > 0 ? null : first(),
                        1);
            }
        }
    }

    private byte @Nullable [] first() {
        return expected.isEmpty() ? null : expected.firstKey();
    }

    private byte @Nullable [] last() {
        return expected.isEmpty() ? null : expected.lastKey();
    }

    private void arrived(boolean found, byte @Nullable [] key, int direction) {
        require(found == (key != null), "a cursor ends where it should not, or goes on");
        at = key;
        end = key == null ? direction : 0;
        if (key != null) {
            require(Arrays.equals(cursor.key(), key), "a cursor is at another key");
            Readers.requireValue(cursor.value(), expected.get(key), key);
        }
    }
}
