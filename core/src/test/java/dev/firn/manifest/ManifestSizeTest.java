package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 keyspaces and 10,000 tables on a real disk. Time is that of the processor;
/// `mvn -Dquick -pl core test -Dtest=ManifestSizeTest -Dfirn.print=true` prints the figures.
class ManifestSizeTest {
    private static final int COUNT = 10_000;

    @Test
    void tenThousandKeyspacesAndTablesLoadAtOnce(@TempDir Path directory) throws Exception {
        try (Storage storage = new FileStorage(directory)) {
            fill(storage);
            long used = heapAfterCollection();
            StoreState state = Manifest.read(storage);
            long bytes = heapAfterCollection() - used;
            assertThat(state.keyspaces()).hasSize(COUNT);
            assertThat(state.tableCount()).isEqualTo(COUNT);
            long nanos = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long start = cpuNanos();
                Manifest.open(storage).close();
                nanos = Math.min(nanos, cpuNanos() - start);
                print("open: %.1f ms".formatted((cpuNanos() - start) / 1e6));
            }
            long idle = idleKeyspaceBytes();
            print("%d bytes of state for each keyspace with a table, %d for an idle one"
                    .formatted(bytes / COUNT, idle));
            assertThat(nanos).isLessThan(500_000_000);
            assertThat(idle).isLessThan(512);
            assertThat(bytes / COUNT).isLessThan(1024);
        }
    }

    /// Half of the tables lie in one run of one keyspace, which is then rewritten piece by piece.
    private static void fill(Storage storage) throws Exception {
        try (Manifest manifest = Manifest.create(storage, 42)) {
            fill(manifest);
        }
    }

    private static void fill(Manifest manifest) throws Exception {
        var changes = new ArrayList<Change>();
        for (int id = 1; id <= COUNT; id++) {
            changes.add(new KeyspaceCreated(id, "keyspace-" + id, KeyspaceOptions.defaults()));
        }
        manifest.append(new VersionEdit(changes));
        changes.clear();
        changes.add(new NextFile(1_000_000));
        for (int i = 0; i < COUNT; i++) {
            boolean large = i % 2 == 0;
            int keyspace = large ? 1 : 1 + i;
            changes.add(new TableAdded(keyspace, large ? 6 : 0, 1, table(10 + i, i)));
            changes.add(new Flushed(keyspace, i));
        }
        manifest.append(new VersionEdit(changes));
        long start = cpuNanos();
        int edits = 0;
        for (int i = 0; i < COUNT / 2; i += 20, edits++) {
            changes.clear();
            for (int j = 0; j < 10; j++) {
                int at = 2 * (i / 2 + j);
                changes.add(new TableRemoved(1, 6, 1, 10 + at));
                changes.add(new TableAdded(1, 6, 1, table(100_000 + at, at)));
            }
            manifest.append(new VersionEdit(changes));
        }
        print("an edit of 10 of 5,000 tables in a run: %.0f us"
                .formatted((cpuNanos() - start) / 1e3 / edits));
    }

    private static long idleKeyspaceBytes() {
        long used = heapAfterCollection();
        var state = new StoreState();
        state.apply(VersionEdit.of(new Change.StoreCreated(1, 1)));
        List<Change> changes = new ArrayList<>();
        for (int id = 1; id <= COUNT; id++) {
            changes.add(new KeyspaceCreated(id, "keyspace-" + id, KeyspaceOptions.defaults()));
        }
        state.apply(new VersionEdit(changes));
        changes.clear();
        long bytes = heapAfterCollection() - used;
        assertThat(state.keyspaces()).hasSize(COUNT);
        return bytes / COUNT;
    }

    private static TableMeta table(int file, int at) {
        return new TableMeta(file, file * 31L, 64L << 20, 100L << 20, 500_000, 1_000,
                key("user-%08d-a".formatted(at)), key("user-%08d-z".formatted(at)), null, null, 1,
                500_000, 1_800_000_000_000L, 1);
    }

    private static UserKey key(String text) {
        return UserKey.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static long heapAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /// Of this thread: others on the machine do not count.
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void print(String figure) {
        if (Boolean.getBoolean("firn.print")) {
            System.out.println(figure);
        }
    }
}
