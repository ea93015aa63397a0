package dev.firn.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.NavigableSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random moves of a cursor and of a position in a sorted set, compared after each.
final class CursorScript {
    private final Random random;
    private final NavigableSet<Entry> model;
    private final EntryCursor cursor;
    private final StringBuilder history = new StringBuilder();
    private @Nullable Entry at;

    CursorScript(Random random, NavigableSet<Entry> model, EntryCursor cursor) {
        this.random = random;
        this.model = model;
        this.cursor = cursor;
    }

    /// Makes `steps` moves, seeks among them to keys of `keys`.
    void run(int steps, RandomEntries keys) throws IOException {
        for (int i = 0; i < steps; i++) {
            int move = random.nextInt(20);
            boolean found;
            if (move == 0) {
                history.append(" first");
                at = model.isEmpty() ? null : model.first();
                found = cursor.seekToFirst();
            } else if (move == 1) {
                history.append(" last");
                at = model.isEmpty() ? null : model.last();
                found = cursor.seekToLast();
            } else if (move < 6) {
                Entry wanted = Entry.position(keys.key(), trailer());
                MemorySegment key = nativeCopy(wanted.key());
                history.append(move < 4 ? " seek " : " before ").append(wanted);
                if (move < 4) {
                    at = model.ceiling(wanted);
                    found = cursor.seek(key, 0, wanted.key().length, wanted.trailer());
                } else {
                    at = model.lower(wanted);
                    found = cursor.seekBefore(key, 0, wanted.key().length, wanted.trailer());
                }
            } else if (move < 13) {
                history.append(" next");
                at = at == null ? null : model.higher(at);
                found = cursor.next();
            } else {
                history.append(" previous");
                at = at == null ? null : model.lower(at);
                found = cursor.previous();
            }
            check(found);
        }
    }

    private long trailer() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            default -> (long) random.nextInt(400) << 8 | random.nextInt(2);
        };
    }

    static MemorySegment nativeCopy(byte[] key) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, key.length));
        MemorySegment.copy(MemorySegment.ofArray(key), 0, memory, 0, key.length);
        return memory;
    }

    static Entry entryOf(EntryCursor cursor) throws IOException {
        byte[] value = new byte[cursor.valueLength()];
        cursor.copyValue(0, MemorySegment.ofArray(value), 0, value.length);
        return new Entry(
                SetCursor.bytes(cursor.keyMemory(), cursor.keyOffset(), cursor.keyLength()),
                cursor.trailer(),
                value);
    }

    private void check(boolean found) throws IOException {
        Entry expected = at;
        assertThat(found).as("found after%s", history).isEqualTo(expected != null);
        assertThat(cursor.isValid()).as("valid after%s", history).isEqualTo(found);
        if (expected != null && !entryOf(cursor).equals(expected)) {
            assertThat(entryOf(cursor)).as("after%s", history).isEqualTo(expected);
        }
    }
}
