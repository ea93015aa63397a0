package dev.firn.storage;

import java.io.IOException;
import java.util.List;

/// One directory of files, flat, named by the engine (`CURRENT`, `000012.log`, `000013.sst` …).
///
/// Nothing is durable until it is forced: bytes by [WriteFile#force], names (created, renamed,
/// deleted) by [#syncDirectory]. Names with separators, links and non-regular files are refused. A
/// full disk is a [DiskFullException]. Threads: any method from any thread. A caller's interrupt
/// never closes a file: no implementation reads or writes through an interruptible channel on a
/// caller's thread.
public interface Storage extends AutoCloseable {
    /// Where it is, for messages (a path).
    String location();

    /// Whether the directory exists.
    boolean exists() throws IOException;

    /// Creates the directory (mode 0700) and its parents, durably.
    void create() throws IOException;

    /// The regular files, with their sizes, in no order.
    List<FileInfo> list() throws IOException;

    /// Whether there is a file of the name.
    boolean exists(String name) throws IOException;

    /// Creates a file (mode 0600) that must not exist, to be written from offset 0 on.
    WriteFile create(String name) throws IOException;

    /// Creates a file that must not exist for a log: `bytes` zeros are written (not synced), so
    /// that later stores need no new blocks; then it is mapped where that is known to be sound.
    WriteFile createLog(String name, long bytes) throws IOException;

    /// Renames a retired log and opens it for writing as it is, stale content included. Its size
    /// becomes at least `bytes`.
    WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException;

    /// Opens an existing file to write on in it (a log that was closed cleanly).
    WriteFile openLog(String name) throws IOException;

    /// Opens a file to read; its size is fixed at this moment.
    ReadFile open(String name) throws IOException;

    /// Renames, replacing what has the new name, atomically.
    void rename(String from, String to) throws IOException;

    /// Deletes a file; that it is missing is an error ([java.nio.file.NoSuchFileException]).
    void delete(String name) throws IOException;

    /// Whether the directory has something of the name that is no regular file: a folder, say.
    default boolean hasFolder(String folder) throws IOException {
        return false;
    }

    /// Moves a file (or a link, a pipe) out of the way, atomically, into a folder of the directory,
    /// which is created (mode 0700) where it is missing and is durable before the file moves. What
    /// lies in a folder is not listed and cannot be opened here.
    ///
    /// @param as the file's name in the folder
    /// @throws java.nio.file.FileAlreadyExistsException when the folder has a file of that name
    default void setAside(String name, String folder, String as) throws IOException {
        throw new IOException(location() + " has no folders: " + folder);
    }

    /// Makes every creation, renaming and deletion so far durable.
    void syncDirectory() throws IOException;

    /// Takes the exclusive lock, against this process and others.
    ///
    /// @throws LockedException when somebody has it, naming the holder where known
    AutoCloseable lock(String name) throws IOException;

    /// Bytes free for use on the device, or [Long#MAX_VALUE] when unknown.
    long freeBytes() throws IOException;

    /// Frees what the storage itself holds; open files are their owners'.
    @Override
    void close() throws IOException;

    /// A file in the directory.
    record FileInfo(String name, long bytes) {}
}
