package dev.firn.engine;

import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;

/// A storage in which what cannot be read is damage at that place, like wrong bytes: a bad sector
/// must not keep a repair from saving the rest.
final class ReadingStorage extends ForwardingStorage {
    ReadingStorage(Storage inner) {
        super(inner);
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
            return new Reading(super.open(name));
        } catch (CorruptException | FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(name, 0, e);
        }
    }
}
