package dev.firn.storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of the file system: mode 0700, its files 0600, nothing in it but regular files used.
///
/// Files are read and written by mapping or by positioned system calls ([FileAccess]); interrupts
/// close nothing either way. Any method from any thread. It keeps nothing open itself.
public final class FileStorage implements Storage {
    /// Where a store to a mapped page that has a block cannot fail for want of space. Copy-on-write
    /// file systems need a new block for it. Names as the system's mount table has them.
    private static final Set<String> MAP_LOGS_ON = Set.of("ext2", "ext3", "ext4", "xfs", "tmpfs");

    static final Set<OpenOption> CREATE = Set.of(StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    static final Set<OpenOption> WRITE = Set.of(StandardOpenOption.READ,
            StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ,
            LinkOption.NOFOLLOW_LINKS);

    private final Directory directory;
    private final boolean mapLogs;
    private final boolean mapReads;

    /// A directory, which need not exist yet, with everything mapped where that is sound.
    public FileStorage(Path directory) {
        this(directory, FileAccess.MAPPED, FileAccess.MAPPED);
    }

    /// A directory, which need not exist yet.
    ///
    /// @param logs how logs are written
    /// @param reads how files are read
    public FileStorage(Path directory, FileAccess logs, FileAccess reads) {
        this.directory = new Directory(directory);
        // Elsewhere a mapped file can be neither deleted nor cut, or a sync does not cover stores.
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        mapLogs = linux && logs == FileAccess.MAPPED;
        mapReads = linux && reads == FileAccess.MAPPED;
    }

    @Override
    public String location() {
        return directory.path().toString();
    }

    @Override
    public boolean exists() throws IOException {
        return directory.exists();
    }

    @Override
    public void create() throws IOException {
        directory.create();
    }

    @Override
    public List<FileInfo> list() throws IOException {
        return directory.list();
    }

    @Override
    public boolean exists(String name) throws IOException {
        return directory.hasFile(name);
    }

    @Override
    public WriteFile create(String name) throws IOException {
        return new DiskWriteFile(name, createFile(name), null, 0);
    }

    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        DiskFile file = createFile(name);
        try {
            file.writeZeros(0, bytes);
            return new DiskWriteFile(name, file, mapLog(directory.any(name)), bytes);
        } catch (Throwable t) {
            try {
                file.close();
                delete(name);
            } catch (IOException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    private DiskFile createFile(String name) throws IOException {
        return DiskFile.open(directory.any(name), name, CREATE, directory.fileMode());
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        Path from = directory.existing(oldName);
        Path to = directory.fresh(newName);
        DiskFile file = DiskFile.open(from, newName, WRITE);
        try {
            // Before it is renamed, so that a full disk leaves the old one as it was.
            long allocatedBytes = extend(file, bytes);
            move(from, to);
            return new DiskWriteFile(newName, file, mapLog(to), allocatedBytes);
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    private static long extend(DiskFile file, long bytes) throws IOException {
        long before = file.bytes();
        try {
            file.writeZeros(before, bytes);
            return Math.max(before, bytes);
        } catch (Throwable t) {
            try {
                file.cut(before);
            } catch (IOException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    @Override
    public WriteFile openLog(String name) throws IOException {
        Path path = directory.existing(name);
        DiskFile file = DiskFile.open(path, name, WRITE);
        try {
            return new DiskWriteFile(name, file, mapLog(path), file.bytes());
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    private @Nullable MappedRegion mapLog(Path path) {
        if (!mapLogs) {
            return null;
        }
        try {
            boolean sound = MAP_LOGS_ON.contains(Files.getFileStore(directory.path()).type());
            return sound ? MappedRegion.toWrite(path) : null;
        } catch (IOException e) {
            // The system has a limit of mappings, and there is another way.
            return null;
        }
    }

    @Override
    public ReadFile open(String name) throws IOException {
        Path path = directory.existing(name);
        if (mapReads) {
            try {
                return new DiskReadFile.Mapped(name, MappedRegion.toRead(path));
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                // The system has a limit of mappings: go on the other way, which fails for good
                // when that was not the reason.
            }
        }
        DiskFile file = DiskFile.open(path, name, READ);
        try {
            return new DiskReadFile.Positioned(name, file, file.bytes());
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        move(directory.existing(from), directory.any(to));
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DiskFull.named(to.toString(), e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.existing(name));
    }

    @Override
    public boolean hasFolder(String folder) throws IOException {
        return directory.hasFolder(folder);
    }

    @Override
    public void setAside(String name, String folder, String as) throws IOException {
        // Whatever it is: a link or a pipe in the place of a file is moved as it is.
        Path from = directory.any(name);
        Path to = directory.folder(folder);
        move(from, Directory.freshIn(to, as));
        directory.sync(to);
    }

    @Override
    public void syncDirectory() throws IOException {
        directory.sync();
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return directory.lock(name);
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory.path()).getUsableSpace();
    }

    @Override
    public void close() {}
}
