package dev.firn.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.key.UserKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Merging, concatenating and bounded cursors against one sorted set.
class CombinatorModelTest {
    private static final int SCRIPTS = Integer.getInteger("firn.scripts", 3000);
    private static final long SEED = Long.getLong("firn.seed", 1);

    /// Runs a body for many seeds; a failing one is named with what replays it.
    static void forSeeds(int count, Class<?> test, Body body) {
        for (long seed = SEED; seed < SEED + count; seed++) {
            try {
                body.run(seed);
            } catch (Throwable t) {
                throw new AssertionError(
                        "seed " + seed + ": mvn -Dquick -pl core test -Dtest="
                                + test.getSimpleName()
                                + " -DargLine='-Dfirn.seed=" + seed + " -Dfirn.scripts=1'",
                        t);
            }
        }
    }

    interface Body {
        void run(long seed) throws Exception;
    }

    @Test
    void mergedSourcesAreOneSortedSource() {
        forSeeds(
                SCRIPTS,
                getClass(),
                seed -> {
                    Random random = new Random(seed);
                    RandomEntries entries = new RandomEntries(random);
                    NavigableSet<Entry> model = new TreeSet<>();
                    EntryCursor[] sources = new EntryCursor[random.nextInt(10)];
                    for (int i = 0; i < sources.length; i++) {
                        NavigableSet<Entry> part =
                                entries.entries(random.nextInt(3) == 0 ? 60 : 6, 100 - 10L * i);
                        part.removeAll(model);
                        model.addAll(part);
                        sources[i] = new SetCursor(part);
                    }
                    new CursorScript(random, model, MergingCursor.of(sources)).run(60, entries);
                });
    }

    /// Entries that are inserted while a cursor is open may show or not; those that were there when it was
    /// put somewhere must, and the order must hold.
    @Test
    void insertsBesideAMergingCursorDisturbNothing() {
        forSeeds(
                SCRIPTS,
                getClass(),
                seed -> {
                    Random random = new Random(seed);
                    RandomEntries entries = new RandomEntries(random);
                    NavigableSet<Entry> live = entries.entries(20, 1);
                    NavigableSet<Entry> still = entries.entries(20, 100);
                    NavigableSet<Entry> old = union(live, still);
                    EntryCursor cursor =
                            MergingCursor.of(new SetCursor(live), new SetCursor(still));
                    Entry at = null;
                    for (int i = 0; i < 60; i++) {
                        if (random.nextInt(2) == 0) {
                            live.add(entries.entry(1000 + i));
                        }
                        if (at == null) {
                            boolean found = random.nextBoolean()
                                    ? cursor.seekToFirst()
                                    : cursor.seekToLast();
                            old = union(live, still);
                            at = found ? CursorScript.entryOf(cursor) : null;
                            continue;
                        }
                        boolean forward = random.nextBoolean();
                        boolean found = forward ? cursor.next() : cursor.previous();
                        Entry now = found ? CursorScript.entryOf(cursor) : null;
                        Entry due = forward ? old.higher(at) : old.lower(at);
                        if (now != null) {
                            assertThat(forward ? at.compareTo(now) : now.compareTo(at))
                                    .isNegative();
                        }
                        if (due != null) {
                            assertThat(now).isNotNull();
                            int order = now.compareTo(due);
                            assertThat(forward ? order : -order).isLessThanOrEqualTo(0);
                        }
                        at = now;
                    }
                });
    }

    @Test
    void concatenatedPartsAreOneSortedSource() {
        forSeeds(
                SCRIPTS,
                getClass(),
                seed -> {
                    Random random = new Random(seed);
                    RandomEntries entries = new RandomEntries(random);
                    NavigableSet<Entry> model = entries.entries(60, 1);
                    TableSets tables = new TableSets(random, model);
                    try (var cursor = new ConcatenatingCursor(tables)) {
                        new CursorScript(random, model, cursor).run(60, entries);
                        assertThat(tables.openCount()).isLessThanOrEqualTo(1);
                    }
                    assertThat(tables.openCount()).isZero();
                });
    }

    @Test
    void aBoundedSourceIsAPartOfIt() {
        forSeeds(
                SCRIPTS,
                getClass(),
                seed -> {
                    Random random = new Random(seed);
                    RandomEntries entries = new RandomEntries(random);
                    NavigableSet<Entry> all = entries.entries(60, 1);
                    byte[] from = random.nextInt(4) == 0 ? null : entries.key();
                    byte[] to = random.nextInt(4) == 0 ? null : entries.key();
                    NavigableSet<Entry> model = new TreeSet<>(all);
                    model.removeIf(
                            e -> (from != null && Arrays.compareUnsigned(e.key(), from) < 0)
                                    || (to != null && Arrays.compareUnsigned(e.key(), to) >= 0));
                    EntryCursor cursor =
                            BoundedCursor.of(new SetCursor(all), from, to,
                                    Arena.ofAuto()::allocate);
                    new CursorScript(random, model, cursor).run(60, entries);
                });
    }

    @Test
    void afterAFailureAMergingCursorIsNowhereAndCanSeek() {
        forSeeds(
                200,
                getClass(),
                seed -> {
                    Random random = new Random(seed);
                    RandomEntries entries = new RandomEntries(random);
                    NavigableSet<Entry> a = entries.entries(30, 1);
                    NavigableSet<Entry> b = entries.entries(30, 100);
                    SetCursor bad = new SetCursor(b);
                    EntryCursor cursor = MergingCursor.of(new SetCursor(a), bad);
                    bad.failAfter(1 + random.nextInt(20));
                    CursorScript script = new CursorScript(random, union(a, b), cursor);
                    try {
                        script.run(100, entries);
                    } catch (IOException e) {
                        assertThat(cursor.isValid()).isFalse();
                        assertThat(cursor.next()).isFalse();
                        assertThat(cursor.previous()).isFalse();
                    }
                    new CursorScript(random, union(a, b), cursor).run(30, entries);
                });
    }

    private static NavigableSet<Entry> union(NavigableSet<Entry> a, NavigableSet<Entry> b) {
        NavigableSet<Entry> union = new TreeSet<>(a);
        union.addAll(b);
        return union;
    }

    @Test
    void nothingAndOneSourceAreCheap() throws IOException {
        assertThat(MergingCursor.of().seekToFirst()).isFalse();
        SetCursor one = new SetCursor(new TreeSet<>());
        assertThat(MergingCursor.of(one)).isSameAs(one);
        EntryCursor none = MergingCursor.of();
        assertThatThrownBy(none::keyLength).isInstanceOf(IllegalStateException.class);
    }

    /// Cuts a set into tables between keys.
    private static final class TableSets implements ConcatenatingCursor.Parts {
        private final List<NavigableSet<Entry>> tables = new ArrayList<>();
        private final List<SetCursor> opened = new ArrayList<>();

        TableSets(Random random, NavigableSet<Entry> all) {
            NavigableSet<Entry> table = new TreeSet<>();
            for (Entry entry : all) {
                if (!table.isEmpty()
                        && !Arrays.equals(table.last().key(), entry.key())
                        && random.nextInt(4) == 0) {
                    tables.add(table);
                    table = new TreeSet<>();
                }
                table.add(entry);
            }
            if (!table.isEmpty()) {
                tables.add(table);
            }
        }

        @Override
        public int count() {
            return tables.size();
        }

        @Override
        public UserKey smallest(int part) {
            return UserKey.copyOf(tables.get(part).first().key());
        }

        @Override
        public UserKey largest(int part) {
            return UserKey.copyOf(tables.get(part).last().key());
        }

        @Override
        public EntryCursor open(int part) {
            assertThat(openCount()).isZero();
            SetCursor cursor = new SetCursor(tables.get(part));
            opened.add(cursor);
            return cursor;
        }

        long openCount() {
            return opened.stream().filter(c -> !c.isClosed()).count();
        }
    }
}
