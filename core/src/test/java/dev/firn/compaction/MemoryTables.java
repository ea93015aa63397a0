package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.cursor.BoundedCursor;
import dev.firn.cursor.Entry;
import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.SetCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tables in memory, under file numbers, with faults on demand and a check of what is left open.
final class MemoryTables implements MergeTables {
    final Map<Long, NavigableSet<Entry>> files = new HashMap<>();
    /// What was told at the end of each output.
    final List<@Nullable UserKey> ends = new ArrayList<>();
    private final List<SetCursor> cursors = new ArrayList<>();
    private long nextFile = 1;
    private int unfinished;
    private int failAfter = Integer.MAX_VALUE;

    /// A table of entries, which must not be none.
    TableMeta write(Collection<Entry> entries) {
        NavigableSet<Entry> sorted = new TreeSet<>(entries);
        long file = nextFile++;
        files.put(file, sorted);
        return meta(file, sorted);
    }

    private static TableMeta meta(long file, NavigableSet<Entry> entries) {
        long bytes = entries.stream().mapToLong(MemoryTables::bytes).sum();
        return new TableMeta(
                file,
                file,
                bytes,
                bytes,
                entries.size(),
                entries.stream().filter(Entry::isDelete).count(),
                UserKey.copyOf(entries.first().key()),
                UserKey.copyOf(entries.last().key()),
                null,
                null,
                entries.stream().mapToLong(Entry::sequence).min().orElseThrow(),
                entries.stream().mapToLong(Entry::sequence).max().orElseThrow(),
                0,
                0);
    }

    private static long bytes(Entry entry) {
        return entry.key().length + entry.value().length + 8;
    }

    /// The n-th entry that is added from now on fails.
    void failAfter(int n) {
        failAfter = n;
    }

    void checkNothingOpen() {
        assertThat(unfinished).as("tables being written").isZero();
        assertThat(cursors).as("cursors").allMatch(SetCursor::isClosed);
    }

    @Override
    public MemorySegment take(long bytes) {
        return Arena.ofAuto().allocate(bytes);
    }

    @Override
    public EntryCursor open(TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        SetCursor cursor = new SetCursor(files.get(table.file()));
        cursors.add(cursor);
        return BoundedCursor.of(
                cursor, from == null ? null : from.bytes(), to == null ? null : to.bytes(), this);
    }

    @Override
    public Output create(Merge merge) {
        unfinished++;
        return new Written();
    }

    @Override
    public void delete(TableMeta table) {
        assertThat(files.remove(table.file())).isNotNull();
    }

    private final class Written implements Output {
        private final NavigableSet<Entry> entries = new TreeSet<>();
        private long bytes;

        @Override
        public void add(EntryCursor at, long trailer) throws IOException {
            byte[] value = new byte[at.valueLength()];
            at.copyValue(0, MemorySegment.ofArray(value), 0, value.length);
            add(new Entry(copy(at.keyMemory(), at.keyOffset(), at.keyLength()), trailer, value));
        }

        @Override
        public void addTombstone(MemorySegment key, long at, int length, long trailer)
                throws IOException {
            add(new Entry(copy(key, at, length), trailer, new byte[0]));
        }

        private void add(Entry entry) throws IOException {
            if (--failAfter == 0) {
                throw new IOException("injected");
            }
            assertThat(entries.isEmpty() || entries.last().compareTo(entry) < 0).isTrue();
            entries.add(entry);
            bytes += MemoryTables.bytes(entry);
        }

        private static byte[] copy(MemorySegment memory, long at, int length) {
            byte[] bytes = new byte[length];
            MemorySegment.copy(memory, at, MemorySegment.ofArray(bytes), 0, length);
            return bytes;
        }

        @Override
        public long estimatedBytes() {
            return bytes;
        }

        @Override
        public TableMeta finish(@Nullable UserKey end) {
            unfinished--;
            ends.add(end);
            return write(entries);
        }

        @Override
        public void abandon() {
            unfinished--;
        }
    }

    static int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b);
    }
}
