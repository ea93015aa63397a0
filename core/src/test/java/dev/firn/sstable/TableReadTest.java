package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.firn.FirnException;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.util.Bytes;
import dev.firn.util.Hash64;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Reads through the cache: what they cost, what they count, and what happens after closing.
class TableReadTest {
    private static final int ENTRIES = 20_000;

    private static byte[] key(long i) {
        byte[] key = new byte[16];
        Bytes.putWord(key, 8, i * 2);
        return key;
    }

    private static List<Version> entries(int n) {
        var entries = new ArrayList<Version>();
        for (int i = 0; i < n; i++) {
            byte[] value = new byte[100];
            Bytes.putLong(value, 0, i);
            entries.add(Version.put(key(i), 9, value));
        }
        return entries;
    }

    @Test
    void aCachedReadAllocatesNothing() throws IOException {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Rig rig = new Rig();
                Arena arena = Arena.ofShared();
                Table table = rig.open(rig.write(rig.settings("lz4", 4096, 10),
                        entries(ENTRIES)))) {
            var target = new ValueTarget();
            MemorySegment memory = arena.allocate(100);
            target.toMemory(memory);
            byte[] key = new byte[16];
            long sum = readAll(rig, table, key, target, memory, 100_000);
            long before = bean.getThreadAllocatedBytes(Thread.currentThread().threadId());
            sum += readAll(rig, table, key, target, memory, 1_000_000);
            long allocated = bean.getThreadAllocatedBytes(Thread.currentThread().threadId())
                    - before;
            assertThat(sum).isPositive();
            // The measurement itself takes a little.
            assertThat(allocated).isLessThan(10_000);
            assertThat(rig.counters.cacheHits()).isGreaterThan(2_000_000);
        }
    }

    private static long readAll(Rig rig, Table table, byte[] key, ValueTarget target,
            MemorySegment memory, int reads) throws IOException {
        long sum = 0;
        for (int n = 0; n < reads; n++) {
            long i = n * 7919L % ENTRIES;
            Bytes.putWord(key, 8, i * 2 + (n & 1));
            int kind = table.get(key, 0, 16, Hash64.hash(key, 0, 16), Trailer.SEQUENCE_MAX,
                    rig.scratch, target);
            if ((n & 1) == 0) {
                sum += memory.get(Bytes.LONG, 0) - i;
                if (kind != 1 || memory.get(Bytes.LONG, 0) != i) {
                    throw new AssertionError("wrong value");
                }
            } else if (kind != Table.ABSENT) {
                throw new AssertionError("found what is not there");
            }
        }
        return sum + reads;
    }

    @Test
    void readsAreCounted() throws IOException {
        try (Rig rig = new Rig();
                Table table = rig.open(rig.write(rig.settings("none", 4096, 10),
                        entries(1_000)))) {
            rig.scratch.flush();
            long read = rig.counters.blocksRead();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 1_000; i++) {
                    assertThat(rig.get(table, key(i), 9)).isNotNull();
                    byte[] absent = key(i);
                    absent[15]++;
                    assertThat(rig.get(table, absent, 9)).isNull();
                }
            }
            rig.scratch.flush();
            assertThat(rig.counters.filterChecks()).isEqualTo(4_000);
            assertThat(rig.counters.filterRejections()).isBetween(1_900L, 2_000L);
            long blocks = rig.counters.blocksRead() - read;
            assertThat(rig.counters.cacheMisses()).isEqualTo(blocks);
            assertThat(blocks).isBetween(1_000L * 116 / 4096, 1_000L * 130 / 4096 + 4);
            assertThat(rig.counters.cacheHits()).isGreaterThan(4_000 + 2 * 2_000 - 2 * blocks);
        }
    }

    @Test
    void readsWorkWithoutACache() throws IOException {
        try (Rig rig = new Rig(4 << 20, 1 << 18, 0);
                Table table = rig.open(rig.write(rig.settings("lz4", 4096, 10),
                        entries(1_000)))) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(rig.get(table, key(i), 9)).isNotNull();
            }
            try (TableCursor cursor = rig.cursor(table)) {
                assertThat(Rig.forward(cursor)).hasSize(1_000);
            }
        }
    }

    @Test
    void aScanThatDoesNotFillTheCacheLeavesItAlone() throws IOException {
        try (Rig rig = new Rig();
                Table table = rig.open(rig.write(rig.settings("none", 4096, 10),
                        entries(1_000)))) {
            try (TableCursor cursor = table.cursor(rig.buffers, rig.counters, null, null,
                    false)) {
                assertThat(Rig.forward(cursor)).hasSize(1_000);
            }
            assertThat(rig.cache.stats().blocks()).isLessThan(3);
            try (TableCursor cursor = rig.cursor(table)) {
                assertThat(Rig.forward(cursor)).hasSize(1_000);
            }
            assertThat(rig.cache.stats().blocks()).isGreaterThan(25);
        }
    }

    @Test
    void useAfterCloseIsRefused() throws IOException {
        try (Rig rig = new Rig()) {
            Table table = rig.open(rig.write(rig.settings("none", 4096, 10), entries(100)));
            TableCursor cursor = rig.cursor(table);
            assertThat(cursor.seekToFirst()).isTrue();
            cursor.close();
            cursor.close();
            assertThat(cursor.isValid()).isFalse();
            assertClosed(cursor::seekToFirst);
            assertClosed(cursor::next);
            assertClosed(() -> cursor.keyMemory().get(Bytes.LONG, 0));
            assertClosed(() -> cursor.copyValue(0, MemorySegment.ofArray(new byte[9]), 0, 9));
            table.close();
            table.close();
            assertClosed(() -> rig.get(table, key(1), 9));
            assertClosed(() -> rig.cursor(table));
            assertClosed(() -> rig.verify(table));
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private static void assertClosed(Call call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
    }

    @Test
    void openingWithoutMemoryIsReportedAndNothingLeaks() throws IOException {
        byte[] file;
        try (Rig rig = new Rig()) {
            file = rig.write(rig.settings("none", 1024, 10), entries(20_000));
        }
        int refused = 0;
        boolean done = false;
        for (long budget = 4 << 10; !done; budget += 4 << 10) {
            try (Rig rig = new Rig(budget, 4 << 10, 0)) {
                MemoryFile opened = new MemoryFile(file);
                try (Table table = Table.open(opened, Rig.IDENTITY, rig.codecs, rig.cache,
                        rig.pool, rig.scratch)) {
                    done = table.facts().entries() == 20_000;
                } catch (FirnException e) {
                    refused++;
                    assertThat(e.kind()).isEqualTo(FirnException.Kind.OUT_OF_MEMORY);
                }
                assertThat(opened.closes).isEqualTo(1);
            }
        }
        assertThat(refused).isGreaterThan(2);
    }
}
