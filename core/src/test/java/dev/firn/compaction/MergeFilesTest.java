package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.MergeJob.Progress;
import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.key.ValueKind;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Merges of real tables into real tables, slice after slice, against a map.
class MergeFilesTest {
    @Test
    void slicesOfRealTablesBecomeOneRun() throws IOException {
        Random random = new Random(1);
        try (FileTables tables = new FileTables()) {
            TreeMap<Long, byte[]> model = new TreeMap<>();
            Version version = Version.EMPTY;
            long sequence = 0;
            for (int run = 1; run <= 4; run++) {
                TreeMap<Long, byte[]> written = new TreeMap<>();
                for (int i = 0; i < 4000; i++) {
                    byte[] value = new byte[random.nextInt(200)];
                    random.nextBytes(value);
                    boolean deletes = random.nextInt(4) == 0;
                    written.put((long) random.nextInt(10_000), deletes ? new byte[0] : value);
                }
                FileTables.Written out = tables.create("none");
                for (var entry : written.entrySet()) {
                    boolean deletes = entry.getValue().length == 0;
                    ValueKind kind = deletes ? ValueKind.DELETE : ValueKind.PUT;
                    out.add(key(entry.getKey()).bytes(), Trailer.of(++sequence, kind),
                            entry.getValue());
                    if (deletes) {
                        model.remove(entry.getKey());
                    } else {
                        model.put(entry.getKey(), entry.getValue());
                    }
                }
                TableMeta table = out.finish(null);
                version = version.apply(List.of(new TableAdded(1, 1, run, table)));
            }
            List<Input> all = inputs(version);
            List<TableMeta> outputs = new ArrayList<>();
            for (long from = 0; from < 10_000; from += 2500) {
                Merge merge = slice(inputs(version), from, from + 2500);
                MergeJob job = new MergeJob(merge, 1, new long[0], tables, () -> false);
                while (job.step(100) == Progress.MORE) {
                    assertThat(job.entriesRead() % 100).isZero();
                }
                outputs.addAll(job.outcome().outputs());
                assertThat(Installation.isStillValid(merge, version)).isTrue();
                version = version.apply(job.outcome().changes());
                assertThat(Installation.isStillValid(merge, version)).isFalse();
            }
            assertThat(version.runCount()).isEqualTo(1);
            assertThat(version.run(0).tables()).isEqualTo(outputs);
            assertThat(outputs).hasSizeGreaterThan(8);
            assertThat(outputs).allMatch(t -> t.tombstones() == 0 && t.largestSequence() == 0);
            check(tables, outputs, model);

            Merge merge = slice(all, 0, 10_000);
            MergeJob job = new MergeJob(merge, 1, new long[0], tables, () -> false);
            int before = tables.tableCount();
            assertThat(job.step(5000)).isEqualTo(Progress.MORE);
            assertThat(tables.tableCount()).isGreaterThan(before);
            job.abandon();
            assertThat(tables.tableCount()).isEqualTo(before);
        }
    }

    private static List<Input> inputs(Version version) {
        return version.level(1).runs().stream().map(run -> Input.of(1, run)).toList();
    }

    private static UserKey key(long number) {
        byte[] bytes = new byte[12];
        Bytes.putWord(bytes, 4, number);
        return UserKey.owning(bytes);
    }

    private static Merge slice(List<Input> inputs, long from, long to) {
        return new Merge(
                inputs,
                key(from),
                key(to),
                6,
                1,
                KeySpans.NONE,
                Purpose.SETTLE,
                64 << 10,
                true,
                "test");
    }

    private static void check(
            FileTables tables, List<TableMeta> outputs, TreeMap<Long, byte[]> model)
            throws IOException {
        try (EntryCursor all =
                InputTables.cursor(
                        new Input(6, 1, outputs), slice(List.of(), 0, Long.MAX_VALUE), tables)) {
            boolean found = all.seekToFirst();
            for (var entry : model.entrySet()) {
                assertThat(found).isTrue();
                assertThat(Bytes.compare(key(entry.getKey()).bytes(), 0, 12, all.keyMemory(),
                        all.keyOffset(), all.keyLength())).isZero();
                byte[] value = new byte[all.valueLength()];
                all.copyValue(0, MemorySegment.ofArray(value), 0, value.length);
                assertThat(value).isEqualTo(entry.getValue());
                assertThat(all.trailer()).isEqualTo(ValueKind.PUT.code());
                found = all.next();
            }
            assertThat(found).isFalse();
        }
    }
}
