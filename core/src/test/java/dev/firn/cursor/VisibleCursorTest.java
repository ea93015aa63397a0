package dev.firn.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The visible cursor against a map that is made by replaying the entries up to the sequence.
class VisibleCursorTest {
    private static final int SCRIPTS = Integer.getInteger("firn.scripts", 3000);

    @Test
    void showsWhatTheMapHolds() {
        CombinatorModelTest.forSeeds(SCRIPTS, getClass(), seed -> runScript(seed, false));
    }

    @Test
    void insertsAboveTheSequenceAndNewSourcesDoNotShow() {
        CombinatorModelTest.forSeeds(SCRIPTS, getClass(), seed -> runScript(seed, true));
    }

    private static void runScript(long seed, boolean live) throws IOException {
        Random random = new Random(seed);
        RandomEntries entries = new RandomEntries(random);
        int count = random.nextInt(300);
        NavigableSet<Entry> older = new TreeSet<>();
        NavigableSet<Entry> newer = new TreeSet<>();
        TreeMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
        long sequence = random.nextInt(count + 2);
        byte[] from = random.nextInt(3) == 0 ? entries.key() : null;
        byte[] to = random.nextInt(3) == 0 ? entries.key() : null;
        for (int i = 1; i <= count; i++) {
            Entry entry = entries.entry(i);
            (i < count / 2 ? older : newer).add(entry);
            if (i <= sequence) {
                if (entry.isDelete()) {
                    map.remove(entry.key());
                } else {
                    map.put(entry.key(), entry.value());
                }
            }
        }
        map.keySet()
                .removeIf(
                        k -> (from != null && Arrays.compareUnsigned(k, from) < 0)
                                || (to != null && Arrays.compareUnsigned(k, to) >= 0));
        EntryCursor source = MergingCursor.of(new SetCursor(newer), new SetCursor(older));
        VisibleCursor cursor =
                new VisibleCursor(source, sequence, from, to, Arena.ofAuto()::allocate);
        StringBuilder history = new StringBuilder("at " + sequence + ":");
        byte[] at = null;
        long top = Math.max(count, sequence) + 1;
        for (int i = 0; i < 60; i++) {
            if (live && random.nextInt(3) == 0) {
                newer.add(entries.entry(++top));
            }
            if (live && random.nextInt(20) == 0) {
                history.append(" replace");
                cursor.replaceSource(MergingCursor.of(new SetCursor(newer), new SetCursor(older)));
                check(cursor, map, at, at != null, history);
            }
            int move = random.nextInt(20);
            byte[] key = entries.key();
            MemorySegment k = CursorScript.nativeCopy(key);
            boolean found;
            if (move == 0) {
                history.append(" first");
                at = map.isEmpty() ? null : map.firstKey();
                found = cursor.seekToFirst();
            } else if (move == 1) {
                history.append(" last");
                at = map.isEmpty() ? null : map.lastKey();
                found = cursor.seekToLast();
            } else if (move == 2) {
                history.append(" seek ").append(new String(key, "ISO-8859-1"));
                at = map.ceilingKey(key);
                found = cursor.seek(k, 0, key.length);
            } else if (move == 3) {
                history.append(" before ").append(new String(key, "ISO-8859-1"));
                at = map.lowerKey(key);
                found = cursor.seekBefore(k, 0, key.length);
            } else if (move == 4) {
                history.append(" at-or-before ").append(new String(key, "ISO-8859-1"));
                at = map.floorKey(key);
                found = cursor.seekAtOrBefore(k, 0, key.length);
            } else if (move < 13) {
                history.append(" next");
                at = at == null ? null : map.higherKey(at);
                found = cursor.next();
            } else {
                history.append(" previous");
                at = at == null ? null : map.lowerKey(at);
                found = cursor.previous();
            }
            check(cursor, map, at, found, history);
        }
    }

    private static void check(
            VisibleCursor cursor,
            TreeMap<byte[], byte[]> map,
            byte @Nullable [] at,
            boolean found,
            StringBuilder history)
            throws IOException {
        assertThat(found).as("%s", history).isEqualTo(at != null);
        assertThat(cursor.isValid()).as("%s", history).isEqualTo(found);
        if (at == null) {
            return;
        }
        byte[] key = SetCursor.bytes(cursor.keyMemory(), cursor.keyOffset(), cursor.keyLength());
        assertThat(key).as("%s", history).isEqualTo(at);
        byte[] value = new byte[cursor.valueLength()];
        int half = value.length / 2;
        cursor.copyValue(half, MemorySegment.ofArray(value), half, value.length - half);
        cursor.copyValue(0, MemorySegment.ofArray(value), 0, half);
        assertThat(value).as("%s", history).isEqualTo(map.get(at));
    }

    @Test
    void longChainsCostAFewMovesInEitherDirection() throws IOException {
        NavigableSet<Entry> entries = new TreeSet<>();
        for (int key = 0; key < 10; key++) {
            for (int i = 0; i < 10_000; i++) {
                entries.add(Entry.put("key" + key, 10L * i + key, "v" + i));
            }
        }
        for (long sequence : new long[]{10L, 50_000L, 99_999L}) {
            SetCursor source = new SetCursor(entries);
            try (var cursor =
                    new VisibleCursor(source, sequence, null, null, Arena.ofAuto()::allocate)) {
                int seen = 0;
                for (boolean found = cursor.seekToFirst(); found; found = cursor.next()) {
                    seen++;
                }
                assertThat(source.moves()).as("forward at %d", sequence).isLessThan(10 * 30);
                for (boolean found = cursor.seekToLast(); found; found = cursor.previous()) {
                    seen++;
                }
                assertThat(seen).isEqualTo(20);
                assertThat(source.moves()).as("both ways at %d", sequence).isLessThan(2 * 10 * 30);
            }
            assertThat(source.isClosed()).isTrue();
        }
    }

    @Test
    void whatIsPassedOverIsCounted() throws IOException {
        NavigableSet<Entry> entries = new TreeSet<>();
        entries.add(Entry.put("a", 1, "old"));
        entries.add(Entry.put("a", 2, "shown"));
        entries.add(Entry.put("a", 9, "too new"));
        entries.add(Entry.put("b", 3, "hidden"));
        entries.add(Entry.delete("b", 4));
        entries.add(Entry.put("c", 5, "shown"));
        var cursor =
                new VisibleCursor(new SetCursor(entries), 8, null, null, Arena.ofAuto()::allocate);
        assertThat(cursor.seekToFirst()).isTrue();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.tombstonesPassed()).isEqualTo(1);
        assertThat(cursor.versionsPassed()).isEqualTo(3);
        assertThat(cursor.seekToLast()).isTrue();
        assertThat(cursor.previous()).isTrue();
        assertThat(cursor.previous()).isFalse();
        assertThat(cursor.tombstonesPassed()).isEqualTo(2);
        assertThat(cursor.versionsPassed()).isEqualTo(6);
    }
}
