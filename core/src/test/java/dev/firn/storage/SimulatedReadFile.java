package dev.firn.storage;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A file of a [SimulatedStorage] that is read.
final class SimulatedReadFile implements ReadFile {
    private final SimulatedStorage storage;
    private final String name;
    private final SimulatedFile file;
    private final long bytes;
    private final OpenFiles.Opened opened;

    SimulatedReadFile(SimulatedStorage storage, String name, SimulatedFile file) {
        this.storage = storage;
        this.name = name;
        this.file = file;
        bytes = file.liveBytes;
        opened = storage.openFiles.add(name + " (to read)");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void copy(long offset, MemorySegment target, long to, long length)
            throws IOException {
        Objects.checkFromIndexSize(to, length, target.byteSize());
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        if (!storage.openFiles.isOpen(opened)) {
            throw new IllegalStateException("Already closed: " + name);
        }
        if (length > bytes - offset) {
            throw new EOFException(name + ": " + length + " bytes at offset " + offset
                    + " are not within its " + bytes);
        }
        storage.count(OperationKind.READ, 1);
        synchronized (storage) {
            if (offset + length > file.liveBytes) {
                throw new IOException(name + " was cut below its readers");
            }
            file.read(offset, target, to, length);
        }
    }

    @Override
    public void close() {
        storage.openFiles.remove(opened);
    }
}
