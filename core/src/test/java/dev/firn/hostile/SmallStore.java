package dev.firn.hostile;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.DumpLine;
import dev.firn.DumpOptions;
import dev.firn.Durability;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.WriteBatch;
import dev.firn.engine.FileDump;
import dev.firn.engine.Store;
import dev.firn.util.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A store of a few small files, made through the public API, with what it holds and where that
/// lies. A seed decides everything.
///
/// It has three keyspaces, tables on several levels, a manifest of several edits, and a log whose
/// last records are in no table.
final class SmallStore {
    /// How its life ended.
    enum End {
        /// By a crash of the process: the log has its full size, the rest of it zeros.
        CRASHED,
        /// Like that, with the log in a file that was recycled: the rest are stale records.
        RECYCLED,
        /// Closed: the log ends with a close record, and so does its file.
        CLOSED
    }

    /// A block of a table, for which the keys in it are known if it is one of data.
    record Block(long from, long to, boolean isData, String firstKey, String lastKey) {}

    private static final Pattern KEY = Pattern.compile("(first|last) key of [0-9]+ bytes: (.*)");
    private static final Pattern STORED = Pattern.compile(
            "(data|value|index|filter|top index|properties) block [0-9]+: stored ([0-9]+) bytes.*");
    private static final int ENVELOPE = 16;
    private static final int LOG_BYTES = 1024;

    final End end;
    final MemoryDirectory files;

    /// What it holds after so many commits of the log.
    final List<Contents> states = new ArrayList<>();

    /// So many of these commits were durable, and the log has a later record that says so.
    int claimed;

    /// Every key that ever was there.
    final TreeMap<String, TreeSet<String>> keys = new TreeMap<>();

    /// The log's name, and where the records of the commits begin.
    String log = "";
    final List<Long> starts = new ArrayList<>();

    /// Where the last of them ends.
    long logEnd;

    /// The blocks of each table.
    final TreeMap<String, List<Block>> blocks = new TreeMap<>();

    /// The keyspace of each table.
    final TreeMap<String, String> keyspaceOf = new TreeMap<>();

    private final Random random;
    private final Opener opener;
    private final KeyspaceOptions options;
    private final Contents now = new Contents();
    private byte[] firstLog = {};
    private MemoryDirectory directory = new MemoryDirectory();

    /// Makes it.
    SmallStore(Opener opener, long seed) {
        this(opener, seed, End.values()[Math.floorMod(seed, 3)], 0x1234_5678L + seed);
    }

    /// Makes one that ends in a certain way, with a certain identity.
    SmallStore(Opener opener, long seed, End end, long storeId) {
        this.opener = opener;
        this.end = end;
        random = new Random(seed);
        int codec = Math.floorMod(seed / 3 + end.ordinal(), 3);
        options = new KeyspaceOptions(CompactionShape.values()[Math.floorMod(seed, 3)],
                Compression.values()[codec], 1024, 5 * random.nextInt(3), 64L << 10);
        tables(storeId);
        files = log(storeId);
        locate();
    }

    /// The state it is in.
    Contents last() {
        return states.getLast();
    }

    private Store open(long storeId) {
        return opener.open(directory, false, options, storeId);
    }

    /// Writes tables.
    private void tables(long storeId) {
        try (Store store = open(storeId)) {
            Keyspace main = store.keyspace("default");
            Keyspace second = store.createKeyspace("second", options);
            now.of("default");
            now.of("second");
            for (int i = 0; i < 22; i++) {
                put(main, "key" + (100 + i), value(40 + random.nextInt(40)), Durability.NONE);
                if (i == 11) {
                    // Two tables, so that they are really merged, and compressed.
                    put(main, "key" + 121, value(9), Durability.NONE);
                    store.flush();
                }
            }
            store.flush();
            store.compact();
            store.pauseCompaction();
            for (int i = 3; i < 20; i += 4) {
                put(main, "key" + (100 + i), i == 7 ? null : value(20), Durability.SYNC);
                put(second, "other" + i, value(random.nextInt(30)), Durability.BUFFERED);
            }
            for (int i = 0; i < 20; i++) {
                put(second, "more" + i, value(30), Durability.BUFFERED);
            }
            firstLog = directory.bytes(directory.names().stream().filter(n -> n.endsWith(".log"))
                    .toList().getLast());
            store.flush();
            directory = end == End.CLOSED ? directory : directory.fork();
        }
    }

    /// Opens it again and writes to the log.
    private MemoryDirectory log(long storeId) {
        MemoryDirectory closed = directory;
        MemoryDirectory left;
        try (Store store = open(storeId)) {
            Keyspace main = store.keyspace("default");
            Keyspace second = store.keyspace("second");
            Keyspace late = store.createKeyspace("late", options);
            now.of("late");
            states.add(now.copy());
            int lastSynced = 0;
            for (int i = 1; i <= 14; i++) {
                boolean isSync = i % 3 == 0;
                commit(store, i, isSync, List.of(main, second, late));
                claimed = lastSynced;
                lastSynced = isSync ? i : lastSynced;
            }
            claimed = Math.max(claimed, lastSynced < 14 ? lastSynced : claimed);
            left = directory.fork();
        }
        if (end == End.CLOSED) {
            claimed = 14;
            return closed.fork();
        }
        String name = left.names().stream().filter(n -> n.endsWith(".log")).toList().getLast();
        left.put(name, shrunk(left.bytes(name), (int) left.used(name)));
        return left;
    }

    /// The log as if it had been made with few bytes, so that it is read quickly; the rest of a
    /// recycled one are records of an older log.
    private byte[] shrunk(byte[] large, int used) {
        byte[] small = end == End.RECYCLED
                ? Arrays.copyOf(firstLog, LOG_BYTES)
                : new byte[LOG_BYTES];
        System.arraycopy(large, 0, small, 0, used);
        Bytes.putLong(small, 48, LOG_BYTES);
        Forge.logHeader(small);
        return small;
    }

    private void commit(Store store, int i, boolean isSync, List<Keyspace> keyspaces) {
        Durability durability = isSync ? Durability.SYNC : Durability.BUFFERED;
        Keyspace keyspace = keyspaces.get(random.nextInt(3));
        if (i % 4 == 1) {
            WriteBatch batch = WriteBatch.create();
            for (Keyspace each : keyspaces) {
                String key = "key" + (100 + random.nextInt(26));
                String value = value(random.nextInt(12));
                batch.put(each, Contents.bytes(key), Contents.bytes(value));
                set(each, key, value);
            }
            store.write(batch, durability);
        } else {
            put(keyspace, "key" + (100 + random.nextInt(26)), i % 5 == 0 ? null : value(9),
                    durability);
        }
        states.add(now.copy());
    }

    private void put(Keyspace to, String key, @Nullable String value, Durability durability) {
        if (value == null) {
            to.delete(Contents.bytes(key), durability);
        } else {
            to.put(Contents.bytes(key), Contents.bytes(value), durability);
        }
        set(to, key, value);
    }

    private void set(Keyspace to, String key, @Nullable String value) {
        keys.computeIfAbsent(to.name(), _ -> new TreeSet<>()).add(key);
        now.set(to.name(), key, value);
    }

    private String value(int length) {
        StringBuilder text = new StringBuilder("v").append(random.nextInt(1000));
        // Of one kind, so that it can be compressed.
        char filling = (char) ('a' + random.nextInt(26));
        while (text.length() < length) {
            text.append(filling);
        }
        return text.toString();
    }

    /// Finds the records of the log and the blocks of the tables in the files, which are whole.
    private void locate() {
        for (String name : files.names()) {
            if (name.endsWith(".sst")) {
                blocks.put(name, blocksOf(name));
            } else if (name.endsWith(".log") && recordsOf(name).size() >= states.size() - 1) {
                log = name;
                List<Long> records = recordsOf(name);
                logEnd = endOfRecords(name);
                starts.addAll(records.subList(records.size() - (states.size() - 1),
                        records.size()));
            }
        }
        try (Store store = opener.open(files.fork(), true)) {
            store.tree().forEach(tree -> tree.tables().forEach(table -> keyspaceOf
                    .put("%06d.sst".formatted(table.number()), tree.name())));
        }
        if (starts.isEmpty() || blocks.size() < 3) {
            throw new IllegalStateException("not the store that was wanted: " + files.names()
                    + ", records at " + starts);
        }
    }

    private List<DumpLine> dump(String name) {
        List<DumpLine> lines = new ArrayList<>();
        FileDump.dump(files, name, DumpOptions.defaults(), lines::add);
        return lines;
    }

    private List<Long> recordsOf(String name) {
        return dump(name).stream()
                .filter(line -> line.depth() == 1 && line.text().startsWith("batch: ")
                        && !line.text().endsWith("no reader takes it"))
                .map(DumpLine::offset).toList();
    }

    private long endOfRecords(String name) {
        Pattern ends = Pattern.compile("batch: .* ends at ([0-9]+),.*");
        return dump(name).stream().map(line -> ends.matcher(line.text()))
                .filter(match -> match.matches() && !match.group().contains("no reader takes it"))
                .mapToLong(match -> Long.parseLong(match.group(1))).max().orElse(0);
    }

    private List<Block> blocksOf(String name) {
        List<Block> found = new ArrayList<>();
        for (DumpLine line : dump(name)) {
            Matcher block = STORED.matcher(line.text());
            Matcher key = KEY.matcher(line.text());
            if (block.matches()) {
                long stop = line.offset() + ENVELOPE + Long.parseLong(block.group(2));
                found.add(new Block(line.offset(), stop, block.group(1).equals("data"), "", ""));
            } else if (key.matches() && !found.isEmpty()) {
                Block b = found.removeLast();
                boolean isFirst = key.group(1).equals("first");
                found.add(new Block(b.from, b.to, b.isData,
                        isFirst ? key.group(2) : b.firstKey,
                        isFirst ? b.lastKey : key.group(2)));
            }
        }
        return found;
    }
}
