package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A lock on a directory: an entry in a registry of this JVM, and the system's lock on a file
/// there, which holds the owner's process number as text.
///
/// The system knows one lock per *process* and drops it when the process closes any descriptor of
/// the file. So in the owning process nobody may open it: the registry refuses first ([#isHeld]). A
/// process that was refused reads the number through the descriptor it tried with; closing that is
/// harmless.
final class DirectoryLock implements AutoCloseable {
    /// The one mutable static of the engine: two stores of a JVM know nothing else in common.
    private static final Set<Key> HELD = ConcurrentHashMap.newKeySet();

    /// Descriptors of lock files which this process holds through another copy of this class
    /// (another class loader, hence another registry). Closing one would drop that lock, so they
    /// stay open.
    private static final Queue<DiskFile> NEVER_TO_CLOSE = new ConcurrentLinkedQueue<>();

    private static final Set<OpenOption> OPTIONS = Set.of(StandardOpenOption.CREATE,
            StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final int PID_CHARACTERS_MAX = 20;

    private final Key key;
    private final DiskFile file;
    private final FileLock lock;
    private final AtomicBoolean released = new AtomicBoolean();

    /// A lock's identity: the directory's file key where the system has one, else its real path.
    private record Key(Object directory, String name) {
        static Key of(Path directory, String name) throws IOException {
            Object fileKey = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
            return new Key(fileKey != null ? fileKey : directory.toRealPath(), name);
        }
    }

    private DirectoryLock(Key key, DiskFile file, FileLock lock) {
        this.key = key;
        this.file = file;
        this.lock = lock;
    }

    /// Locks the file of the name, which is created when it is missing.
    static DirectoryLock acquire(Path directory, String name, FileAttribute<?>... attributes)
            throws IOException {
        Path path = directory.resolve(name);
        Key key = Key.of(directory, name);
        if (!HELD.add(key)) {
            throw heldByThisProcess(path);
        }
        DirectoryLock lock = null;
        try {
            lock = acquire(key, path, attributes);
            return lock;
        } finally {
            if (lock == null) {
                HELD.remove(key);
            }
        }
    }

    private static DirectoryLock acquire(Key key, Path path, FileAttribute<?>... attributes)
            throws IOException {
        DiskFile file = DiskFile.open(path, key.name, OPTIONS, attributes);
        FileLock lock = null;
        try {
            lock = file.tryLock();
            if (lock == null) {
                String pid = readPid(file);
                throw new LockedException(path + " is locked by "
                        + (pid == null ? "another process" : "process " + pid));
            }
            writePid(file);
            return new DirectoryLock(key, file, lock);
        } catch (OverlappingFileLockException e) {
            NEVER_TO_CLOSE.add(file);
            throw heldByThisProcess(path);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static LockedException heldByThisProcess(Path path) {
        return new LockedException(path + " is locked by this process, "
                + ProcessHandle.current().pid());
    }

    /// Whether this process holds the lock of this name, so that nobody here may open its file.
    static boolean isHeld(Path directory, String name) throws IOException {
        for (Key key : HELD) {
            if (key.name.equals(name)) {
                return HELD.contains(Key.of(directory, name));
            }
        }
        return false;
    }

    /// The number is for people: that it cannot be written (a full disk) is no reason to refuse.
    private static void writePid(DiskFile file) {
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            file.write(0, MemorySegment.ofArray(pid), 0, pid.length);
            file.cut(pid.length);
        } catch (IOException e) {
            // Nobody will know who we are.
        }
    }

    private static @Nullable String readPid(DiskFile file) {
        try {
            byte[] text = new byte[(int) Math.min(file.bytes(), PID_CHARACTERS_MAX)];
            file.read(0, MemorySegment.ofArray(text), 0, text.length);
            String pid = new String(text, StandardCharsets.US_ASCII).strip();
            return pid.matches("[0-9]+") ? pid : null;
        } catch (IOException e) {
            return null;
        }
    }

    /// Gives the lock up; again does nothing. The file stays.
    @Override
    public void close() throws IOException {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        try {
            lock.release();
        } finally {
            try {
                file.close();
            } finally {
                HELD.remove(key);
            }
        }
    }
}
