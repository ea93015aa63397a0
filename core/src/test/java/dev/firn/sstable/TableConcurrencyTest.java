package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.util.Bytes;
import dev.firn.util.Hash64;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Many readers of one table through a cache so small that frames are recycled all the time.
class TableConcurrencyTest {
    private static final int ENTRIES = 6_000;
    private static final int THREADS = 4;

    @Test
    void recycledFramesNeverShowThrough() throws Exception {
        assertThat(wrongAnswers(true, 40_000, 20_000)).isZero();
    }

    /// The canary: without validation the same readers see blocks of others, else the test above
    /// proves nothing.
    @Test
    void withoutValidationTheyDo() throws Exception {
        long wrong = 0;
        for (int round = 0; round < 20 && wrong == 0; round++) {
            wrong = wrongAnswers(false, 60_000, 60_000);
        }
        assertThat(wrong).isPositive();
    }

    private static byte[] key(long i) {
        byte[] key = new byte[12];
        Bytes.putWord(key, 4, i * 0x9e3779b97f4a7c15L);
        return key;
    }

    private static byte[] value(long i) {
        byte[] value = new byte[200];
        for (int at = 0; at < value.length; at += 8) {
            Bytes.putLong(value, at, i * 31 + at);
        }
        return value;
    }

    private static long wrongAnswers(boolean isValidating, int gets, int steps)
            throws Exception {
        var entries = new java.util.TreeSet<>(Version.ORDER);
        for (int i = 0; i < ENTRIES; i++) {
            entries.add(Version.put(key(i), 3, value(i)));
        }
        // One slab of 64 KiB, in which a dozen frames take turns.
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 16)) {
            byte[] file = rig.write(rig.settings("none", 4096, 10), entries);
            var wrong = new AtomicLong();
            try (Table table = new TableOpening(new MemoryFile(file), Rig.IDENTITY, rig.codecs,
                    rig.cache, rig.pool, rig.scratch).open(isValidating);
                    var threads = Executors.newFixedThreadPool(THREADS)) {
                var running = new ArrayList<Future<?>>();
                for (int t = 0; t < THREADS; t++) {
                    long seed = t;
                    Callable<Void> task = () -> {
                        wrong.addAndGet(seed == 0
                                ? scan(rig, table, steps)
                                : read(rig, table, seed, gets));
                        return null;
                    };
                    running.add(threads.submit(task));
                }
                for (Future<?> f : running) {
                    f.get();
                }
            }
            return wrong.get();
        }
    }

    private static long read(Rig rig, Table table, long seed, int gets) throws Exception {
        var r = new SplittableRandom(seed);
        var target = new ValueTarget();
        long wrong = 0;
        try (var scratch = new ReadScratch(rig.buffers, rig.counters)) {
            for (int n = 0; n < gets; n++) {
                // A few hot blocks, so that lookups find what others are about to displace.
                int i = r.nextInt(r.nextBoolean() ? 200 : ENTRIES);
                byte[] key = key(i);
                target.toArray();
                try {
                    int kind = table.get(key, 0, key.length, Hash64.hash(key, 0, key.length),
                            Trailer.SEQUENCE_MAX, scratch, target);
                    if (kind != 1 || !java.util.Arrays.equals(target.array(), value(i))) {
                        wrong++;
                    }
                } catch (RuntimeException | java.io.IOException e) {
                    wrong++;
                }
            }
        }
        return wrong;
    }

    private static long scan(Rig rig, Table table, int steps) throws Exception {
        long wrong = 0;
        try (TableCursor cursor = rig.cursor(table)) {
            boolean is = false;
            byte[] last = null;
            for (int n = 0; n < steps; n++) {
                try {
                    boolean restart = !is;
                    is = is ? cursor.next() : cursor.seekToFirst();
                    if (is) {
                        Version v = Rig.at(cursor);
                        if (!restart && java.util.Arrays.compareUnsigned(last, v.key()) >= 0) {
                            wrong++;
                        }
                        last = v.key();
                    }
                } catch (RuntimeException | java.io.IOException e) {
                    wrong++;
                    is = false;
                }
            }
        }
        return wrong;
    }
}
