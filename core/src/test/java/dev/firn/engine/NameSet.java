package dev.firn.engine;

import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A directory that knows which files there are, and nothing else of them.
final class NameSet implements Storage {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    void add(String name) {
        names.add(name);
    }

    int size() {
        return names.size();
    }

    @Override
    public boolean exists(String name) {
        return names.contains(name);
    }

    @Override
    public void delete(String name) {
        if (!names.remove(name)) {
            throw new IllegalStateException(name + " is deleted twice");
        }
    }

    @Override
    public String location() {
        return "names";
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public List<FileInfo> list() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void create() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteFile create(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteFile createLog(String name, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteFile openLog(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReadFile open(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rename(String from, String to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void syncDirectory() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AutoCloseable lock(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long freeBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
