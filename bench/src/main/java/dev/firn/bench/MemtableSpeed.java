package dev.firn.bench;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Memtable;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;

/// What an insert, a find and a step of a scan cost in a memtable of 500,000 entries, beside
/// `ConcurrentSkipListMap<byte[], byte[]>` in the same run.
///
/// Arguments: number of entries (500000), rounds (5), "alone" to leave the map out. Time is
/// processor time of the one thread, and the fastest round counts: the machine may be shared. Keys
/// are sought in another random order than they were inserted in.
public final class MemtableSpeed {
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final int VALUE_BYTES = 100;
    private static final int CHUNK_BYTES = 1 << 20;

    private final int entries;
    private final Shape shape;

    /// All keys one behind the other, in the order of insertion and in another random order.
    private final byte[] inserted;

    private final byte[] looked;
    private final MemorySegment value = MemorySegment.ofArray(new byte[VALUE_BYTES]);
    private final double[] best = new double[8];

    /// How the keys look.
    private enum Shape {
        RANDOM(16) {
            @Override
            void fill(Random random, byte[] keys, int at) {
                for (int i = 0; i < bytes; i += 8) {
                    long word = random.nextLong();
                    for (int j = 0; j < 8; j++) {
                        keys[at + i + j] = (byte) (word >>> (8 * j));
                    }
                }
            }
        },
        DECIMAL(16) {
            @Override
            void fill(Random random, byte[] keys, int at) {
                for (int i = 0; i < bytes; i++) {
                    keys[at + i] = (byte) ('0' + random.nextInt(10));
                }
            }
        },
        TEXT(36) {
            private static final byte[] PREFIX =
                    "tenant-0001/session/".getBytes(StandardCharsets.US_ASCII);

            @Override
            void fill(Random random, byte[] keys, int at) {
                System.arraycopy(PREFIX, 0, keys, at, PREFIX.length);
                for (int i = PREFIX.length; i < bytes; i++) {
                    keys[at + i] = (byte) ('a' + random.nextInt(26));
                }
            }
        };

        final int bytes;

        Shape(int bytes) {
            this.bytes = bytes;
        }

        abstract void fill(Random random, byte[] keys, int at);
    }

    private MemtableSpeed(int entries, Shape shape) {
        this.entries = entries;
        this.shape = shape;
        Random random = new Random(42);
        inserted = new byte[entries * shape.bytes];
        for (int i = 0; i < entries; i++) {
            shape.fill(random, inserted, i * shape.bytes);
        }
        looked = inserted.clone();
        byte[] swap = new byte[shape.bytes];
        for (int i = entries - 1; i > 0; i--) {
            int a = i * shape.bytes;
            int b = random.nextInt(i + 1) * shape.bytes;
            System.arraycopy(looked, a, swap, 0, shape.bytes);
            System.arraycopy(looked, b, looked, a, shape.bytes);
            System.arraycopy(swap, 0, looked, b, shape.bytes);
        }
        Arrays.fill(best, Double.MAX_VALUE);
    }

    /// Runs all shapes and prints a table.
    public static void main(String[] args) {
        int entries = args.length > 0 ? Integer.parseInt(args[0]) : 500_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        boolean alone = args.length > 2;
        System.out.printf(Locale.ROOT, "%-8s %-9s %8s %8s %8s %8s %12s%n", "keys", "", "insert",
                "find",
                "scan", "reverse", "bytes/entry");
        for (Shape shape : Shape.values()) {
            MemtableSpeed speed = new MemtableSpeed(entries, shape);
            double bytes = 0;
            for (int round = 0; round < rounds; round++) {
                bytes = speed.memtable();
                if (!alone) {
                    speed.map();
                }
            }
            speed.print("memtable", 0, bytes);
            if (!alone) {
                speed.print("map", 4, Double.NaN);
            }
        }
    }

    private void print(String name, int first, double bytes) {
        System.out.printf(Locale.ROOT, "%-8s %-9s %8.0f %8.0f %8.0f %8.0f %12.1f%n", shape, name,
                best[first], best[first + 1], best[first + 2], best[first + 3], bytes);
    }

    private void time(int what, Runnable work) {
        long start = CPU.getCurrentThreadCpuTime();
        work.run();
        best[what] =
                Math.min(best[what], (double) (CPU.getCurrentThreadCpuTime() - start) / entries);
    }

    private double memtable() {
        try (ChunkPool pool = new ChunkPool(new MemoryBudget(8L << 30), CHUNK_BYTES)) {
            // The pool's chunks are warm in a running store: a first memtable brings them in.
            for (int i = 0; i < 2; i++) {
                try (Memtable memtable = new Memtable(pool)) {
                    if (i == 1) {
                        time(0, () -> insertAll(memtable));
                        time(1, () -> findAll(memtable));
                        time(2, () -> scan(memtable));
                        time(3, () -> scanBack(memtable));
                        return (double) memtable.bytes() / entries;
                    }
                    insertAll(memtable);
                }
            }
            throw new AssertionError();
        }
    }

    private void insertAll(Memtable memtable) {
        for (int i = 0; i < entries; i++) {
            check(memtable.insert(inserted, i * shape.bytes, shape.bytes,
                    Trailer.of(i + 1, ValueKind.PUT), value, 0, VALUE_BYTES));
        }
    }

    private void findAll(Memtable memtable) {
        for (int i = 0; i < entries; i++) {
            check(memtable.find(looked, i * shape.bytes, shape.bytes, entries) != 0);
        }
    }

    private void scan(Memtable memtable) {
        try (EntryCursor cursor = memtable.cursor()) {
            int seen = 0;
            long sum = 0;
            for (boolean more = cursor.seekToFirst(); more; more = cursor.next()) {
                sum += cursor.trailer() + cursor.keyLength();
                seen++;
            }
            check(seen == entries && sum != 0);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void scanBack(Memtable memtable) {
        try (EntryCursor cursor = memtable.cursor()) {
            int seen = 0;
            long sum = 0;
            for (boolean more = cursor.seekToLast(); more; more = cursor.previous()) {
                sum += cursor.trailer() + cursor.keyLength();
                seen++;
            }
            check(seen == entries && sum != 0);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void map() {
        var map = new ConcurrentSkipListMap<byte[], byte[]>(Arrays::compareUnsigned);
        byte[] bytes = new byte[VALUE_BYTES];
        time(4, () -> {
            for (int i = 0; i < entries; i++) {
                map.put(Arrays.copyOfRange(inserted, i * shape.bytes, (i + 1) * shape.bytes),
                        bytes.clone());
            }
        });
        time(5, () -> {
            byte[] key = new byte[shape.bytes];
            for (int i = 0; i < entries; i++) {
                System.arraycopy(looked, i * shape.bytes, key, 0, shape.bytes);
                check(map.get(key) != null);
            }
        });
        time(6, () -> check(walk(map) != 0));
        time(7, () -> check(walk(map.descendingMap()) != 0));
    }

    private static long walk(Map<byte[], byte[]> map) {
        long sum = 0;
        for (var entry : map.entrySet()) {
            sum += entry.getKey().length + entry.getValue().length;
        }
        return sum;
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
