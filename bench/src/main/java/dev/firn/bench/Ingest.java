package dev.firn.bench;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Statistics;
import dev.firn.StoreEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/// Loads many small entries in random order through the library, on one thread, then reads
/// everything back: by point reads, and by full scans in both directions.
///
/// `java -Xmx512m -cp … dev.firn.bench.Ingest DIR [ENTRIES] [random|text] [BUDGET_MB]
/// [COMPACTION_MB_PER_S]`
///
/// Keys have 16 bytes (a scrambled number in hexadecimal), or with `text` a prefix of 20 bytes
/// before it; values have 100 bytes, half of them compressible. Prints entries per second until
/// acknowledged and until idle, the peak of anonymous resident memory, bytes written and size on
/// disk, runs a read consults, the distribution of put latencies, and a line a second. With a bound
/// for compaction, writes are faster than what follows can be and have to be slowed.
public final class Ingest {
    private static final int VALUE_BYTES = 100;
    private static final byte[] PREFIX = "user/profile/avatar/".getBytes(StandardCharsets.US_ASCII);

    private final Path directory;
    private final long entries;
    private final boolean text;
    private final long budget;
    private final long rate;
    private final byte[] key;
    private final byte[] value = new byte[VALUE_BYTES];

    private Ingest(Path directory, long entries, boolean text, long budget, long rate) {
        this.directory = directory;
        this.entries = entries;
        this.text = text;
        this.budget = budget;
        this.rate = rate;
        this.key = new byte[(text ? PREFIX.length : 0) + 16];
    }

    /// Runs it.
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            System.err.println("usage: Ingest DIR [ENTRIES] [random|text] [BUDGET_MB]"
                    + " [COMPACTION_MB_PER_S]");
            System.exit(2);
        }
        long entries = args.length > 1 ? Long.parseLong(args[1]) : 10_000_000;
        boolean text = args.length > 2 && args[2].equals("text");
        long budget = (args.length > 3 ? Long.parseLong(args[3]) : 256) << 20;
        long rate = (args.length > 4 ? Long.parseLong(args[4]) : 0) << 20;
        new Ingest(Path.of(args[0]), entries, text, budget, rate).run();
    }

    private void run() throws IOException {
        try (ResidentMemory memory = new ResidentMemory()) {
            Options options =
                    Options.defaults().withMemoryBytes(budget).withDurability(Durability.BUFFERED)
                            .withCompactionBytesPerSecond(rate).withListener(Ingest::tell);
            try (Firn store = Firn.open(directory, options)) {
                memory.baseline();
                load(store);
                report(store, memory);
                read(store);
                scan(store, true);
                scan(store, false);
                System.out.printf("anonymous resident peak  %,d MB (empty store %,d MB)%n",
                        memory.peakBytes() >> 20, memory.baselineBytes() >> 20);
            }
        }
    }

    /// Long merges are told, for they explain the seconds after.
    private static void tell(StoreEvent event) {
        if (event instanceof StoreEvent.Compacted merge && merge.nanos() > 1_000_000_000L) {
            System.out.printf(Locale.ROOT, "%45smerged %,d MB to level %d in %.1f s: %s%n", "",
                    merge.bytesRead() >> 20, merge.outputLevel(), merge.nanos() / 1e9,
                    merge.reason());
        }
    }

    private void load(Firn store) {
        Keyspace keyspace = store.keyspace();
        Latencies latencies = new Latencies();
        long started = System.nanoTime();
        long before = started;
        long second = started;
        long counted = 0;
        long longest = 0;
        for (long i = 0; i < entries; i++) {
            fill(i);
            keyspace.put(key, value);
            long now = System.nanoTime();
            latencies.add(now - before);
            longest = Math.max(longest, now - before);
            if (now - second >= 1_000_000_000L) {
                Statistics.KeyspaceStatistics tree = store.statistics().keyspaces().getFirst();
                System.out.printf(Locale.ROOT,
                        "second %3d  %,9d puts, longest %6.1f ms, %2d runs, %3d MB unflushed%n",
                        (now - started) / 1_000_000_000L, i - counted, longest / 1e6,
                        tree.runs(), (tree.memtableBytes() + tree.frozenBytes()) >> 20);
                second = now;
                counted = i;
                longest = 0;
            }
            before = now;
        }
        double acknowledged = (System.nanoTime() - started) / 1e9;
        boolean idle = store.awaitIdle(Duration.ofMinutes(10));
        double settled = (System.nanoTime() - started) / 1e9;
        if (!idle) {
            throw new IllegalStateException("the store was not idle after ten minutes");
        }
        System.out.printf(Locale.ROOT, "acknowledged  %,.0f entries/s (%.2f s)%n",
                entries / acknowledged, acknowledged);
        System.out.printf(Locale.ROOT, "until idle    %,.0f entries/s (%.2f s)%n",
                entries / settled, settled);
        System.out.println("put latency   " + latencies);
    }

    private void report(Firn store, ResidentMemory memory) throws IOException {
        Statistics s = store.statistics();
        double user = (double) entries * (key.length + VALUE_BYTES);
        long disk = sizeOnDisk();
        long tables = s.work().bytesFlushed() + s.work().bytesCompacted();
        System.out.printf(Locale.ROOT, "user bytes    %,.0f MB%n", user / 1e6);
        System.out.printf(Locale.ROOT, "written       %,d MB log, %,d MB flushed, %,d MB compacted"
                + " (of it merging down %,d MB): %.2f x user bytes%n",
                s.log().bytesWritten() / 1_000_000, s.work().bytesFlushed() / 1_000_000,
                s.work().bytesCompacted() / 1_000_000, s.work().bytesMergedDown() / 1_000_000,
                (s.log().bytesWritten() + tables) / user);
        System.out.printf(Locale.ROOT, "on disk       %,d MB (%.2f x user bytes)%n",
                disk / 1_000_000,
                disk / user);
        System.out.println("runs a read   " + s.keyspaces().getFirst().runs());
        System.out.printf("budget        %,d MB, peak accounted %,d MB%n", s.memory().limit() >> 20,
                s.memory().peak() >> 20);
        System.out.println("stalls        " + s.stalls());
        System.out.printf("anonymous resident peak while loading  %,d MB%n",
                memory.peakBytes() >> 20);
    }

    private long sizeOnDisk() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(Ingest::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            // A table that was merged away just now.
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Firn store) {
        Keyspace keyspace = store.keyspace();
        MemorySegment target = MemorySegment.ofArray(new byte[VALUE_BYTES]);
        long reads = Math.min(entries, 2_000_000);
        long started = System.nanoTime();
        for (long i = 0; i < reads; i++) {
            fill(Long.remainderUnsigned(scramble(i + 7), entries));
            int length = keyspace.get(key, target);
            if (length != VALUE_BYTES || target.mismatch(MemorySegment.ofArray(value)) != -1) {
                throw new IllegalStateException("a wrong value came back");
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(Locale.ROOT, "point reads   %,.0f/s, all right%n", reads / seconds);
    }

    private void scan(Firn store, boolean forward) {
        byte[] last = null;
        long count = 0;
        byte[] expected = new byte[VALUE_BYTES];
        long started = System.nanoTime();
        try (Cursor cursor = store.scan(KeyRange.all())) {
            while (forward ? cursor.next() : cursor.previous()) {
                byte[] k = cursor.key();
                int order = last == null ? 1 : Arrays.compareUnsigned(k, last);
                if (last != null && (forward ? order <= 0 : order >= 0)) {
                    throw new IllegalStateException("keys out of order");
                }
                last = k;
                count++;
                if (count % 16 == 0) {
                    fillValue(k, expected);
                    if (!Arrays.equals(cursor.value(), expected)) {
                        throw new IllegalStateException("a wrong value came back");
                    }
                }
            }
        }
        if (count != entries) {
            throw new IllegalStateException(count + " entries instead of " + entries);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(Locale.ROOT, "scan %-8s %,.0f entries/s, all there, in order%n",
                forward ? "forward" : "backward", count / seconds);
    }

    private void fill(long i) {
        int at = 0;
        if (text) {
            System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
            at = PREFIX.length;
        }
        long number = scramble(i);
        for (int digit = 15; digit >= 0; digit--) {
            key[at + digit] = (byte) "0123456789abcdef".charAt((int) (number & 15));
            number >>>= 4;
        }
        fillValue(key, value);
    }

    private static void fillValue(byte[] key, byte[] value) {
        long state = Arrays.hashCode(key) * 0x9e3779b97f4a7c15L + 1;
        for (int j = 0; j < VALUE_BYTES / 2; j++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            value[j] = (byte) state;
            value[VALUE_BYTES - 1 - j] = 'x';
        }
    }

    /// A permutation of the 64-bit numbers (the finaliser of MurmurHash3).
    private static long scramble(long x) {
        x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
        x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return x ^ (x >>> 33);
    }
}
