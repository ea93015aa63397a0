package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.key.ValueKind;
import dev.firn.manifest.TableChange;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.util.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A store of numbers under a policy, without I/O: writers, one flush and one merge at a time, each
/// with a speed, in virtual time. It holds real versions and the keys of every table, so overlaps,
/// stale entries and what a read finds are exact. One simulated entry stands for many real ones.
final class CompactionSimulator {
    /// What is simulated.
    ///
    /// @param entryBytes the size of one entry
    /// @param writeSpeed bytes a second that the writers would write if nothing slowed them
    /// @param flushSpeed bytes a second
    /// @param mergeSpeed bytes read a second
    record Setup(
            long entryBytes,
            long bufferBytes,
            long writeSpeed,
            long flushSpeed,
            long mergeSpeed,
            boolean reading,
            boolean learning) {
        static final Setup DEFAULT =
                new Setup(32768, 64L << 20, 300L << 20, 300L << 20, 150L << 20, true, true);

        Setup unread() {
            return new Setup(
                    entryBytes, bufferBytes, writeSpeed, flushSpeed, mergeSpeed, false, learning);
        }

        Setup unlearned() {
            return new Setup(entryBytes, bufferBytes, writeSpeed, flushSpeed, mergeSpeed, reading,
                    false);
        }

        Setup writing(long speed) {
            return new Setup(entryBytes, bufferBytes, speed, flushSpeed, mergeSpeed, reading,
                    learning);
        }
    }

    private record Contents(long[] keys, long[] trailers) {}

    private static final double TICK_SECONDS = 0.02;

    private final CompactionPolicy policy;
    private final Setup setup;
    private final ShadowEstimate estimate = new ShadowEstimate();
    private final Map<Long, Contents> contents = new HashMap<>();
    private final TreeMap<Long, Long> memtable = new TreeMap<>();
    private final List<TreeMap<Long, Long>> frozen = new ArrayList<>();
    private final TreeMap<Long, Long> model = new TreeMap<>();
    private final StringBuilder log = new StringBuilder();
    private Version version = Version.EMPTY;
    private long nextFile = 1;
    private long sequence;
    private long memtableBytes;
    private boolean settling;
    private long live;

    private double flushLeft;
    private boolean flushing;
    private CompactionChoice running = new Idle("");
    private double mergeLeft;

    // Figures.
    private long written;
    private long flushed;
    private long moves;
    private final Map<Purpose, Long> merged = new EnumMap<>(Purpose.class);
    private int runsMax;
    private double spaceMax;
    private long scratchMax;
    private double delayMax;
    private double seconds;
    private double stalled;

    CompactionSimulator(CompactionPolicy policy, Setup setup) {
        this.policy = policy;
        this.setup = setup;
    }

    /// Writes a key, when it is time.
    void put(long key) {
        write(key, ValueKind.PUT);
    }

    void delete(long key) {
        write(key, ValueKind.DELETE);
    }

    private double credit;
    private int hopeless;
    private boolean idle;

    private void write(long key, ValueKind kind) {
        while (credit < setup.entryBytes() || memtableBytes >= setup.bufferBytes()) {
            tick(true);
        }
        credit -= setup.entryBytes();
        long trailer = Trailer.of(++sequence, kind);
        memtable.put(key, trailer);
        Long before = model.put(key, trailer);
        live += (kind == ValueKind.PUT ? 1 : 0)
                - (before != null && !Trailer.isDelete(before) ? 1 : 0);
        memtableBytes += setup.entryBytes();
        written += setup.entryBytes();
    }

    /// Writes nothing until there is nothing to do, the memtable included.
    void settle(boolean flush) {
        settling = true;
        if (flush && !memtable.isEmpty()) {
            freeze();
        }
        do {
            idle = false;
            tick(false);
        } while (flushing || !frozen.isEmpty() || !idle);
        settling = false;
    }

    private Load load() {
        return Load.busy(setup.bufferBytes())
                .withReading(setup.reading())
                .withSettling(settling)
                .withShadowed(setup.learning() ? estimate.share() : -1)
                .withUnflushedBytes(memtableBytes + frozen.size() * setup.bufferBytes());
    }

    private void freeze() {
        frozen.add(new TreeMap<>(memtable));
        memtable.clear();
        memtableBytes = 0;
    }

    private void tick(boolean writing) {
        seconds += TICK_SECONDS;
        Debt debt = policy.debt(version, load());
        if (writing) {
            delayMax = Math.max(delayMax, debt.delay());
            double most = setup.writeSpeed() * TICK_SECONDS;
            boolean full = memtableBytes >= setup.bufferBytes();
            credit = full
                    ? 0
                    : Math.min(credit + most * (1 - debt.delay()), Math.max(most, 1 << 20));
            stalled += full || debt.delay() == 1 ? TICK_SECONDS : 0;
            if (debt.delay() == 1 && running instanceof Idle && !flushing && ++hopeless > 10) {
                throw new AssertionError(
                        "writers wait for nothing: " + debt + "\n" + version.levels() + log);
            }
        }
        if (memtableBytes >= setup.bufferBytes() && frozen.size() < 2) {
            freeze();
        }
        flush(debt);
        merge();
    }

    private void flush(Debt debt) {
        if (!flushing && !frozen.isEmpty() && debt.admitsFlush()) {
            flushing = true;
            flushLeft = frozen.getFirst().size() * setup.entryBytes();
        }
        if (flushing) {
            flushLeft -= setup.flushSpeed() * TICK_SECONDS;
            if (flushLeft <= 0) {
                flushing = false;
                TreeMap<Long, Long> done = frozen.removeFirst();
                Contents c = new Contents(array(done.keySet()), array(done.values()));
                long file = nextFile;
                TableMeta table = table(c, 0, c.keys().length);
                flushed += table.fileBytes();
                sample(c);
                apply(List.of(new TableAdded(1, 0, file, table)));
            }
        }
    }

    /// Looks up some of the flushed keys in the base, as an engine would ask its filters.
    private void sample(Contents c) {
        Stack.Tier base = Stack.of(version, Busy.NOTHING).base();
        int asked = 0;
        int hits = 0;
        for (int i = 0; i < c.keys().length && base != null; i += 16) {
            if (Trailer.isDelete(c.trailers()[i])) {
                continue;
            }
            asked++;
            byte[] key = key(c.keys()[i]).bytes();
            TableMeta table = base.run().tableFor(key, 0, key.length);
            hits +=
                    table != null
                            && Arrays.binarySearch(contents.get(table.file()).keys(), c.keys()[i])
                                    >= 0
                                            ? 1
                                            : 0;
        }
        estimate.add(asked, hits);
    }

    private static long[] array(java.util.Collection<Long> longs) {
        return longs.stream().mapToLong(Long::longValue).toArray();
    }

    private void merge() {
        if (running instanceof Idle) {
            running = policy.choose(version, load(), Busy.NOTHING);
            while (running instanceof CompactionChoice.Move
                    || running instanceof CompactionChoice.Drop) {
                note(running.getClass().getSimpleName() + ": " + running.reason());
                moves++;
                apply(Installation.changes(running, 1, List.of()));
                running = policy.choose(version, load(), Busy.NOTHING);
            }
            idle = running instanceof Idle;
            if (running instanceof Merge m) {
                mergeLeft = m.fileBytes();
                checkDisjoint(m);
            }
        }
        if (running instanceof Merge m) {
            hopeless = 0;
            mergeLeft -= setup.mergeSpeed() * TICK_SECONDS;
            if (mergeLeft <= 0) {
                running = new Idle("");
                finish(m);
            }
        }
    }

    /// A further choice beside a running one must not touch its tables.
    private void checkDisjoint(Merge first) {
        CompactionChoice second = policy.choose(version, load(), Busy.with(List.of(first)));
        for (Input input : first.inputs()) {
            for (TableMeta table : input.tables()) {
                assertThat(second.uses(table.file())).as("%s beside %s", second, first).isFalse();
            }
        }
    }

    private void finish(Merge merge) {
        assertThat(Installation.isStillValid(merge, version)).isTrue();
        List<long[]> all = new ArrayList<>();
        for (Input input : merge.inputs()) {
            for (TableMeta table : input.tables()) {
                Contents c = contents.get(table.file());
                long from = merge.from() == null ? 0 : number(merge.from());
                long to = merge.to() == null ? Long.MAX_VALUE : number(merge.to());
                for (int i = 0; i < c.keys().length; i++) {
                    long key = c.keys()[i];
                    if (isVisible(table, key) && from <= key && key < to) {
                        all.add(new long[]{key, c.trailers()[i]});
                    }
                }
            }
        }
        all.sort(
                (a, b) -> a[0] != b[0]
                        ? Long.compare(a[0], b[0])
                        : Long.compareUnsigned(b[1], a[1]));
        long[] keys = new long[all.size()];
        long[] trailers = new long[all.size()];
        int n = 0;
        long last = Long.MIN_VALUE;
        for (long[] entry : all) {
            if (entry[0] == last) {
                continue;
            }
            last = entry[0];
            if (Trailer.isDelete(entry[1]) && !mayBeOlder(merge, entry[0])) {
                continue;
            }
            keys[n] = entry[0];
            trailers[n++] =
                    merge.isBottom() && !Trailer.isDelete(entry[1])
                            ? ValueKind.PUT.code()
                            : entry[1];
        }
        Contents c = new Contents(Arrays.copyOf(keys, n), Arrays.copyOf(trailers, n));
        var outputs = new ArrayList<TableMeta>();
        int tableEntries = (int) Math.max(1, merge.tableBytes() / setup.entryBytes());
        long bytes = 0;
        for (int at = 0; at < n; at += tableEntries) {
            outputs.add(table(c, at, Math.min(n, at + tableEntries)));
            bytes += outputs.getLast().fileBytes();
        }
        merged.merge(merge.purpose(), bytes, Long::sum);
        scratchMax = Math.max(scratchMax, bytes);
        note("Merge " + merge.purpose() + " to L" + merge.level() + " " + Text.bytes(bytes) + ": "
                + merge.reason());
        apply(Installation.changes(merge, 1, outputs));
        if (merge.level() > 0) {
            assertThat(outputs.size()).isLessThan(4096);
        }
    }

    private static boolean mayBeOlder(Merge merge, long key) {
        return merge.older().spans().stream()
                .anyMatch(s -> s.first().compareTo(key(key)) <= 0 && !s.isBefore(key(key)));
    }

    private static boolean isVisible(TableMeta table, long key) {
        long end = number(table.end());
        return number(table.first()) <= key
                && (key < end || (key == end && !table.isEndExclusive()));
    }

    /// A number as near to a key as can be: justBehind makes keys of nine bytes.
    private static long number(UserKey key) {
        return Bytes.word(key.bytes(), 0, key.bytes().length) + (key.bytes().length > 8 ? 1 : 0);
    }

    private void apply(List<? extends TableChange> changes) {
        version = version.apply(changes);
        var kept = new ArrayList<Long>();
        version.forEachTable(table -> kept.add(table.file()));
        contents.keySet().retainAll(kept);
        runsMax = Math.max(runsMax, runsOfAKey());
        spaceMax = Math.max(spaceMax, space());
    }

    /// The most runs that any one key may lie in.
    private int runsOfAKey() {
        int most = 0;
        for (var run : version.runs()) {
            byte[] first = run.table(0).first().bytes();
            int runs = 0;
            for (var other : version.runs()) {
                int at = other.seek(first, 0, first.length);
                boolean behind = other.table(0).isAfter(first, 0, first.length);
                runs += at < other.tableCount() && !behind ? 1 : 0;
            }
            most = Math.max(most, runs);
        }
        return most;
    }

    private void note(String line) {
        if (log.length() < 200_000) {
            log.append(String.format(Locale.ROOT, "%8.2f s  %s%n", seconds, line));
        }
    }

    private TableMeta table(Contents all, int from, int to) {
        Contents c =
                new Contents(
                        Arrays.copyOfRange(all.keys(), from, to),
                        Arrays.copyOfRange(all.trailers(), from, to));
        long tombstones = Arrays.stream(c.trailers()).filter(Trailer::isDelete).count();
        long file = nextFile++;
        contents.put(file, c);
        long bytes = (to - from) * setup.entryBytes();
        return new TableMeta(
                file,
                file,
                bytes,
                bytes,
                to - from,
                tombstones,
                key(c.keys()[0]),
                key(c.keys()[to - from - 1]),
                null,
                null,
                Arrays.stream(c.trailers()).map(Trailer::sequence).min().orElse(0),
                Arrays.stream(c.trailers()).map(Trailer::sequence).max().orElse(0),
                0,
                0);
    }

    static UserKey key(long number) {
        byte[] bytes = new byte[8];
        Bytes.putWord(bytes, 0, number);
        return UserKey.owning(bytes);
    }

    /// Forgets the figures so far, as after a load.
    void startMeasuring() {
        written = 0;
        flushed = 0;
        moves = 0;
        merged.clear();
        runsMax = runsOfAKey();
        spaceMax = 0;
        scratchMax = 0;
        delayMax = 0;
        stalled = 0;
        seconds = 0;
    }

    /// Every key of the model reads as the model says, through the runs in the order of reads.
    void check() {
        Map<Long, Boolean> found = new HashMap<>();
        version
                .runs()
                .forEach(
                        run -> run.tables()
                                .forEach(
                                        table -> {
                                            Contents c = contents.get(table.file());
                                            for (int i = 0; i < c.keys().length; i++) {
                                                if (isVisible(table, c.keys()[i])) {
                                                    found.putIfAbsent(c.keys()[i],
                                                            !Trailer.isDelete(c.trailers()[i]));
                                                }
                                            }
                                        }));
        for (var map : frozen) {
            map.forEach((k, t) -> found.put(k, !Trailer.isDelete(t)));
        }
        memtable.forEach((k, t) -> found.put(k, !Trailer.isDelete(t)));
        long alive = found.values().stream().filter(b -> b).count();
        assertThat(alive).isEqualTo(live);
        model.forEach(
                (k, t) -> assertThat(found.getOrDefault(k, false)).isEqualTo(!Trailer.isDelete(t)));
    }

    Version version() {
        return version;
    }

    String log() {
        return log.toString();
    }

    int runs() {
        return version.runCount();
    }

    int runsMax() {
        return runsMax;
    }

    double space() {
        double bytes = version.totals().fileBytes();
        return live == 0 ? 1 : bytes / (live * setup.entryBytes());
    }

    double spaceMax() {
        return spaceMax;
    }

    long moves() {
        return moves;
    }

    long scratchMax() {
        return scratchMax;
    }

    double writeAmplification() {
        long sum = flushed + merged.values().stream().mapToLong(Long::longValue).sum();
        return (double) sum / written;
    }

    double amplification(Purpose purpose) {
        return (double) merged.getOrDefault(purpose, 0L) / written;
    }

    double mebibytesPerSecond() {
        return written / seconds / (1 << 20);
    }

    /// One line of the table.
    String line(String name) {
        return String.format(
                Locale.ROOT,
                "| %-44s | %5.2f | %5.2f | %5.2f | %5.2f | %4d | %5.2f | %5d | %5.0f | %4.2f |",
                name,
                writeAmplification(),
                amplification(Purpose.RUNS),
                amplification(Purpose.SPACE) + amplification(Purpose.TOMBSTONES),
                amplification(Purpose.SETTLE),
                runsMax,
                spaceMax,
                scratchMax >> 20,
                mebibytesPerSecond(),
                delayMax);
    }

    static String header() {
        return """
                | load                                         |    WA |  runs | space | settle | runs | space | scratch | MB/s | delay |
                |                                              | total | WA    | WA    | WA     | max  | max   | MiB max |      | max   |
                |---|---|---|---|---|---|---|---|---|---|""";
    }
}
