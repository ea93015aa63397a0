package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.MergeJob.Progress;
import dev.firn.cursor.Entry;
import dev.firn.cursor.RandomEntries;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import dev.firn.manifest.TableMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Merges in memory: what readers see stays, what nobody needs goes.
class MergeJobTest {
    private static final long LATEST = Trailer.SEQUENCE_MAX;
    private static final long SEQUENCES = 5;

    private static Merge merge(
            List<Input> inputs, @Nullable UserKey from, @Nullable UserKey to, KeySpans older,
            long bytes) {
        return new Merge(inputs, from, to, 6, 1, older, Purpose.RUNS, bytes, true, "test");
    }

    private static UserKey key(String text) {
        return UserKey.owning(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static NavigableSet<Entry> run(MergeJob job, MemoryTables tables, int step)
            throws IOException {
        while (job.step(step) == Progress.MORE) {
            assertThat(job.entriesRead()).isPositive();
        }
        NavigableSet<Entry> all = new TreeSet<>();
        for (TableMeta output : job.outcome().outputs()) {
            all.addAll(tables.files.get(output.file()));
        }
        tables.checkNothingOpen();
        return all;
    }

    /// Every history of one key with up to five versions (each absent, a put or a tombstone) under
    /// every set of snapshots, with and without older data below: one key for each history.
    @Test
    void everyReaderSeesTheSameAndNothingUnneededStays() throws IOException {
        for (int snapshotSet = 0; snapshotSet < 1 << (SEQUENCES + 1); snapshotSet++) {
            long[] snapshots = snapshots(snapshotSet);
            for (boolean covered : new boolean[]{false, true}) {
                MemoryTables tables = new MemoryTables();
                List<NavigableSet<Entry>> sources = List.of(new TreeSet<>(), new TreeSet<>());
                int histories = (int) Math.pow(3, SEQUENCES);
                for (int history = 0; history < histories; history++) {
                    for (Entry entry : versions(history)) {
                        sources.get(entry.sequence() > 3 ? 0 : 1).add(entry);
                    }
                }
                TableMeta newer = tables.write(sources.get(0));
                TableMeta older = tables.write(sources.get(1));
                KeySpans spans = covered ? KeySpans.of(List.of(newer, older)) : KeySpans.NONE;
                Merge merge =
                        merge(
                                List.of(new Input(0, 2, List.of(newer)),
                                        new Input(0, 1, List.of(older))),
                                null,
                                null,
                                spans,
                                1 << 20);
                NavigableSet<Entry> out =
                        run(new MergeJob(merge, 1, snapshots, tables, () -> false), tables, 1000);
                for (int history = 0; history < histories; history++) {
                    check(history, versions(history), of(out, history), snapshots, covered);
                }
            }
        }
    }

    private static long[] snapshots(int set) {
        long[] snapshots = new long[Integer.bitCount(set)];
        int n = 0;
        for (int s = 0; s <= SEQUENCES; s++) {
            if ((set & 1 << s) != 0) {
                snapshots[n++] = s;
            }
        }
        return snapshots;
    }

    private static String name(int history) {
        return String.format("key%04d", history);
    }

    private static List<Entry> versions(int history) {
        List<Entry> versions = new ArrayList<>();
        int rest = history;
        for (long sequence = 1; sequence <= SEQUENCES; sequence++, rest /= 3) {
            if (rest % 3 == 1) {
                versions.add(Entry.put(name(history), sequence, "v" + sequence));
            } else if (rest % 3 == 2) {
                versions.add(Entry.delete(name(history), sequence));
            }
        }
        versions.sort(null);
        return versions;
    }

    private static List<Entry> of(NavigableSet<Entry> all, int history) {
        byte[] name = name(history).getBytes(StandardCharsets.ISO_8859_1);
        List<Entry> found = new ArrayList<>(all.tailSet(new Entry(name, -1, new byte[0])));
        return found.stream().takeWhile(e -> Arrays.equals(e.key(), name)).toList();
    }

    /// What a reader at a sequence gets: a value, "nothing", or, if it has to look further, "below".
    private static String read(List<Entry> versions, long sequence, boolean covered) {
        for (Entry entry : versions) {
            if (entry.sequence() <= sequence) {
                return entry.isDelete()
                        ? "nothing"
                        : new String(entry.value(), StandardCharsets.US_ASCII);
            }
        }
        return covered ? "below" : "nothing";
    }

    private static List<String> reads(List<Entry> versions, long[] snapshots, boolean covered) {
        List<String> reads = new ArrayList<>();
        for (long snapshot : snapshots) {
            reads.add(read(versions, snapshot, covered));
        }
        reads.add(read(versions, LATEST, covered));
        return reads;
    }

    private static void check(
            int history, List<Entry> before, List<Entry> after, long[] snapshots, boolean covered) {
        String what =
                before + " with " + Arrays.toString(snapshots) + (covered ? " covered" : "") + ": "
                        + after;
        List<String> reads = reads(before, snapshots, covered);
        if (!reads(after, snapshots, covered).equals(reads)) {
            assertThat(reads(after, snapshots, covered)).as(what).isEqualTo(reads);
        }
        for (Entry entry : after) {
            List<Entry> less = new ArrayList<>(after);
            less.remove(entry);
            if (reads(less, snapshots, covered).equals(reads)) {
                throw new AssertionError("not needed: " + entry + " of " + what);
            }
            boolean isSeenByAll = snapshots.length == 0 || original(before, entry) <= snapshots[0];
            boolean isZero = entry.sequence() == 0;
            assertThat(isZero).as(what).isEqualTo(!covered && !entry.isDelete() && isSeenByAll);
        }
    }

    private static long original(List<Entry> before, Entry entry) {
        return entry.sequence() != 0
                ? entry.sequence()
                : before.stream()
                        .filter(e -> Arrays.equals(e.value(), entry.value()) && !e.isDelete())
                        .findFirst()
                        .orElseThrow()
                        .sequence();
    }

    @Test
    void randomMergesKeepWhatReadersSeeAndTheInputsBeyondTheSlice() {
        for (long seed = 1; seed <= 500; seed++) {
            try {
                randomMerge(seed);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void randomMerge(long seed) throws IOException {
        Random random = new Random(seed);
        RandomEntries entries = new RandomEntries(random);
        MemoryTables tables = new MemoryTables();
        NavigableSet<Entry> all = new TreeSet<>();
        List<Input> inputs = new ArrayList<>();
        long sequence = 1;
        for (int run = 1; run <= 1 + random.nextInt(4); run++) {
            NavigableSet<Entry> part = entries.entries(80, sequence);
            sequence += 100;
            if (!part.isEmpty()) {
                inputs.addFirst(new Input(1, run, cut(random, part, tables)));
                all.addAll(part);
            }
        }
        if (inputs.isEmpty()) {
            return;
        }
        UserKey to = random.nextBoolean() ? null : UserKey.owning(entries.key());
        long[] snapshots = random.longs(random.nextInt(3), 0, sequence).sorted().toArray();
        Merge merge = merge(inputs, null, to, KeySpans.NONE, 1 + random.nextInt(300));
        MergeJob job = new MergeJob(merge, 7, snapshots, tables, () -> false);
        NavigableSet<Entry> out = run(job, tables, 1 + random.nextInt(50));
        NavigableSet<Entry> slice = new TreeSet<>(all);
        slice.removeIf(e -> to != null && to.compareTo(UserKey.owning(e.key())) <= 0);
        checkSlice(slice, out, snapshots);
        MergeStatistics figures = job.outcome().statistics();
        assertThat(figures.entriesIn()).isEqualTo(slice.size());
        assertThat(figures.entriesOut()).isEqualTo(out.size());
        assertThat(figures.entriesIn() - figures.hidden() - figures.spentTombstones())
                .isEqualTo(figures.entriesOut());
        checkChanges(job.outcome(), to);
        List<TableMeta> outputs = job.outcome().outputs();
        for (int i = 1; i < outputs.size(); i++) {
            assertThat(outputs.get(i - 1).largest()).isLessThan(outputs.get(i).smallest());
            assertThat(tables.ends.get(i - 1)).isEqualTo(outputs.get(i).smallest());
        }
        assertThat(tables.ends).hasSameSizeAs(outputs);
        assertThat(outputs.isEmpty() ? null : tables.ends.getLast()).isNull();
    }

    private static List<TableMeta> cut(
            Random random, NavigableSet<Entry> part, MemoryTables tables) {
        List<TableMeta> metas = new ArrayList<>();
        List<Entry> open = new ArrayList<>();
        for (Entry entry : part) {
            if (!open.isEmpty()
                    && !Arrays.equals(open.getLast().key(), entry.key())
                    && random.nextInt(5) == 0) {
                metas.add(tables.write(open));
                open.clear();
            }
            open.add(entry);
        }
        metas.add(tables.write(open));
        return metas;
    }

    private static void checkSlice(
            NavigableSet<Entry> in, NavigableSet<Entry> out, long[] snapshots) {
        TreeSet<byte[]> keys = new TreeSet<>(MemoryTables::compare);
        in.forEach(e -> keys.add(e.key()));
        for (byte[] key : keys) {
            List<Entry> before = in.stream().filter(e -> Arrays.equals(e.key(), key)).toList();
            List<Entry> after = out.stream().filter(e -> Arrays.equals(e.key(), key)).toList();
            assertThat(reads(after, snapshots, false)).isEqualTo(reads(before, snapshots, false));
        }
        out.forEach(e -> assertThat(keys).contains(e.key()));
    }

    private static void checkChanges(MergeOutcome outcome, @Nullable UserKey to) {
        long added = outcome.changes().stream().filter(TableAdded.class::isInstance).count();
        assertThat(added).isEqualTo(outcome.outputs().size());
        for (Input input : outcome.merge().inputs()) {
            for (TableMeta table : input.tables()) {
                boolean isCut = to != null && !table.isBefore(to);
                assertThat(outcome.changes())
                        .contains(
                                isCut
                                        ? new TableTrimmed(7, 1, input.run(), table.file(), to,
                                                null)
                                        : new TableRemoved(7, 1, input.run(), table.file()));
            }
        }
    }

    @Test
    void trimmedInputsShowOnlyWhatIsVisible() throws IOException {
        MemoryTables tables = new MemoryTables();
        TableMeta table =
                tables
                        .write(List.of(Entry.put("a", 1, ""), Entry.put("b", 2, ""),
                                Entry.put("c", 3, "")))
                        .trimmed(key("b"), key("c"));
        Merge merge =
                merge(List.of(new Input(1, 1, List.of(table))), null, null, KeySpans.NONE, 1 << 20);
        MergeJob job = new MergeJob(merge, 1, new long[0], tables, () -> false);
        assertThat(run(job, tables, 10)).containsExactly(Entry.put("b", 0, ""));
    }

    @Test
    void versionsOfAKeyStayInOneTable() throws IOException {
        MemoryTables tables = new MemoryTables();
        NavigableSet<Entry> entries = new TreeSet<>();
        long[] snapshots = new long[50];
        for (int i = 0; i < 50; i++) {
            snapshots[i] = i + 1;
            entries.add(Entry.put("a", i + 1, "value"));
        }
        entries.add(Entry.put("b", 1, "value"));
        TableMeta table = tables.write(entries);
        Merge merge =
                merge(List.of(new Input(1, 1, List.of(table))), null, null, KeySpans.NONE, 10);
        MergeJob job = new MergeJob(merge, 1, snapshots, tables, () -> false);
        assertThat(run(job, tables, 7)).hasSize(51);
        assertThat(job.outcome().outputs()).hasSize(2);
    }

    @Test
    void aFailedJobLeavesNothingWhereverItFails() throws IOException {
        for (int n = 1;; n++) {
            MemoryTables tables = new MemoryTables();
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                entries.add(Entry.put("key" + (char) ('a' + i), i, "value"));
            }
            TableMeta table = tables.write(entries);
            Merge merge =
                    merge(List.of(new Input(1, 1, List.of(table))), null, null, KeySpans.NONE, 50);
            MergeJob job = new MergeJob(merge, 1, new long[0], tables, () -> false);
            tables.failAfter(n);
            try {
                run(job, tables, 3);
                assertThat(n).isEqualTo(21);
                job.abandon();
                assertThat(tables.files).hasSize(1);
                return;
            } catch (IOException e) {
                job.abandon();
                job.abandon();
                tables.checkNothingOpen();
                assertThat(tables.files).hasSize(1);
                assertThatThrownBy(() -> job.step(1)).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(job::outcome).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void aCancelledJobLeavesNothing() throws IOException {
        MemoryTables tables = new MemoryTables();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(Entry.put(String.format("%05d", i), i, "value"));
        }
        TableMeta table = tables.write(entries);
        Merge merge =
                merge(List.of(new Input(1, 1, List.of(table))), null, null, KeySpans.NONE, 500);
        int[] looks = {0};
        MergeJob job = new MergeJob(merge, 1, new long[0], tables, () -> ++looks[0] == 3);
        assertThat(job.step(10_000)).isEqualTo(Progress.CANCELLED);
        assertThat(job.entriesRead()).isEqualTo(512);
        tables.checkNothingOpen();
        assertThat(tables.files).hasSize(1);
    }
}
