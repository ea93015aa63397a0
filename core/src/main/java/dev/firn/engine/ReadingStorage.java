package dev.firn.engine;

import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.util.List;

/// A storage in which what cannot be read is damage at that place, like wrong bytes: a bad sector
/// must not keep a repair from saving the rest.
final class ReadingStorage implements Storage {
    private final Storage inner;

    ReadingStorage(Storage inner) {
        this.inner = inner;
    }

    private record Reading(ReadFile file) implements ReadFile {
        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long bytes() {
            return file.bytes();
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length)
                throws IOException {
            try {
                file.copy(offset, target, to, length);
            } catch (CorruptException | EOFException e) {
                throw e;
            } catch (IOException e) {
                throw unreadable(name(), offset, e);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static CorruptException unreadable(String name, long offset, IOException cause) {
        var damage = new CorruptException(name, offset,
                "cannot be read: " + Errors.describe(cause));
        damage.initCause(cause);
        return damage;
    }

    @Override
    public ReadFile open(String name) throws IOException {
        try {
            return new Reading(inner.open(name));
        } catch (CorruptException | FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(name, 0, e);
        }
    }

    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public boolean exists() throws IOException {
        return inner.exists();
    }

    @Override
    public void create() throws IOException {
        inner.create();
    }

    @Override
    public List<FileInfo> list() throws IOException {
        return inner.list();
    }

    @Override
    public boolean exists(String name) throws IOException {
        return inner.exists(name);
    }

    @Override
    public WriteFile create(String name) throws IOException {
        return inner.create(name);
    }

    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        return inner.createLog(name, bytes);
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        return inner.recycleLog(oldName, newName, bytes);
    }

    @Override
    public WriteFile openLog(String name) throws IOException {
        return inner.openLog(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        inner.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        inner.delete(name);
    }

    @Override
    public boolean hasFolder(String folder) throws IOException {
        return inner.hasFolder(folder);
    }

    @Override
    public void setAside(String name, String folder, String as) throws IOException {
        inner.setAside(name, folder, as);
    }

    @Override
    public void syncDirectory() throws IOException {
        inner.syncDirectory();
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return inner.lock(name);
    }

    @Override
    public long freeBytes() throws IOException {
        return inner.freeBytes();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
