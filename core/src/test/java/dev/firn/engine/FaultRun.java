package dev.firn.engine;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.Durability;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.WriteBatch;
import dev.firn.engine.FaultModel.Change;
import dev.firn.prove.Violation;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A life of a store on a disk that fails, on one thread, beside a model. What a user does here may
/// fail as the documentation says; anything else is a [Violation].
final class FaultRun {
    private static final long MEMORY = 16L << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// A state of a disk with what has to be on it.
    ///
    /// @param sizes of the files that are written from there on
    record Start(SimulatedStorage disk, FaultModel model, FileSizes sizes) {
        Start copy() {
            return new Start(disk.processCrash(), model.copy(), sizes);
        }
    }

    final FaultyStorage storage;
    private final SimulatedStorage disk;
    private final FaultModel model;
    private final FileSizes sizes;
    private final long seed;
    private final KeyspaceOptions keyspaceOptions;
    private final FaultTold told;
    private final FaultClock clock;
    private final FaultReads reads;
    private final FaultCopy copies;
    private SharedResources resources;
    private @Nullable Store store;
    private boolean isReadOnly;
    private int numbers;
    private long checked;
    private Runnable afterEach = () -> {};

    /// On a copy of a disk.
    ///
    /// @param mayReadsFail whether the disk fails to read
    /// @param mayBeFull whether it gets full
    FaultRun(Start start, long seed, boolean mayReadsFail, boolean mayBeFull) {
        Start own = start.copy();
        this.disk = own.disk;
        this.model = own.model;
        this.sizes = own.sizes;
        this.storage = new FaultyStorage(disk);
        this.seed = seed;
        this.told = new FaultTold(mayBeFull);
        this.clock = new FaultClock(seed);
        this.reads = new FaultReads(told, mayReadsFail);
        this.copies = new FaultCopy(told, seed);
        this.keyspaceOptions =
                new KeyspaceOptions(
                        CompactionShape.values()[(int) Math.floorMod(seed, 3L)],
                        Compression.values()[(int) Math.floorMod(seed / 3, 3L)], 1024, 10,
                        64L << 10);
    }

    /// A directory that does not exist yet.
    static Start nothing() {
        return nothing(FileSizes.DEFAULT);
    }

    /// The same, with files of other sizes.
    static Start nothing(FileSizes sizes) {
        return new Start(new SimulatedStorage(), new FaultModel(), sizes);
    }

    long checked() {
        return checked + copies.checked();
    }

    FaultModel model() {
        return model;
    }

    FaultTold told() {
        return told;
    }

    /// The disk as a death of the process leaves it, with what must be found there.
    Start died() {
        return new Start(disk.processCrash(), model.copy(), sizes);
    }

    /// The disk as a power loss leaves it.
    Start lostPower(long how) {
        return new Start(disk.crash(new Random(how)), model.copy(), sizes);
    }

    private Store store() {
        return Objects.requireNonNull(store);
    }

    // Opening and closing

    private Options options() {
        return Options.defaults().withMemtableBytes(64L << 10).withLogBytesMax(2L << 20)
                .withKeyspaceDefaults(keyspaceOptions);
    }

    /// Opens the store if that is possible.
    boolean open() {
        return open(options());
    }

    /// The same, only to read.
    boolean openToRead() {
        return open(options().withReadOnly(true));
    }

    private boolean open(Options options) {
        Set<String> before = tables();
        storage.reopened();
        isReadOnly = options.readOnly();
        resources = SharedResources.on(clock.next(), MEMORY, 1);
        try {
            store = Store.open(Path.of("faults"), storage, options, resources, true, 7,
                    sizes);
            return true;
        } catch (FirnException | Error e) {
            told.expect(e);
            resources.close();
            requireNothingLeft();
            before.removeAll(tables());
            if (!before.isEmpty()) {
                throw told.violation(Violation.Kind.LOST, "a failed open has deleted " + before, e);
            }
            return false;
        }
    }

    private Set<String> tables() {
        try {
            Set<String> tables = new HashSet<>();
            if (disk.exists()) {
                for (Storage.FileInfo file : disk.list()) {
                    if (file.name().endsWith(".sst")) {
                        tables.add(file.name());
                    }
                }
            }
            return tables;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Closes the store, if it is open; that may fail, but gives everything back.
    void close() {
        Store open = store;
        if (open == null) {
            return;
        }
        if (!isReadOnly) {
            told.hearUntold(open);
        }
        store = null;
        boolean poisoned = open.health().isPoisoned();
        boolean before = clock.hasThrown();
        long failures = open.health().failures();
        try {
            open.close();
            if (open.health().failures() > failures || (!before && clock.hasThrown())) {
                // What is met on the way down and spoils nothing has nobody to be told to.
                told.excuse();
            }
            if (!poisoned && !open.health().isPoisoned()) {
                model.flushed();
            }
        } catch (FirnException | Error e) {
            told.expect(e);
        }
        requireNothingLeft();
    }

    private void requireNothingLeft() {
        try {
            disk.openFiles().assertNone();
        } catch (AssertionError e) {
            throw told.violation(Violation.Kind.LEAK, e.getMessage(), e);
        }
        if (resources.memoryUsed() != 0) {
            throw told.violation(Violation.Kind.LEAK, resources.memoryUsed() + " bytes of memory",
                    null);
        }
        if (!storage.retriedForces().isEmpty()) {
            throw told.violation(Violation.Kind.LOST,
                    "forced again after a failure: " + storage.retriedForces(), null);
        }
    }

    /// Opens again, and goes on with what is there.
    void reopen() {
        close();
        boolean opened = open();
        if (!opened) {
            opened = open();
        }
        if (!opened) {
            // It fails on: somebody repairs the disk.
            heal();
            if (!open()) {
                throw told.violation(Violation.Kind.LOST, "the store does not open any more", null);
            }
        }
        adopt();
        afterEach.run();
    }

    /// Where background work looks at the clock and submits tasks.
    FaultClock clock() {
        return clock;
    }

    /// Does something after each operation of the script.
    void afterEach(Runnable look) {
        afterEach = look;
    }

    private void adopt() {
        Map<String, NavigableMap<byte[], byte[]>> found = found();
        if (found == null) {
            // It cannot be read now; what it has found when it was opened is what a copy has.
            found = copies.found(died());
        }
        checked += entries(found);
        told.require(model.wrong(found, false, true), "after reopening");
        model.became(found);
    }

    /// The disk is healthy from now on.
    void heal() {
        reads.heal();
        clock.heal();
        storage.heal();
    }

    // What a user does

    private interface Call {
        void run();
    }

    /// Calls something that may fail.
    ///
    /// @param commit what is told the outcome: known to be done, or unknown
    private void call(Call call, Consumer<Boolean> commit) {
        Store open = store;
        if (open == null) {
            return;
        }
        boolean poisoned = open.health().isPoisoned();
        try {
            call.run();
            if (poisoned) {
                throw told.violation(Violation.Kind.LOST,
                        "acknowledged although log or manifest had failed", null);
            }
            commit.accept(true);
        } catch (FirnException | Error e) {
            told.expect(e);
            boolean failed = open.health().isPoisoned();
            if (poisoned && !(e instanceof FirnException f && f.kind() == Kind.FAILED)) {
                throw told.violation(Violation.Kind.UNEXPECTED_ERROR, "not refused with FAILED", e);
            }
            if (failed && !poisoned) {
                commit.accept(false);
            }
        }
        look();
        afterEach.run();
    }

    /// Looks at the statistics. An I/O error that has passed by now they would have told who looks all
    /// the time.
    private void look() {
        Store open = store;
        if (open != null) {
            told.look(open, !clock.hasThrown());
        }
    }

    /// Bytes that do not compress, other ones each time.
    private byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new SplittableRandom(++numbers).nextBytes(value);
        return value;
    }

    private static byte[] key(int n) {
        return ("key" + n).getBytes();
    }

    private @Nullable Keyspace space(String name) {
        Store open = store;
        return open == null || !model.names().contains(name) ? null : open.findKeyspace(name);
    }

    void put(String name, int key, int bytes, Durability durability) {
        Keyspace space = space(name);
        if (space == null) {
            return;
        }
        byte[] value = value(bytes);
        List<Change> commit = List.of(new Change(model.space(name), key(key), value));
        call(() -> space.put(key(key), value, durability),
                known -> done(commit, durability, known));
    }

    void delete(String name, int key, Durability durability) {
        Keyspace space = space(name);
        if (space == null) {
            return;
        }
        List<Change> commit = List.of(new Change(model.space(name), key(key), null));
        call(() -> space.delete(key(key), durability), known -> done(commit, durability, known));
    }

    /// Puts keys from one on into each keyspace that is there, and deletes the one before.
    void batch(int key, int count, int bytes, Durability durability, String... names) {
        WriteBatch batch = WriteBatch.create();
        List<Change> commit = new ArrayList<>();
        for (String name : names) {
            Keyspace space = space(name);
            if (space == null) {
                continue;
            }
            for (int i = 0; i < count; i++) {
                byte[] value = value(bytes);
                batch.put(space, key(key + i), value);
                commit.add(new Change(model.space(name), key(key + i), value));
            }
            batch.delete(space, key(key - 1));
            commit.add(new Change(model.space(name), key(key - 1), null));
        }
        Store open = store;
        if (open != null) {
            call(() -> open.write(batch, durability), known -> done(commit, durability, known));
        }
    }

    private void done(List<Change> commit, Durability durability, boolean known) {
        boolean isLogged = durability != Durability.NONE;
        if (!known) {
            model.unknown(commit, isLogged);
            return;
        }
        model.acknowledged(commit, isLogged);
        if (durability == Durability.SYNC) {
            model.synced();
        }
    }

    void sync() {
        call(() -> store().sync(), known -> {
            if (known) {
                model.synced();
            }
        });
    }

    void flush() {
        call(() -> store().flush(), known -> {
            if (known) {
                model.flushed();
            }
        });
    }

    void compact() {
        call(() -> store().compact(), known -> {
            if (known) {
                model.flushed();
            }
        });
    }

    void create(String name) {
        if (model.names().contains(name)) {
            return;
        }
        call(() -> store().createKeyspace(name, keyspaceOptions),
                known -> model.created(name, known));
    }

    void drop(String name) {
        if (model.names().contains(name)) {
            call(() -> store().dropKeyspace(name), known -> model.dropped(name, known));
        }
    }

    /// Lets background work take some steps, and time pass.
    void background(int steps, long millis) {
        if (store == null) {
            return;
        }
        clock.now().advance(millis * 1_000_000L);
        for (int i = 0; i < steps && clock.now().step(); i++) {
            look();
        }
        afterEach.run();
    }

    void awaitIdle() {
        Store open = store;
        if (open != null) {
            try {
                open.awaitIdle(PATIENCE);
            } catch (FirnException | Error e) {
                told.expect(e);
            }
            look();
            afterEach.run();
        }
    }

    /// Opens a cursor and does something meanwhile.
    void whileScanning(String name, Runnable meanwhile) {
        Keyspace space = space(name);
        if (space != null) {
            int identity = model.space(name);
            reads.whileScanning(space, model.readable(name), meanwhile,
                    () -> model.mayBeGone(name, identity));
        }
    }

    /// Opens a snapshot and does something meanwhile.
    void whileSnapshot(Runnable meanwhile) {
        Store open = store;
        if (open != null) {
            reads.whileSnapshot(open, meanwhile);
        }
    }

    /// Compares everything with the model; the store may hold one commit of unknown fate.
    void check() {
        Map<String, NavigableMap<byte[], byte[]>> found = found();
        if (found != null) {
            told.require(model.wrong(found, false, false), "reading");
        }
    }

    /// What the store holds, or null when it is closed, or a read has failed.
    @Nullable
    Map<String, NavigableMap<byte[], byte[]>> found() {
        Store open = store;
        return open == null ? null : reads.all(open);
    }

    // The end

    /// The disk is repaired: now everything has to work, or be refused because log or manifest had
    /// failed; and everything that was acknowledged has to be there, whatever happens next.
    ///
    /// @param how chooses among the crashes that are tried at the end
    void end(boolean mustBeTold, long how) {
        heal();
        if (store == null) {
            if (!open()) {
                throw told.violation(Violation.Kind.LOST, "the store does not open any more", null);
            }
            adopt();
        }
        check();
        boolean poisoned = store().health().isPoisoned();
        if (!isReadOnly) {
            put("default", 1, 10, Durability.SYNC);
            if (!poisoned) {
                resume();
            }
        }
        if (mustBeTold && told.isNothing()) {
            throw told.violation(Violation.Kind.UNNOTICED, "nobody was told of the fault",
                    clock.thrown());
        }
        check();
        Start died = died();
        Start lost = lostPower(how);
        close();
        copies.check(new Start(disk, model, sizes), false);
        switch ((int) (how % 3)) {
            case 0 -> copies.check(died, false);
            case 1 -> copies.check(lost, true);
            default -> copies.check(lostPower(how), true);
        }
    }

    private void resume() {
        int before = told.count();
        put("default", 2, 10, Durability.SYNC);
        put("default", 3, 10, Durability.SYNC);
        if (told.count() > before) {
            throw told.violation(Violation.Kind.UNEXPECTED_ERROR,
                    "writes are refused on a healthy disk", told.last());
        }
        flush();
        awaitIdle();
        // What failed is tried again after a while.
        clock.now().advance(10_000_000_000L);
        clock.now().drain();
        if (told.count() > before || store().health().describe() != null) {
            throw told.violation(Violation.Kind.UNEXPECTED_ERROR, "it does not get well: "
                    + store().health().describe(), told.last());
        }
    }

    /// Checks what a power loss leaves that takes everything that was not forced, and some others.
    void checkPowerLoss(int others) {
        copies.check(new Start(disk.crashExtremes().getFirst(), model.copy(), sizes), true);
        disk.crashes(new Random(seed)).limit(others)
                .forEach(left -> copies.check(new Start(left, model.copy(), sizes), true));
    }

    static long entries(Map<String, NavigableMap<byte[], byte[]>> found) {
        return found.values().stream().mapToLong(Map::size).sum();
    }
}
