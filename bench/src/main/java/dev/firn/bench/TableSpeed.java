package dev.firn.bench;

import dev.firn.cache.BlockCache;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableCursor;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableSettings;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import dev.firn.util.ChunkPool;
import dev.firn.util.Hash64;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/// Writes a table, reads it at random and scans it, for several shapes of keys and codecs. One
/// thread.
///
/// Times are processor time of that thread per entry or read (with the time in the kernel), the
/// best of several rounds, so that a busy machine disturbs them little.
///
/// `java -cp core/target/classes:bench/target/classes dev.firn.bench.TableSpeed [entries]
/// [directory]`
public final class TableSpeed {
    private static final int VALUE_LENGTH = 100;
    private static final int ROUNDS = 5;
    private static final int READS = 1_000_000;

    private enum Shape {
        RANDOM, DECIMAL, TEXT;

        byte[] key(SplittableRandom r, int i) {
            return switch (this) {
                case RANDOM -> {
                    byte[] key = new byte[16];
                    r.nextBytes(key);
                    yield key;
                }
                case DECIMAL -> "%016d".formatted(7L * i).getBytes(StandardCharsets.US_ASCII);
                case TEXT -> "shop/customer/%08d/order/%02d".formatted(i / 10 * 3, i % 10)
                        .getBytes(StandardCharsets.US_ASCII);
            };
        }

        byte[] missing(byte[] key) {
            byte[] other = key.clone();
            other[other.length - 1] ^= 0x40;
            return other;
        }
    }

    private final int entries;
    private final Storage storage;
    private final MemoryBudget budget = new MemoryBudget(3L << 30);
    private final ChunkPool pool = new ChunkPool(budget, 1 << 20);
    private final BlockCache cache = new BlockCache(pool, 2L << 30);
    private final BufferPool buffers = new BufferPool(pool, 4 << 20);
    private final ReadCounters counters = new ReadCounters();
    private final ReadScratch scratch = new ReadScratch(buffers, counters);
    private final Codecs codecs = new Codecs();
    private final ValueTarget target = new ValueTarget();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long sink;
    private int files;

    private TableSpeed(int entries, Storage storage) {
        this.entries = entries;
        this.storage = storage;
        budget.setReclaimer(cache);
    }

    /// Runs it.
    public static void main(String[] args) throws IOException {
        int entries = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path directory = args.length > 1
                ? Path.of(args[1])
                : Files.createTempDirectory("firn-table-speed");
        try (Storage storage = new FileStorage(directory)) {
            storage.create();
            System.out.println(entries + " entries, values of " + VALUE_LENGTH
                    + " bytes, blocks of 4 KiB, 10 bits of filter a key; ns of processor time");
            System.out.println("keys     codec   bytes/entry  write    get  get absent  next"
                    + "  previous");
            var speed = new TableSpeed(entries, storage);
            for (Shape shape : Shape.values()) {
                for (String codec : new String[]{"none", "lz4"}) {
                    speed.measure(shape, codec);
                }
            }
            speed.scratch.close();
            System.out.println("(" + speed.sink + ")");
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private double best(long operations, int rounds, Work work) throws IOException {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < rounds; round++) {
            long start = threads.getCurrentThreadCpuTime();
            work.run();
            best = Math.min(best,
                    (double) (threads.getCurrentThreadCpuTime() - start) / operations);
        }
        return best;
    }

    private void measure(Shape shape, String codec) throws IOException {
        var random = new SplittableRandom(1);
        byte[][] keys = new byte[entries][];
        for (int i = 0; i < entries; i++) {
            keys[i] = shape.key(random, i);
        }
        Arrays.sort(keys, Arrays::compareUnsigned);
        double write = write(keys, codec);
        TableIdentity identity = TableIdentity.of(1, files);
        String name = files + ".sst";
        try (Table table = Table.open(storage.open(name), identity, codecs, cache, pool,
                scratch)) {
            byte[][] present = new byte[READS][];
            byte[][] absent = new byte[READS][];
            for (int i = 0; i < READS; i++) {
                present[i] = keys[random.nextInt(entries)].clone();
                absent[i] = shape.missing(keys[random.nextInt(entries)]);
            }
            try (Arena arena = Arena.ofShared()) {
                target.toMemory(arena.allocate(VALUE_LENGTH));
                double get = best(READS, ROUNDS, () -> get(table, present));
                double missing = best(READS, ROUNDS, () -> get(table, absent));
                double next = best(entries, ROUNDS, () -> scan(table, true));
                double previous = best(entries, ROUNDS, () -> scan(table, false));
                System.out.printf(Locale.ROOT, "%-8s %-6s %12.1f %6.0f %6.0f %11.0f %5.1f %9.1f%n",
                        shape.name().toLowerCase(Locale.ROOT), codec,
                        (double) table.facts().fileBytes() / entries, write, get, missing, next,
                        previous);
            }
        }
        storage.delete(name);
    }

    private double write(byte[][] keys, String codec) throws IOException {
        int keyLength = keys[0].length;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate((long) keyLength * keys.length);
            for (int i = 0; i < keys.length; i++) {
                Bytes.copy(keys[i], 0, source, (long) i * keyLength, keyLength);
            }
            // Half of each value is noise, half is text that repeats.
            MemorySegment values = arena.allocate(1 << 20);
            var random = new SplittableRandom(2);
            for (long at = 0; at < values.byteSize(); at += 8) {
                values.set(Bytes.LONG, at,
                        at % VALUE_LENGTH < VALUE_LENGTH / 2
                                ? random.nextLong()
                                : 0x6e72694620736920L);
            }
            var settings = new TableSettings(codecs.byName(codec), 4096, 10);
            return best(keys.length, 4, () -> {
                if (storage.exists(files + ".sst")) {
                    storage.delete(files + ".sst");
                }
                files++;
                var writer = new TableWriter(storage.create(files + ".sst"),
                        TableIdentity.of(1, files), settings, 0, budget);
                long valuesMax = values.byteSize() / VALUE_LENGTH - 1;
                for (int i = 0; i < keys.length; i++) {
                    writer.add(source, (long) i * keyLength, keyLength,
                            Trailer.of((i * 2654435761L) & 0xffffff, ValueKind.PUT), values,
                            i % valuesMax * VALUE_LENGTH, VALUE_LENGTH);
                }
                TableFacts facts = writer.finish();
                sink += facts.fileBytes();
            });
        }
    }

    private void get(Table table, byte[][] keys) throws IOException {
        for (byte[] key : keys) {
            sink += table.get(key, 0, key.length, Hash64.hash(key, 0, key.length),
                    Trailer.SEQUENCE_MAX, scratch, target);
        }
    }

    private void scan(Table table, boolean isForward) throws IOException {
        try (TableCursor cursor = table.cursor(buffers, counters, null, null, true)) {
            boolean is = isForward ? cursor.seekToFirst() : cursor.seekToLast();
            while (is) {
                sink += cursor.keyMemory().get(Bytes.LONG, 0) + cursor.valueLength();
                is = isForward ? cursor.next() : cursor.previous();
            }
        }
    }
}
