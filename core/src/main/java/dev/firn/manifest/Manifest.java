package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.Change.StoreCreated;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.Failures;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The durable record of what a store consists of: its [StoreState], changed by one edit after the
/// other.
///
/// [#append] writes an edit, forces it, and only then changes the state. If it throws
/// [DiskFullException] or [InvalidEditException], nothing has changed and another edit may follow.
/// Any other failure is final: whether the edit counts is known only after the next open (so no
/// file that the edit adds or removes may be deleted), and every further append is refused. A
/// failed force is never tried again, since the second one may succeed without the data.
///
/// When the file has grown, or a full disk has spoilt its end, the next append begins a new one
/// with a snapshot of the state. `CURRENT` changes over to it at one moment, so a crash finds the
/// old file or the new one, with the same state.
///
/// One thread at a time, under the engine's manifest lock, but for [#newFileNumber] and [#failure],
/// which any thread may call. The storage is its owner's.
public final class Manifest implements AutoCloseable {
    /// A manifest is not replaced while it is smaller than this.
    public static final long BYTES_MIN = 1 << 20;

    /// A manifest is replaced when it is larger than this many snapshots.
    public static final int SNAPSHOTS_MAX = 4;

    private final Storage storage;
    private final StoreState state;
    private final AtomicLong numbers;
    private final List<String> replaced = new ArrayList<>();
    private long bytesMin = BYTES_MIN;
    private int snapshotsMax = SNAPSHOTS_MAX;
    private long number;
    private @Nullable ManifestFile file;
    private volatile @Nullable Throwable failure;
    private boolean closed;

    private Manifest(Storage storage, StoreState state, long number, long nextFile) {
        this.storage = storage;
        this.state = state;
        this.number = number;
        numbers = new AtomicLong(nextFile);
    }

    /// Creates a store in an existing directory that has none, see [Presence]. When this returns
    /// the store is durable; after a crash before, there is none yet or an empty one.
    ///
    /// @param storeId a random number that no other store has
    /// @throws FirnException when there is a store already
    public static Manifest create(Storage storage, long storeId) throws IOException {
        if (Presence.of(storage) == Presence.PRESENT) {
            throw new FirnException(
                    FirnException.Kind.INCOMPATIBLE,
                    "there is a store in " + storage.location() + " already");
        }
        for (Storage.FileInfo info : storage.list()) {
            StoreFile remains = StoreFile.parse(info.name()).orElse(null);
            if (remains != null && remains.kind() != StoreFile.Kind.LOCK) {
                storage.delete(info.name());
            }
        }
        var state = new StoreState();
        state.apply(VersionEdit.of(new StoreCreated(storeId, EditFormat.FORMAT_VERSION)));
        var manifest = new Manifest(storage, state, 0, 1);
        manifest.rotate();
        return manifest;
    }

    /// Replaces the state of a store, whatever its manifest and `CURRENT` are: writes a new
    /// manifest of a number that no file has and makes it the one that counts, as a rotation does.
    /// Until then the old ones are as they were; when this returns, the new state is durable.
    ///
    /// @param changes what makes the state of nothing; `StoreCreated` comes first, and they end
    ///     with `SnapshotEnded`
    public static StoreState replace(Storage storage, List<Change> changes, long number)
            throws IOException {
        var state = new StoreState();
        state.apply(new VersionEdit(changes));
        new Rotation(storage, state, number, Math.max(number + 1, state.nextFile())).run().close();
        return state;
    }

    /// Opens the store to write, and settles it, see [#load] and [#settle].
    ///
    /// @throws CorruptException when the manifest or `CURRENT` is damaged, missing or of another
    ///     store
    /// @throws FirnException when there is no store, or it was written by a newer Firn
    public static Manifest open(Storage storage) throws IOException {
        Manifest manifest = load(storage);
        manifest.settle();
        return manifest;
    }

    /// Reads the manifest of a store that is to be written, and writes nothing yet: whoever opens
    /// the store may find that it must not be touched. [#settle] or an append comes next.
    ///
    /// @throws CorruptException when the manifest or `CURRENT` is damaged, missing or of another
    ///     store
    /// @throws FirnException when there is no store, or it was written by a newer Firn
    public static Manifest load(Storage storage) throws IOException {
        ManifestReader.Loaded loaded = ManifestReader.load(storage);
        long known = loaded.state().nextFile();
        long next = known;
        // Files whose numbers no edit told of before the crash: those numbers must not be given out
        // again.
        for (Storage.FileInfo info : storage.list()) {
            long number = StoreFile.parse(info.name()).filter(file -> file.isPossible(known))
                    .map(StoreFile::number).orElse(0L);
            next = Math.max(next, number + 1);
        }
        var manifest = new Manifest(storage, loaded.state(), loaded.current().manifest(), next);
        if (loaded.settled()) {
            manifest.file = ManifestFile.resume(storage, loaded);
        }
        return manifest;
    }

    /// Begins a new file where the one that was read does not tell that all of it is durable, so
    /// that nobody builds on an edit of which only the page cache knows. When the disk is full that
    /// waits for the next append, and until then there are no [#orphans].
    public void settle() throws IOException {
        if (file != null) {
            return;
        }
        // CURRENT's name may be in the page cache only. On a file system that keeps no order among
        // names, those of later files could survive a power cut without it, and that is damage.
        storage.syncDirectory();
        try {
            rotate();
        } catch (DiskFullException e) {
            // Reading needs no manifest, and the next append tries again.
        }
        // It is among the orphans now, with what else was left over.
        replaced.clear();
    }

    /// The state of the store, read only: nothing is written.
    ///
    /// @throws CorruptException when the manifest or `CURRENT` is damaged, missing or of another
    ///     store
    /// @throws FirnException when there is no store, or it was written by a newer Firn
    public static StoreState read(Storage storage) throws IOException {
        return ManifestReader.load(storage).state();
    }

    /// The number of the manifest that `CURRENT` names.
    ///
    /// @throws CorruptException when `CURRENT` is damaged
    public static long currentNumber(Storage storage) throws IOException {
        return CurrentFile.read(storage).manifest();
    }

    /// The state of the store. It changes with every [#append].
    public StoreState state() {
        return state;
    }

    /// A number for a new file, never given out before. Any thread. It is recorded by the next
    /// edit.
    ///
    /// @throws FirnException when there is none left
    public long newFileNumber() {
        long given = numbers.getAndUpdate(next -> Math.min(next + 1, StoreFile.NUMBER_MAX));
        if (given >= StoreFile.NUMBER_MAX) {
            throw new FirnException(FirnException.Kind.IO, storage.location()
                    + ": all numbers for files are used up; the store can be opened to read, and"
                    + " copied to a new one");
        }
        return given;
    }

    /// Why the manifest cannot be written any more, or null when it can. Any thread.
    public @Nullable Throwable failure() {
        return failure;
    }

    /// Appends an edit and makes it durable, then applies it to the state.
    ///
    /// @throws InvalidEditException when it does not fit the state: nothing has changed
    /// @throws DiskFullException when there is no space: nothing has changed, and an append may
    ///     succeed later. Files that the edit adds must stay until one has: parts of it may have
    ///     reached the disk
    /// @throws FirnException of kind FAILED when it could not be written for another reason: it is
    ///     unknown whether it counts, and nothing more can be appended
    public void append(VersionEdit edit) throws IOException {
        checkUsable();
        VersionEdit whole = withNextFile(edit);
        StatePlan plan = StatePlan.of(state, whole);
        if (file == null
                || file.bytes() > Math.max(bytesMin, snapshotsMax * file.snapshotBytes())) {
            rotate();
            // The number of the new file is known now too.
            whole = withNextFile(edit);
            plan = StatePlan.of(state, whole);
        }
        ManifestFile to = file;
        if (to == null) {
            throw new IllegalStateException("no manifest is open");
        }
        try {
            to.append(whole);
        } catch (DiskFullException e) {
            spoilt(e);
            throw e;
        } catch (Throwable t) {
            throw fail(t);
        }
        try {
            to.force();
        } catch (Throwable t) {
            throw fail(t);
        }
        try {
            plan.install();
        } catch (Throwable t) {
            // The edit counts, but not here: only a new open can tell the state.
            throw fail(t);
        }
        numbers.accumulateAndGet(state.nextFile(), Math::max);
        appendSynced(to);
    }

    /// Numbers that were given out since the last edit become known with this one.
    private VersionEdit withNextFile(VersionEdit edit) {
        long next = numbers.get();
        if (next <= state.nextFile()) {
            return edit;
        }
        var changes = new ArrayList<Change>(edit.changes().size() + 1);
        changes.add(new NextFile(next));
        changes.addAll(edit.changes());
        return new VersionEdit(changes);
    }

    /// Begins a new file with a snapshot of the state and makes it the one that counts.
    private void rotate() throws IOException {
        long newNumber = newFileNumber();
        long nextFile = numbers.get();
        var step = new Rotation(storage, state, newNumber, nextFile);
        ManifestFile created;
        try {
            created = step.run();
        } catch (DiskFullException e) {
            if (step.isForcing()) {
                throw fail(e);
            }
            if (step.isRenaming()) {
                spoilt(e);
            }
            throw e;
        } catch (Throwable t) {
            throw fail(t);
        }
        ManifestFile old = file;
        file = created;
        if (number != 0) {
            replaced.add(StoreFile.manifest(number).name());
        }
        number = newNumber;
        closeReplaced(old);
        state.apply(VersionEdit.of(new NextFile(nextFile)));
        appendSynced(created);
    }

    private void appendSynced(ManifestFile to) {
        try {
            to.appendSynced();
        } catch (DiskFullException e) {
            // It only tells damage from a torn end; what it tells of is durable without it.
        } catch (Throwable t) {
            fail(t);
        }
    }

    /// The end of the file is not what it should be: the next append begins a new one.
    private void spoilt(Throwable cause) {
        try {
            closeFile();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /// Everything in it was forced, and nobody reads it any more: how closing it ends is of no
    /// interest.
    private static void closeReplaced(@Nullable ManifestFile old) {
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                System.getLogger("dev.firn")
                        .log(System.Logger.Level.WARNING, "closing an old manifest: {0}",
                                e.toString());
            }
        }
    }

    private void closeFile() throws IOException {
        ManifestFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private FirnException fail(Throwable cause) {
        failure = cause;
        return failed(cause);
    }

    private FirnException failed(Throwable cause) {
        return new FirnException(FirnException.Kind.FAILED,
                "the manifest could not be written (" + Failures.describe(cause)
                        + "); the store takes no more changes until it is opened anew",
                cause);
    }

    private void checkUsable() {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        Throwable cause = failure;
        if (cause != null) {
            throw failed(cause);
        }
    }

    /// The files that the store consists of, except for its logs: those from [StoreState#logsFrom]
    /// on.
    public Set<String> liveFiles() {
        var live = new HashSet<String>();
        live.add(StoreFile.LOCK);
        live.add(StoreFile.CURRENT);
        live.add(StoreFile.manifest(number).name());
        for (long table : state.tables) {
            live.add(StoreFile.table(table).name());
        }
        return live;
    }

    /// Which of the files of the directory are left over from before the open and can be deleted.
    /// To be asked before the first new file is made. Files that are not of a store are never among
    /// them; nor is any while the state that was read is not known to be durable, or after a
    /// failure.
    public List<String> orphans(Collection<String> names) {
        if (file == null || failure != null) {
            return List.of();
        }
        return names.stream().filter(this::isOrphan).sorted().toList();
    }

    private boolean isOrphan(String name) {
        StoreFile parsed = StoreFile.parse(name).orElse(null);
        if (parsed == null || !parsed.isPossible(state.nextFile())) {
            return false;
        }
        return switch (parsed.kind()) {
            case LOCK, CURRENT -> false;
            case MANIFEST -> parsed.number() != number;
            case LOG -> parsed.number() < state.logsFrom();
            case TABLE -> !state.hasTable(parsed.number());
            case TEMPORARY -> true;
        };
    }

    /// The names of the manifests that were replaced since the last call, for the caller to delete.
    public List<String> takeReplaced() {
        List<String> names = List.copyOf(replaced);
        replaced.clear();
        return names;
    }

    /// The name of the manifest that counts.
    public String name() {
        return StoreFile.manifest(number).name();
    }

    /// Replaces manifests at other sizes than usual.
    public void replaceAbove(long bytes, int snapshots) {
        bytesMin = bytes;
        snapshotsMax = snapshots;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        closeFile();
    }
}
