package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A file of a [SimulatedStorage] that is written.
final class SimulatedWriteFile implements WriteFile {
    private final SimulatedStorage storage;
    private final String name;
    private final SimulatedFile file;
    private final OpenFiles.Opened opened;

    SimulatedWriteFile(SimulatedStorage storage, String name, SimulatedFile file) {
        this.storage = storage;
        this.name = name;
        this.file = file;
        opened = storage.openFiles.add(name + " (to write)");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long allocatedBytes() {
        synchronized (storage) {
            return file.liveBytes;
        }
    }

    @Override
    public void write(long offset, MemorySegment source, long from, long length)
            throws IOException {
        Objects.checkFromIndexSize(from, length, source.byteSize());
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        requireOpen();
        storage.before(OperationKind.WRITE, name, offset, length);
        storage.write(name, file, offset, source, from, length);
    }

    @Override
    public void force() throws IOException {
        requireOpen();
        storage.before(OperationKind.FORCE, name, 0, 0);
        synchronized (storage) {
            file.force();
        }
    }

    /// Fails a force as systems do that then take the data for written.
    void failForce() {
        synchronized (storage) {
            file.failForce();
        }
    }

    @Override
    public void truncate(long bytes) throws IOException {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size " + bytes);
        }
        requireOpen();
        storage.before(OperationKind.TRUNCATE, name, bytes, 0);
        storage.truncate(name, file, bytes);
    }

    private void requireOpen() {
        if (!storage.openFiles.isOpen(opened)) {
            throw new IllegalStateException("Already closed: " + name);
        }
    }

    @Override
    public void close() {
        storage.openFiles.remove(opened);
    }
}
