package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory in memory that knows what of it is durable, and shows what a crash may leave.
///
/// Deterministic: nothing here has a clock, a thread or randomness of its own. Any thread may call
/// anything; one lock guards all. Crashes leave this storage as it is and give new ones, so one run
/// can be crashed at every operation ([#beforeEach]).
///
/// ```java
/// var storage = new SimulatedStorage();
/// storage.beforeEach((now, operation) -> now.crashStates(1000, seed).forEach(this::check));
/// ```
public final class SimulatedStorage implements Storage {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,255}");

    final OpenFiles openFiles = new OpenFiles();

    private final Supplier<String> described;
    private @Nullable String location;
    private boolean exists;
    private final Map<String, SimulatedFile> live = new HashMap<>();
    private final Map<String, SimulatedFile> durable = new HashMap<>();
    private final List<NameChange> pending = new ArrayList<>();
    private final Set<String> locked = new HashSet<>();
    private final EnumMap<OperationKind, Long> counts = new EnumMap<>(OperationKind.class);
    private long capacityBytes = Long.MAX_VALUE;
    private DirectoryOrder directoryOrder = DirectoryOrder.PREFIX;
    private Listener listener = (_, _) -> {};

    /// Which changes of names survive a crash that came before [#syncDirectory].
    public enum DirectoryOrder {
        /// Some first ones and no later one, as in a file system with one journal (ext4, XFS).
        PREFIX,

        /// Of the changes that concern one name some first ones, independently of other names, as
        /// POSIX allows (and Btrfs does). A change that concerns two names ties them together.
        PER_NAME
    }

    /// An operation that is about to be done.
    public record Operation(OperationKind kind, String name, long offset, long bytes) {}

    /// Is told of everything that changes something, before it does; at that moment the state is
    /// the one after the operation before. It may crash the storage, and throw.
    @FunctionalInterface
    public interface Listener {
        /// Called without the storage's lock, in the thread that operates.
        void before(SimulatedStorage storage, Operation operation) throws IOException;
    }

    /// A directory that does not exist yet.
    public SimulatedStorage() {
        this(() -> "simulated");
    }

    private SimulatedStorage(Supplier<String> location) {
        this.described = location;
    }

    /// Says how the names survive crashes; [DirectoryOrder#PREFIX] unless told.
    public synchronized SimulatedStorage directoryOrder(DirectoryOrder order) {
        directoryOrder = order;
        return this;
    }

    /// Limits the sum of the sizes of all files.
    public synchronized SimulatedStorage capacity(long bytes) {
        capacityBytes = bytes;
        return this;
    }

    /// Says whom to tell of operations.
    public synchronized SimulatedStorage beforeEach(Listener told) {
        listener = told;
        return this;
    }

    /// How many operations of a kind there were.
    public synchronized long count(OperationKind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /// Files and locks that are open.
    public OpenFiles openFiles() {
        return openFiles;
    }

    // Crashes

    /// What the death of the process leaves: all that was handed over, synced or not, mapped or
    /// not. The system lives on, so what is not durable may still be lost by a later crash.
    public synchronized SimulatedStorage processCrash() {
        SimulatedStorage left = after(() -> location() + ", process died");
        Map<SimulatedFile, SimulatedFile> copies = new IdentityHashMap<>();
        live.forEach((name, file) -> left.live.put(name, copyOf(file, copies)));
        durable.forEach((name, file) -> left.durable.put(name, copyOf(file, copies)));
        for (NameChange change : pending) {
            left.pending.add(change instanceof NameChange.Create(String name, SimulatedFile file)
                    ? new NameChange.Create(name, copyOf(file, copies))
                    : change);
        }
        return left;
    }

    private static SimulatedFile copyOf(SimulatedFile file,
            Map<SimulatedFile, SimulatedFile> copies) {
        return copies.computeIfAbsent(file, SimulatedFile::copy);
    }

    /// One state that a power loss may leave. Beyond what [#crashStates] lists, a sector may be
    /// torn between two of its contents (a store to a mapping that was written back half way).
    public synchronized SimulatedStorage crash(Random random) {
        return new CrashStates(this, durable, pending, directoryOrder).any(random);
    }

    /// States that a power loss at this moment may leave, one random one after the other, without
    /// end.
    public synchronized Stream<SimulatedStorage> crashes(Random random) {
        CrashStates states = new CrashStates(this, durable, pending, directoryOrder);
        return Stream.generate(() -> states.any(random));
    }

    /// The two states at the ends: of what is not durable nothing, or everything, has survived a
    /// power loss.
    public synchronized List<SimulatedStorage> crashExtremes() {
        return new CrashStates(this, durable, pending, directoryOrder).ends();
    }

    /// States that a power loss may leave: all of them if there are at most `limit`, else that
    /// many, the extreme ones first and then random ones. Computed as they are asked for, from the
    /// state of now.
    public synchronized Stream<SimulatedStorage> crashStates(long limit, long seed) {
        return new CrashStates(this, durable, pending, directoryOrder).stream(limit, seed);
    }

    /// A storage with the settings of this one and no files, where all is durable.
    SimulatedStorage after(Supplier<String> what) {
        SimulatedStorage left = new SimulatedStorage(what);
        left.exists = exists;
        left.capacityBytes = capacityBytes;
        left.directoryOrder = directoryOrder;
        return left;
    }

    /// Adds a file of which everything is durable.
    void addDurable(String name, SimulatedFile file) {
        live.put(name, file);
        durable.put(name, file);
    }

    // Storage

    @Override
    public synchronized String location() {
        String known = location;
        if (known == null) {
            known = described.get();
            location = known;
        }
        return known;
    }

    @Override
    public synchronized boolean exists() {
        return exists;
    }

    @Override
    public synchronized void create() {
        exists = true;
    }

    @Override
    public synchronized List<FileInfo> list() throws IOException {
        count(OperationKind.LIST, 1);
        requireDirectory();
        return live.entrySet().stream().filter(entry -> entry.getKey().indexOf('/') < 0)
                .map(entry -> new FileInfo(entry.getKey(), entry.getValue().liveBytes)).toList();
    }

    @Override
    public synchronized boolean exists(String name) {
        return live.containsKey(checked(name));
    }

    @Override
    public WriteFile create(String name) throws IOException {
        before(OperationKind.CREATE, checked(name), 0, 0);
        synchronized (this) {
            return new SimulatedWriteFile(this, name, add(name));
        }
    }

    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        before(OperationKind.CREATE, checked(name), 0, 0);
        SimulatedFile file;
        synchronized (this) {
            file = add(name);
        }
        try {
            before(OperationKind.WRITE, name, 0, bytes);
            truncate(name, file, bytes);
            return new SimulatedWriteFile(this, name, file);
        } catch (Throwable t) {
            try {
                delete(name);
            } catch (IOException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    private SimulatedFile add(String name) throws IOException {
        requireDirectory();
        requireUnlocked(name);
        if (live.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        SimulatedFile file = new SimulatedFile();
        change(new NameChange.Create(name, file));
        return file;
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        before(OperationKind.RENAME, checked(oldName), 0, bytes);
        synchronized (this) {
            SimulatedFile file = existing(oldName);
            if (live.containsKey(checked(newName))) {
                throw new FileAlreadyExistsException(newName);
            }
            if (bytes > file.liveBytes) {
                requireSpace(newName, bytes - file.liveBytes);
                file.truncate(bytes);
            }
            change(new NameChange.Rename(oldName, newName));
            return new SimulatedWriteFile(this, newName, file);
        }
    }

    @Override
    public synchronized WriteFile openLog(String name) throws IOException {
        count(OperationKind.OPEN, 1);
        return new SimulatedWriteFile(this, name, existing(name));
    }

    @Override
    public synchronized ReadFile open(String name) throws IOException {
        count(OperationKind.OPEN, 1);
        return new SimulatedReadFile(this, name, existing(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        before(OperationKind.RENAME, checked(from), 0, 0);
        synchronized (this) {
            existing(from);
            requireUnlocked(checked(to));
            change(new NameChange.Rename(from, to));
        }
    }

    @Override
    public synchronized boolean hasFolder(String folder) {
        return live.keySet().stream().anyMatch(name -> name.startsWith(checked(folder) + "/"));
    }

    /// Files in folders have names with a slash, which no caller can name.
    @Override
    public void setAside(String name, String folder, String as) throws IOException {
        before(OperationKind.RENAME, checked(name), 0, 0);
        synchronized (this) {
            existing(name);
            String to = checked(folder) + "/" + checked(as);
            if (live.containsKey(to)) {
                throw new FileAlreadyExistsException(to);
            }
            change(new NameChange.Rename(name, to));
        }
    }

    /// The names of all files, also of those in folders (`folder/name`).
    public synchronized List<String> allNames() {
        return live.keySet().stream().sorted().toList();
    }

    /// The content of all files, also of those in folders.
    public synchronized Map<String, byte[]> allContents() {
        Map<String, byte[]> contents = new java.util.TreeMap<>();
        live.forEach((name, file) -> {
            byte[] bytes = new byte[(int) file.liveBytes];
            file.read(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            contents.put(name, bytes);
        });
        return contents;
    }

    @Override
    public void delete(String name) throws IOException {
        before(OperationKind.DELETE, checked(name), 0, 0);
        synchronized (this) {
            existing(name);
            change(new NameChange.Delete(name));
        }
    }

    private void change(NameChange change) {
        change.apply(live);
        pending.add(change);
    }

    @Override
    public void syncDirectory() throws IOException {
        before(OperationKind.SYNC_DIRECTORY, "", 0, 0);
        synchronized (this) {
            requireDirectory();
            pending.forEach(change -> change.apply(durable));
            pending.clear();
        }
    }

    @Override
    public synchronized AutoCloseable lock(String name) throws IOException {
        count(OperationKind.LOCK, 1);
        requireDirectory();
        if (locked.contains(checked(name))) {
            throw new LockedException(name + " is locked by this process (simulated)");
        }
        if (!live.containsKey(name)) {
            change(new NameChange.Create(name, new SimulatedFile()));
        }
        locked.add(name);
        OpenFiles.Opened opened = openFiles.add("lock " + name);
        return () -> {
            synchronized (this) {
                if (openFiles.remove(opened)) {
                    locked.remove(name);
                }
            }
        };
    }

    @Override
    public synchronized long freeBytes() {
        return capacityBytes == Long.MAX_VALUE
                ? capacityBytes
                : Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public void close() {}

    // For the files

    /// Writes what there is space for, and fails if that is not all.
    synchronized void write(String name, SimulatedFile file, long offset, MemorySegment source,
            long from, long length) throws IOException {
        long growth = offset + length - file.liveBytes;
        long missing = growth <= 0 ? 0 : Math.max(0, growth - freeBytes());
        file.write(offset, source, from, Math.max(0, length - missing));
        if (missing > 0) {
            throw full(name);
        }
    }

    synchronized void truncate(String name, SimulatedFile file, long bytes) throws IOException {
        requireSpace(name, bytes - file.liveBytes);
        file.truncate(bytes);
    }

    private void requireSpace(String name, long growth) throws IOException {
        if (growth > 0 && growth > freeBytes()) {
            throw full(name);
        }
    }

    private static DiskFullException full(String name) {
        return new DiskFullException(name + ": no space (or quota) is left (simulated)");
    }

    private long usedBytes() {
        return live.values().stream().mapToLong(file -> file.liveBytes).sum();
    }

    /// Counts an operation and tells of it.
    void before(OperationKind kind, String name, long offset, long bytes) throws IOException {
        Listener told;
        synchronized (this) {
            count(kind, 1);
            told = listener;
        }
        told.before(this, new Operation(kind, name, offset, bytes));
    }

    synchronized void count(OperationKind kind, long more) {
        counts.merge(kind, more, Long::sum);
    }

    private void requireDirectory() throws IOException {
        if (!exists) {
            throw new NoSuchFileException(location());
        }
    }

    private void requireUnlocked(String name) throws IOException {
        if (locked.contains(name)) {
            throw new IOException(name + " is locked by this process (simulated)");
        }
    }

    private SimulatedFile existing(String name) throws IOException {
        requireUnlocked(checked(name));
        @Nullable
        SimulatedFile file = live.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return file;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not a file name: " + name);
        }
        return name;
    }
}
