package dev.firn.engine;

import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.lang.foreign.MemorySegment;

/// A storage of which everything can be read and to which writing does nothing: for a dry run.
final class DryStorage extends ForwardingStorage {
    DryStorage(Storage inner) {
        super(inner);
    }

    private record Nowhere(String name) implements WriteFile {
        @Override
        public long allocatedBytes() {
            return 0;
        }

        @Override
        public void write(long offset, MemorySegment source, long from, long length) {
            // Forgotten.
        }

        @Override
        public void force() {
            // Nothing is there.
        }

        @Override
        public void truncate(long bytes) {
            // Nothing is there.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @Override
    public void create() {
        throw new IllegalStateException("a dry run creates no directory");
    }

    @Override
    public WriteFile create(String name) {
        return new Nowhere(name);
    }

    @Override
    public WriteFile createLog(String name, long bytes) {
        return new Nowhere(name);
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) {
        return new Nowhere(newName);
    }

    @Override
    public WriteFile openLog(String name) {
        return new Nowhere(name);
    }

    @Override
    public void rename(String from, String to) {
        // Not in a dry run.
    }

    @Override
    public void delete(String name) {
        // Not in a dry run.
    }

    @Override
    public void setAside(String name, String folder, String as) {
        // Not in a dry run.
    }

    @Override
    public void syncDirectory() {
        // Nothing was changed.
    }
}
