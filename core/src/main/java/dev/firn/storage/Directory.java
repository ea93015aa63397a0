package dev.firn.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A directory of the file system and what may be named in it.
///
/// What is a link or no regular file is refused by a look before it is used, which stops accidents
/// and pipes that would block; and files are opened without following links. The directory is ours
/// alone (mode 0700), so nobody swaps files in between. Immutable.
final class Directory {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,255}");
    private static final FileAttribute<?>[] NO_MODE = {};

    private final Path path;
    private final boolean posix;

    Directory(Path path) {
        this.path = path.toAbsolutePath().normalize();
        posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path path() {
        return path;
    }

    boolean exists() throws IOException {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
                throw new NotDirectoryException(path.toString());
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Creates it and its parents, top down, each durable before the next.
    void create() throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = path; at != null && Files.notExists(at); at = at.getParent()) {
            missing.push(at);
        }
        for (Path next : missing) {
            try {
                Files.createDirectory(next, next.equals(path) ? mode("rwx------") : NO_MODE);
            } catch (FileAlreadyExistsException e) {
                // Somebody was faster.
            } catch (IOException e) {
                throw DiskFull.named(next.toString(), e);
            }
            sync(next);
            syncParent(next);
        }
        if (!exists()) {
            throw new NoSuchFileException(path.toString());
        }
        if (missing.isEmpty()) {
            // We may have created it a moment before a crash; or somebody else made it for us in a
            // directory that we cannot read.
            try {
                syncParent(path);
            } catch (AccessDeniedException e) {
                return;
            }
        }
    }

    private void syncParent(Path child) throws IOException {
        Path parent = child.getParent();
        if (parent != null) {
            sync(parent);
        }
    }

    /// Makes the entries durable.
    void sync() throws IOException {
        sync(path);
    }

    void sync(Path entries) throws IOException {
        if (!posix) {
            return; // Elsewhere a directory cannot be opened, and its entries are written through.
        }
        DiskFile opened = DiskFile.open(entries, entries.toString(),
                Set.of(StandardOpenOption.READ));
        try {
            opened.forceAll();
        } finally {
            opened.close();
        }
    }

    List<Storage.FileInfo> list() throws IOException {
        List<Storage.FileInfo> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                BasicFileAttributes found = attributes(entry);
                if (found != null && found.isRegularFile()) {
                    String name = String.valueOf(entry.getFileName());
                    files.add(new Storage.FileInfo(name, found.size()));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    boolean hasFile(String name) throws IOException {
        BasicFileAttributes found = attributes(path.resolve(checked(name)));
        return found != null && found.isRegularFile();
    }

    /// Where a file lies that must not exist.
    Path fresh(String name) throws IOException {
        Path file = any(name);
        if (attributes(file) != null) {
            throw new FileAlreadyExistsException(file.toString());
        }
        return file;
    }

    /// Whether there is something of the name that is no file.
    boolean hasFolder(String name) throws IOException {
        BasicFileAttributes found = attributes(path.resolve(checked(name)));
        return found != null && !found.isRegularFile();
    }

    /// A directory in this one, created durably where it is missing. A link to one is none.
    Path folder(String name) throws IOException {
        Path folder = path.resolve(checked(name));
        BasicFileAttributes found = attributes(folder);
        if (found == null) {
            try {
                Files.createDirectory(folder, mode("rwx------"));
            } catch (IOException e) {
                throw DiskFull.named(folder.toString(), e);
            }
            sync(folder);
            sync();
        } else if (!found.isDirectory()) {
            throw new NotDirectoryException(folder.toString());
        }
        return folder;
    }

    /// Where a file lies in a folder that must not have it.
    static Path freshIn(Path folder, String name) throws IOException {
        Path file = folder.resolve(checked(name));
        if (attributes(file) != null) {
            throw new FileAlreadyExistsException(file.toString());
        }
        return file;
    }

    /// Where a file lies that must exist.
    Path existing(String name) throws IOException {
        Path file = any(name);
        if (!isRegular(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return file;
    }

    /// Where a file lies or is to lie. Refuses a lock file that is held: opening it and closing it
    /// again would drop the lock.
    Path any(String name) throws IOException {
        Path file = path.resolve(checked(name));
        if (DirectoryLock.isHeld(path, name)) {
            throw new FileSystemException(file.toString(), null, "is locked by this process");
        }
        return file;
    }

    DirectoryLock lock(String name) throws IOException {
        isRegular(path.resolve(checked(name)));
        return DirectoryLock.acquire(path, name, fileMode());
    }

    /// The mode of a new file.
    FileAttribute<?>[] fileMode() {
        return mode("rw-------");
    }

    /// Whether there is a file; what is not a regular one is refused.
    private static boolean isRegular(Path file) throws IOException {
        BasicFileAttributes found = attributes(file);
        if (found != null && !found.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, Failures.NO_FILE);
        }
        return found != null;
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            // A look needs no permission of the file, but that of its directory.
            throw denied(file, e);
        }
    }

    private static AccessDeniedException denied(Path file, AccessDeniedException cause) {
        var denied = new AccessDeniedException(String.valueOf(file.getParent()));
        denied.initCause(cause);
        return denied;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not a file name: " + name);
        }
        return name;
    }

    private FileAttribute<?>[] mode(String permissions) {
        return posix
                ? new FileAttribute<?>[]{PosixFilePermissions
                        .asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : NO_MODE;
    }
}
