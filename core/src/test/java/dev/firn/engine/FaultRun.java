package dev.firn.engine;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.KeyspaceReader;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A life of a store on a disk that fails, on one thread, beside a model. What a user does here may
/// fail as the documentation says; anything else is a [Violation].
final class FaultRun {
    static final String INJECTED = "injected";
    private static final long MEMORY = 16L << 20;
    private static final long STEPS_MAX = 100_000;
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
    private final boolean mayReadsFail;
    private final boolean mayBeFull;
    private final KeyspaceOptions keyspaceOptions;
    private final List<Throwable> told = new ArrayList<>();
    private @Nullable DeterministicScheduler scheduler;
    private SharedResources resources;
    private @Nullable Store store;
    private boolean reported;
    private boolean isHealed;
    private boolean isReadOnly;
    private long failsAt;
    private long looksBefore;
    private long refusesAt;
    private long submissionsBefore;
    private @Nullable Throwable thrown;
    private int opens;
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
        this.mayReadsFail = mayReadsFail;
        this.mayBeFull = mayBeFull;
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

    boolean isOpen() {
        return store != null;
    }

    long checked() {
        return checked;
    }

    /// The disk as a death of the process leaves it, with what must be found there.
    Start died() {
        return new Start(disk.processCrash(), model.copy(), sizes);
    }

    /// The disk as a power loss leaves it.
    Start lostPower(long how) {
        return new Start(disk.crash(new Random(how)), model.copy(), sizes);
    }

    SimulatedStorage disk() {
        return disk;
    }

    Store store() {
        return Objects.requireNonNull(store);
    }

    Violation violation(Violation.Kind kind, String what, @Nullable Throwable cause) {
        List<String> heard = told.stream().map(Throwable::toString).toList();
        return new Violation(kind, what + "; told before: " + heard,
                cause != null ? cause : told.isEmpty() ? null : told.getLast());
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
        looksBefore = looks();
        submissionsBefore = submissions();
        if (scheduler != null && scheduler.thrown() != null) {
            thrown = scheduler.thrown();
        }
        scheduler = new DeterministicScheduler(seed * 31 + opens++).atMost(STEPS_MAX);
        scheduler.failAt(failsAt - looksBefore);
        scheduler.refuseAt(refusesAt - submissionsBefore);
        resources = SharedResources.on(scheduler, MEMORY, 1);
        try {
            store = Store.open(Path.of("faults"), storage, options, resources, true, 7,
                    sizes);
            return true;
        } catch (FirnException | Error e) {
            expect(e);
            resources.close();
            requireNothingLeft();
            before.removeAll(tables());
            if (!before.isEmpty()) {
                throw violation(Violation.Kind.LOST, "a failed open has deleted " + before, e);
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
        hearUntold(open);
        store = null;
        boolean poisoned = open.health().isPoisoned();
        boolean before = scheduler.thrown() != null;
        long failures = open.health().failures();
        try {
            open.close();
            // What is met on the way down and spoils nothing has nobody to be told to.
            reported |= open.health().failures() > failures
                    || (!before && scheduler.thrown() != null);
            if (!poisoned && !open.health().isPoisoned()) {
                model.flushed();
            }
        } catch (FirnException | Error e) {
            expect(e);
        }
        requireNothingLeft();
    }

    /// What the next write would have been told. An error may have passed while somebody waited, before
    /// anybody could look at the statistics, and no write came before the store was closed.
    private void hearUntold(Store open) {
        if (isReadOnly || open.health().isPoisoned()) {
            return;
        }
        try {
            open.health().beforeWrite();
        } catch (FirnException e) {
            expect(e);
        }
    }

    private void requireNothingLeft() {
        try {
            disk.openFiles().assertNone();
        } catch (AssertionError e) {
            throw violation(Violation.Kind.LEAK, e.getMessage(), e);
        }
        if (resources.memoryUsed() != 0) {
            throw violation(Violation.Kind.LEAK, resources.memoryUsed() + " bytes of memory", null);
        }
        if (!storage.retriedForces().isEmpty()) {
            throw violation(Violation.Kind.LOST,
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
                throw violation(Violation.Kind.LOST, "the store does not open any more", null);
            }
        }
        adopt();
        afterEach.run();
    }

    /// Does something after each operation of the script.
    void afterEach(Runnable look) {
        afterEach = look;
    }

    private void adopt() {
        Map<String, NavigableMap<byte[], byte[]>> found = found();
        if (found == null) {
            // It cannot be read now; what it has found when it was opened is what a copy has.
            FaultRun copy = new FaultRun(died(), seed + 1, false, false);
            copy.isHealed = true;
            found = copy.open() ? copy.found() : null;
            copy.close();
        }
        if (found == null) {
            throw violation(Violation.Kind.LOST, "a copy of the store does not open", null);
        }
        checked += entries(found);
        require(model.wrong(found, false, true), "after reopening");
        model.became(found);
    }

    /// Lets the n-th look of background work at the clock fail.
    void failAt(long look) {
        failsAt = look;
    }

    /// How often background work has looked at the clock.
    long looks() {
        return looksBefore + (scheduler == null ? 0 : scheduler.looks());
    }

    /// Lets the n-th submission of a background task fail.
    void refuseAt(long submission) {
        refusesAt = submission;
    }

    /// How many background tasks were submitted.
    long submissions() {
        return submissionsBefore + (scheduler == null ? 0 : scheduler.submissions());
    }

    /// The disk is healthy from now on.
    void heal() {
        isHealed = true;
        failsAt = 0;
        refusesAt = 0;
        storage.heal();
        if (scheduler != null) {
            scheduler.failAt(0);
            scheduler.refuseAt(0);
        }
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
                throw violation(Violation.Kind.LOST,
                        "acknowledged although log or manifest had failed", null);
            }
            commit.accept(true);
        } catch (FirnException | Error e) {
            expect(e);
            boolean failed = open.health().isPoisoned();
            if (poisoned && !(e instanceof FirnException f && f.kind() == Kind.FAILED)) {
                throw violation(Violation.Kind.UNEXPECTED_ERROR, "not refused with FAILED", e);
            }
            if (failed && !poisoned) {
                commit.accept(false);
            }
        }
        look();
        afterEach.run();
    }

    /// Whether the statistics tell of a failure. An I/O error that has passed by now they would have
    /// told who looks all the time.
    private void look() {
        Store open = store;
        if (open != null) {
            reported |= open.health().describe() != null
                    || (scheduler.thrown() == null && open.health().failures() > 0);
        }
    }

    /// Keeps a failure that the documentation knows; any other is a violation.
    private void expect(Throwable failure) {
        switch (failure) {
            case FirnException e -> {
                boolean known =
                        switch (e.kind()) {
                            case IO, FAILED -> true;
                            case DISK_FULL -> mayBeFull;
                            case OUT_OF_MEMORY -> String.valueOf(e.getMessage()).contains(INJECTED);
                            default -> false;
                        };
                if (!known) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR, e.kind() + ": " + e, e);
                }
                if (!String.valueOf(e.getMessage()).contains(INJECTED)) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR,
                            "the message does not name what failed: " + e.getMessage(), e);
                }
            }
            case Violation v -> throw v;
            default -> {
                if (!String.valueOf(failure.getMessage()).contains(INJECTED)) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR, failure.toString(), failure);
                }
            }
        }
        told.add(failure);
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
        scheduler.advance(millis * 1_000_000L);
        for (int i = 0; i < steps && scheduler.step(); i++) {
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
                expect(e);
            }
            look();
            afterEach.run();
        }
    }

    /// Opens a cursor or snapshot and does something meanwhile.
    void whileScanning(String name, Runnable meanwhile) {
        Keyspace space = space(name);
        if (space == null) {
            return;
        }
        int identity = model.space(name);
        List<NavigableMap<byte[], byte[]>> readable = model.readable(name);
        NavigableMap<byte[], byte[]> seen = new TreeMap<>(FaultModel.ORDER);
        boolean isWhole = false;
        try (Cursor cursor = space.scan(KeyRange.all())) {
            boolean isMore = cursor.next();
            if (isMore) {
                seen.put(cursor.key(), cursor.value());
            }
            meanwhile.run();
            while (isMore && cursor.next()) {
                seen.put(cursor.key(), cursor.value());
            }
            isWhole = true;
        } catch (FirnException e) {
            boolean isGone = e.kind() == Kind.CLOSED && model.mayBeGone(name, identity);
            if (!isGone) {
                requireReadMayFail(e);
            }
        } catch (Violation v) {
            throw v;
        } catch (Error e) {
            requireReadMayFail(e);
        }
        if (isWhole && readable.stream().noneMatch(state -> FaultModel.areSame(state, seen))) {
            throw violation(Violation.Kind.WRONG_VALUE,
                    "a cursor has not shown what there was when it was opened", null);
        }
    }

    void whileSnapshot(Runnable meanwhile) {
        Store open = store;
        if (open == null) {
            return;
        }
        try (var snapshot = open.snapshot()) {
            Keyspace space = open.keyspace();
            var before = contents(snapshot.in(space));
            meanwhile.run();
            var after = contents(snapshot.in(space));
            if (before != null && after != null && !FaultModel.areSame(before, after)) {
                throw violation(Violation.Kind.WRONG_VALUE, "a snapshot has changed", null);
            }
        }
    }

    private void requireReadMayFail(Throwable e) {
        if (isHealed || !mayReadsFail) {
            throw violation(Violation.Kind.UNEXPECTED_ERROR, "a read failed: " + e.getMessage(), e);
        }
        expect(e);
    }

    /// Compares everything with the model; the store may hold one commit of unknown fate.
    void check() {
        Map<String, NavigableMap<byte[], byte[]>> found = found();
        if (found != null) {
            require(model.wrong(found, false, false), "reading");
        }
    }

    private void require(@Nullable String wrong, String when) {
        if (wrong != null) {
            Violation.Kind kind = wrong.contains("lost")
                    ? Violation.Kind.LOST
                    : Violation.Kind.NOT_A_PREFIX;
            throw violation(kind, when + ": " + wrong, null);
        }
    }

    private @Nullable Map<String, NavigableMap<byte[], byte[]>> found() {
        Store open = store;
        if (open == null) {
            return null;
        }
        Map<String, NavigableMap<byte[], byte[]>> found = new TreeMap<>();
        for (String name : open.keyspaceNames()) {
            Keyspace space = open.findKeyspace(name);
            if (space == null) {
                throw violation(Violation.Kind.LOST, "there is no keyspace " + name, null);
            }
            var contents = contents(space);
            if (contents == null) {
                return null;
            }
            found.put(name, contents);
        }
        return found;
    }

    private @Nullable NavigableMap<byte[], byte[]> contents(KeyspaceReader reader) {
        return reading(r -> {
            NavigableMap<byte[], byte[]> contents = new TreeMap<>(FaultModel.ORDER);
            try (Cursor cursor = r.scan(KeyRange.all())) {
                while (cursor.next()) {
                    contents.put(cursor.key(), cursor.value());
                }
            }
            return contents;
        }, reader);
    }

    private <T> @Nullable T reading(Function<KeyspaceReader, T> read, KeyspaceReader reader) {
        try {
            return read.apply(reader);
        } catch (FirnException | Error e) {
            requireReadMayFail(e);
            return null;
        }
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
                throw violation(Violation.Kind.LOST, "the store does not open any more", null);
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
        if (mustBeTold && told.isEmpty() && !reported) {
            throw violation(Violation.Kind.UNNOTICED, "nobody was told of the fault", thrown);
        }
        check();
        Start died = died();
        Start lost = lostPower(how);
        close();
        checkCopy(new Start(disk, model, sizes), false);
        switch ((int) (how % 3)) {
            case 0 -> checkCopy(died, false);
            case 1 -> checkCopy(lost, true);
            default -> checkCopy(lostPower(how), true);
        }
    }

    private void resume() {
        int before = told.size();
        put("default", 2, 10, Durability.SYNC);
        put("default", 3, 10, Durability.SYNC);
        if (told.size() > before) {
            throw violation(Violation.Kind.UNEXPECTED_ERROR,
                    "writes are refused on a healthy disk", told.getLast());
        }
        flush();
        awaitIdle();
        DeterministicScheduler clock = scheduler;
        if (clock != null) {
            // What failed is tried again after a while.
            clock.advance(10_000_000_000L);
            clock.drain();
        }
        if (told.size() > before || store().health().describe() != null) {
            throw violation(Violation.Kind.UNEXPECTED_ERROR, "it does not get well: "
                    + store().health().describe(), told.isEmpty() ? null : told.getLast());
        }
    }

    /// Checks what a power loss leaves that takes everything that was not forced, and some others.
    void checkPowerLoss(int others) {
        checkCopy(new Start(disk.crashExtremes().getFirst(), model.copy(), sizes), true);
        disk.crashes(new Random(seed)).limit(others)
                .forEach(left -> checkCopy(new Start(left, model.copy(), sizes), true));
    }

    /// Opens a copy of a disk, compares, and loses power after a write that is durable: what was
    /// recovered has to be durable too by then.
    private void checkCopy(Start left, boolean power) {
        FaultRun next = new FaultRun(left, seed + 1, false, false);
        next.isHealed = true;
        if (!next.open()) {
            throw violation(Violation.Kind.LOST, "the store does not open any more",
                    next.told.getLast());
        }
        Map<String, NavigableMap<byte[], byte[]>> found = next.found();
        String wrong = found == null ? "unreadable" : next.model.wrong(found, power, true);
        checked += found == null ? 0 : entries(found);
        require(wrong, power ? "after a power loss" : "after reopening");
        if (!power && found != null) {
            next.model.became(found);
            next.put("default", 4, 10, Durability.SYNC);
            Start lost = next.lostPower(seed * 3);
            next.close();
            FaultRun last = new FaultRun(lost, seed + 2, false, false);
            if (!last.open()) {
                throw violation(Violation.Kind.LOST, "the store does not open any more",
                        last.told.getLast());
            }
            var then = last.found();
            checked += then == null ? 0 : entries(then);
            require(then == null ? "unreadable" : last.model.wrong(then, true, true),
                    "power was lost after a recovery");
            last.close();
        } else {
            next.close();
        }
    }

    private static long entries(Map<String, NavigableMap<byte[], byte[]>> found) {
        return found.values().stream().mapToLong(Map::size).sum();
    }
}
