package dev.firn.record;

import dev.firn.storage.ReadFile;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A storage that knows of each file how far it has been written and how far it is durable. A force covers
/// what had been written when it began, and runs a hook before it is done.
final class WatermarkStorage implements Storage {
    /// Stands in for the time a disk takes, or its failure.
    interface Disk {
        void force() throws IOException;
    }

    private final SimulatedStorage inner = new SimulatedStorage();
    private final Disk disk;
    /// The planted bug: a force returns before what it says is so.
    private final boolean lies;
    final Map<String, AtomicLong> written = new ConcurrentHashMap<>();
    final Map<String, AtomicLong> durable = new ConcurrentHashMap<>();
    final AtomicLong forces = new AtomicLong();

    WatermarkStorage(Disk disk, boolean lies) {
        this.disk = disk;
        this.lies = lies;
        inner.create();
    }

    private static AtomicLong of(Map<String, AtomicLong> map, String name) {
        return map.computeIfAbsent(name, _ -> new AtomicLong());
    }

    long durableBytes(String name) {
        return of(durable, name).get();
    }

    private WriteFile watch(WriteFile file) {
        AtomicLong end = of(written, file.name());
        AtomicLong safe = of(durable, file.name());
        return new WriteFile() {
            private long pending;

            @Override
            public String name() {
                return file.name();
            }

            @Override
            public long allocatedBytes() {
                return file.allocatedBytes();
            }

            @Override
            public void write(long offset, MemorySegment source, long from, long length)
                    throws IOException {
                file.write(offset, source, from, length);
                end.set(offset + length);
            }

            @Override
            public void force() throws IOException {
                long covered = end.get();
                forces.incrementAndGet();
                disk.force();
                file.force();
                safe.set(lies ? pending : covered);
                pending = covered;
            }

            @Override
            public void truncate(long bytes) throws IOException {
                file.truncate(bytes);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        return watch(inner.createLog(name, bytes));
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        return watch(inner.recycleLog(oldName, newName, bytes));
    }

    @Override
    public WriteFile create(String name) throws IOException {
        return watch(inner.create(name));
    }

    @Override
    public WriteFile openLog(String name) throws IOException {
        return watch(inner.openLog(name));
    }

    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public boolean exists() {
        return inner.exists();
    }

    @Override
    public void create() {}

    @Override
    public List<FileInfo> list() throws IOException {
        return inner.list();
    }

    @Override
    public boolean exists(String name) {
        return inner.exists(name);
    }

    @Override
    public ReadFile open(String name) throws IOException {
        return inner.open(name);
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
    public void syncDirectory() throws IOException {
        inner.syncDirectory();
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return inner.lock(name);
    }

    @Override
    public long freeBytes() {
        return inner.freeBytes();
    }

    @Override
    public void close() {
        inner.close();
    }
}
