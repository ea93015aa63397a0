package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.ReadFile;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// A random store with random damage is repaired, also with a crash at a random operation of the
/// repair: then it opens, every value was written, no file is gone, and what the report does not
/// name as lost is there. All on simulated storage and one thread.
public final class RepairAttack implements Attack {
    private static final long MEMORY = 16L << 20;
    private static final int STORES = 4;

    @Override
    public String name() {
        return "repair";
    }

    /// Stops a repair as a crash does.
    @SuppressWarnings("serial")
    private static final class Crash extends RuntimeException {
        private final transient SimulatedStorage left;

        Crash(SimulatedStorage left) {
            super("crash");
            this.left = left;
        }
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Random random = new Random(seed);
        RepairModel model = new RepairModel(seed);
        SimulatedStorage sound = store(model, random);
        RepairExcuses excuses = new RepairExcuses(sound, model);
        for (int i = 0; i < STORES; i++) {
            SimulatedStorage damaged = sound.processCrash();
            List<String> done = new ArrayList<>();
            Set<String> touched = new HashSet<>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                touched.add(damage(damaged, random, done));
            }
            tally.add(Count.DAMAGES, done.size());
            damaged = durable(damaged);
            try {
                tally.add(Count.RECORDS_CHECKED,
                        check(damaged, model, excuses, touched, random, done));
            } catch (Violation e) {
                throw new Violation(e.kind(), "after " + done + ": " + e.getMessage(), e);
            } catch (FirnException e) {
                throw new Violation(Violation.Kind.UNEXPECTED_ERROR,
                        "after " + done + ": " + e.getMessage(), e);
            }
        }
    }

    static <T> T with(SimulatedStorage storage, long seed, Use<T> use)
            throws Exception {
        try (var scheduler = new DeterministicScheduler(seed);
                var resources = SharedResources.on(scheduler, MEMORY, 1)) {
            Options options = Options.defaults().withMemtableBytes(64L << 10);
            try (Firn firn = Store.open(Path.of("simulated"), storage, options, resources, false,
                    77)) {
                return use.of(firn);
            }
        }
    }

    interface Use<T> {
        T of(Firn firn) throws Exception;
    }

    static SimulatedStorage store(RepairModel model, Random random) throws Exception {
        var storage = new SimulatedStorage();
        with(storage, random.nextLong(), firn -> {
            RepairModel.createKeyspaces(firn);
            for (int i = random.nextInt(2, 5); i > 0; i--) {
                model.write(firn, random.nextInt(10, 120));
                switch (random.nextInt(4)) {
                    case 0 -> firn.compact();
                    case 1, 2 -> firn.flush();
                    default -> firn.sync();
                }
            }
            return null;
        });
        return storage.processCrash();
    }

    // Damage

    /// Damages a file; returns its name.
    private static String damage(SimulatedStorage storage, Random random, List<String> done)
            throws IOException {
        List<String> names = storage.list().stream().map(Storage.FileInfo::name)
                .filter(name -> !name.equals("LOCK")).sorted().toList();
        String name = names.get(random.nextInt(names.size()));
        byte[] bytes = read(storage, name);
        switch (random.nextInt(8)) {
            case 0 -> {
                done.add("deleted " + name);
                storage.delete(name);
            }
            case 1 -> {
                int at = random.nextInt(bytes.length + 1);
                done.add("cut " + name + " at " + at);
                write(storage, name, java.util.Arrays.copyOf(bytes, at));
            }
            case 2 -> {
                String other = names.get(random.nextInt(names.size()));
                done.add("copied " + other + " over " + name);
                write(storage, name, read(storage, other));
            }
            case 3 -> {
                if (bytes.length > 0) {
                    int at = random.nextInt(bytes.length);
                    int end = Math.min(bytes.length, at + 1 + random.nextInt(5000));
                    done.add("zeroed " + name + " from " + at + " to " + end);
                    java.util.Arrays.fill(bytes, at, end, (byte) 0);
                    write(storage, name, bytes);
                }
            }
            default -> {
                if (bytes.length > 0) {
                    int bound = name.endsWith(".log")
                            ? Math.min(bytes.length, 20_000)
                            : bytes.length;
                    int at = random.nextInt(bound);
                    done.add("flipped " + name + " at " + at);
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                    write(storage, name, bytes);
                }
            }
        }
        return name;
    }

    /// The same files, of which no crash takes anything.
    static SimulatedStorage durable(SimulatedStorage storage) throws IOException {
        var copy = new SimulatedStorage();
        copy.create();
        for (Map.Entry<String, byte[]> file : storage.allContents().entrySet()) {
            try (WriteFile to = copy.create(file.getKey())) {
                to.write(0, MemorySegment.ofArray(file.getValue()), 0, file.getValue().length);
                to.force();
            }
        }
        copy.syncDirectory();
        return copy;
    }

    static byte[] read(Storage storage, String name) throws IOException {
        try (ReadFile file = storage.open(name)) {
            byte[] bytes = new byte[(int) file.bytes()];
            file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            return bytes;
        }
    }

    static void write(Storage storage, String name, byte[] bytes) throws IOException {
        storage.delete(name);
        try (WriteFile file = storage.create(name)) {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            file.force();
        }
    }

    // Repair

    static RepairReport repair(Storage storage, RepairOptions options) {
        try (var scheduler = new DeterministicScheduler(1);
                var resources = SharedResources.on(scheduler, MEMORY, 1)) {
            return Repair.repair(storage, resources, options, _ -> {});
        }
    }

    private static long check(SimulatedStorage damaged, RepairModel model,
            RepairExcuses excuses, Set<String> touched, Random random, List<String> done)
            throws Exception {
        Map<String, Integer> content = contents(damaged);
        RepairReport dry = repairOrNone(damaged,
                RepairOptions.defaults().withDryRun(true));
        if (dry == null) {
            return 0;
        }
        if (!contents(damaged).equals(content)) {
            throw new Violation(Violation.Kind.WRONG_VALUE, "a dry run changed files");
        }
        boolean beyond = random.nextInt(4) == 0;
        RepairOptions options = RepairOptions.defaults().withBeyondDamage(beyond);
        SimulatedStorage storage = damaged;
        if (!dry.healthy() && random.nextInt(2) == 0) {
            storage = crashed(damaged, options, random, done);
        }
        RepairReport report = repair(storage, options);
        if (dry.healthy() != report.healthy() && storage == damaged) {
            throw new Violation(Violation.Kind.UNNOTICED, "a dry run says otherwise");
        }
        requireFiles(content, storage);
        requireClean(storage);
        var found = with(storage, 5, RepairModel::read);
        long checked = model.checkValues(found);
        boolean isManifestTouched = touched.stream().anyMatch(name -> name.contains("MANIFEST"));
        boolean isLogTouched = touched.stream().anyMatch(name -> name.endsWith(".log"));
        boolean isTableTouched = touched.stream().anyMatch(name -> name.endsWith(".sst"));
        if (isManifestTouched) {
            // One that ends early may look as if it had always ended there; tables count again.
            return isLogTouched || isTableTouched || report.healthy()
                    || report.entriesLost() > 0
                            ? checked
                            : checked + model.checkState(RepairModel.named(found), Set.of());
        }
        checked += model.checkState(found, excuses.of(touched));
        if (storage == damaged && !isLogTouched) {
            long wrong = model.wrong(found);
            if (wrong > report.entriesLost()) {
                throw new Violation(Violation.Kind.LOST, wrong + " keys are wrong, but only "
                        + report.entriesLost() + " entries are told lost");
            }
        }
        return checked;
    }

    /// The report, or null when not enough is left to call it a store.
    private static RepairReport repairOrNone(Storage storage, RepairOptions options)
            throws IOException {
        try {
            return repair(storage, options);
        } catch (FirnException e) {
            if (e.kind() == FirnException.Kind.NOT_FOUND && isNothingLeft(storage)) {
                return null;
            }
            throw e;
        }
    }

    /// The first manifest alone is what a creation leaves that was cut off.
    private static boolean isNothingLeft(Storage storage) throws IOException {
        return storage.list().stream().map(Storage.FileInfo::name).noneMatch(name -> name
                .endsWith(".sst") || name.endsWith(".log") || name.equals("CURRENT")
                || (name.contains("MANIFEST") && !name.equals("MANIFEST-000001")));
    }

    /// A state that a crash at some operation of a repair may leave.
    private static SimulatedStorage crashed(SimulatedStorage damaged, RepairOptions options,
            Random random, List<String> done) {
        SimulatedStorage storage = damaged.processCrash();
        int at = random.nextInt(60);
        int[] count = new int[1];
        storage.beforeEach((now, operation) -> {
            if (count[0]++ == at) {
                throw new Crash(now.crash(random));
            }
        });
        try {
            repair(storage, options);
            return damaged;
        } catch (Crash e) {
            done.add("crashed at operation " + at + " of the repair");
            return e.left;
        }
    }

    /// Name-independent contents of all files: how often each is there.
    static Map<String, Integer> contents(SimulatedStorage storage) throws IOException {
        Map<String, Integer> contents = new HashMap<>();
        for (Map.Entry<String, byte[]> file : storage.allContents().entrySet()) {
            if (!file.getKey().equals("LOCK")) {
                contents.merge(java.util.Arrays.hashCode(file.getValue()) + ":"
                        + file.getValue().length, 1, Integer::sum);
            }
        }
        return contents;
    }

    /// Nothing that was there may be gone, wherever it lies now.
    static void requireFiles(Map<String, Integer> before, SimulatedStorage storage)
            throws IOException {
        Map<String, Integer> now = contents(storage);
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(now.keySet());
        if (!gone.isEmpty()) {
            throw new Violation(Violation.Kind.LOST, "a repair has lost files: " + gone + " of "
                    + storage.allContents().keySet());
        }
    }

    static void requireClean(SimulatedStorage storage) {
        try (var scheduler = new DeterministicScheduler(1);
                var resources = SharedResources.on(scheduler, MEMORY, 1)) {
            var verified = Verifier.verify(storage, resources, _ -> {});
            if (!verified.isClean()) {
                throw new Violation(Violation.Kind.UNNOTICED,
                        "damage after a repair: " + verified.damages());
            }
        }
    }

}
