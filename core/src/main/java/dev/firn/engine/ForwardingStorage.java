package dev.firn.engine;

import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.util.List;

/// A storage that does what another one does, for those that do some of it differently.
abstract class ForwardingStorage implements Storage {
    private final Storage inner;

    ForwardingStorage(Storage inner) {
        this.inner = inner;
    }

    @Override
    public ReadFile open(String name) throws IOException {
        return inner.open(name);
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
