package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.Snapshot;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Stores without a manifest in which tables lie that compactions had replaced, any of all that
/// there ever were, beside a log that lacks the writes that were never in it. What the tables tell
/// of each other has to be enough to get the very state back.
class RepairStaleTest {
    private static final int SEEDS = 150;
    private static final String NAME = "users";
    /// Is never deleted, so that no merge is without a table.
    private static final String ANCHOR = "anchor";

    private final Map<String, byte[]> everThere = new HashMap<>();
    private final TreeMap<String, String> state = new TreeMap<>();
    private long writes;

    @ParameterizedTest
    @EnumSource(CompactionShape.class)
    void replacedTablesAndOldRecordsOfTheLogDoNotCount(CompactionShape shape) throws Exception {
        int used = 0;
        int sure = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            everThere.clear();
            state.clear();
            writes = 0;
            Random random = new Random(seed);
            SimulatedStorage storage = store(shape, random);
            int stale = putBack(storage, random);
            for (Storage.FileInfo info : storage.list()) {
                if (info.name().startsWith("MANIFEST") || info.name().equals("CURRENT")) {
                    storage.delete(info.name());
                }
            }
            storage = RepairAttack.durable(storage);
            RepairReport report = RepairAttack.repair(storage, RepairOptions.defaults());
            RepairAttack.requireClean(storage);
            if (report.warnings().stream().noneMatch(w -> w.contains("it is not known whether"))) {
                sure++;
                used += stale;
                assertThat(RepairAttack.with(storage, 1, RepairModel::read).get(NAME))
                        .as("seed %s: %s", seed, report.lines()).isEqualTo(state);
            }
        }
        assertThat(sure).as("repairs that are sure").isGreaterThan(SEEDS / 3);
        assertThat(used).as("tables put back").isGreaterThan(SEEDS / 3);
    }

    private SimulatedStorage store(CompactionShape shape, Random random) throws Exception {
        SimulatedStorage storage = new SimulatedStorage();
        storage.beforeEach((now, operation) -> {
            if (operation.kind() == OperationKind.DELETE && operation.name().endsWith(".sst")) {
                look(now, operation.name());
            }
        });
        RepairAttack.with(storage, random.nextLong(), firn -> {
            Keyspace keyspace = firn.createKeyspace(NAME, KeyspaceOptions.defaults()
                    .withShape(shape).withBlockBytes(1024).withTableBytes(64 << 10));
            List<Snapshot> snapshots = new ArrayList<>();
            put(keyspace, ANCHOR, random);
            for (int i = random.nextInt(3, 25); i > 0; i--) {
                write(keyspace, random);
                act(firn, keyspace, snapshots, random);
            }
            snapshots.forEach(Snapshot::close);
            firn.flush();
            for (int i = random.nextInt(10); i > 0; i--) {
                change(keyspace, random, Durability.BUFFERED);
            }
            return null;
        });
        storage.beforeEach((_, _) -> {});
        return RepairAttack.durable(storage.processCrash());
    }

    private static void act(Firn firn, Keyspace keyspace, List<Snapshot> snapshots,
            Random random) {
        switch (random.nextInt(8)) {
            case 0 -> firn.compact();
            case 1, 2, 3, 4 -> firn.flush();
            case 5 -> keyspace.compact(dev.firn.KeyRange.between(
                    TestData.bytes(key(random)), TestData.bytes("z")));
            case 6 -> snapshots.add(firn.snapshot());
            default -> {
                if (!snapshots.isEmpty()) {
                    snapshots.removeFirst().close();
                }
            }
        }
    }

    private void write(Keyspace keyspace, Random random) {
        Durability durability = random.nextInt(3) == 0 ? Durability.NONE : Durability.BUFFERED;
        for (int i = random.nextInt(1, 60); i > 0; i--) {
            change(keyspace, random, durability);
        }
    }

    private void change(Keyspace keyspace, Random random, Durability durability) {
        String key = key(random);
        if (random.nextInt(3) == 0) {
            keyspace.delete(TestData.bytes(key), durability);
            state.remove(key);
        } else {
            String value = "value " + writes++ + " " + "x".repeat(random.nextInt(5000));
            keyspace.put(TestData.bytes(key), TestData.bytes(value), durability);
            state.put(key, value);
        }
    }

    private void put(Keyspace keyspace, String key, Random random) {
        String value = "value " + random.nextInt();
        keyspace.put(TestData.bytes(key), TestData.bytes(value), Durability.BUFFERED);
        state.put(key, value);
    }

    private static String key(Random random) {
        return "key%03d".formatted(random.nextInt(40));
    }

    /// Remembers a table that is whole.
    private void look(SimulatedStorage storage, String name) throws IOException {
        byte[] bytes = RepairAttack.read(storage, name);
        if (bytes.length > 80) {
            everThere.put(name, bytes);
        }
    }

    private int putBack(SimulatedStorage storage, Random random) throws IOException {
        int stale = 0;
        for (String name : everThere.keySet().stream().sorted().toList()) {
            if (!storage.exists(name) && random.nextInt(3) > 0) {
                try (WriteFile file = storage.create(name)) {
                    byte[] bytes = everThere.get(name);
                    file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
                    file.force();
                }
                stale++;
            }
        }
        return stale;
    }
}
