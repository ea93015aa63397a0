package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file on disk that is written: through its mapping where it has one, behind that and else by
/// positioned writes. Both meet in the system's page cache, so they mix freely, and one `fdatasync`
/// covers both.
///
/// Threads: `mapping` and `allocatedBytes` belong to the writing thread. The descriptor is open
/// from before the first write on, so a failed write-back is reported to [#force].
final class DiskWriteFile implements WriteFile {
    private final String name;
    private final DiskFile file;
    private @Nullable MappedRegion mapping;
    private long allocatedBytes;

    /// Owns the file and the mapping. Its first `allocatedBytes` have blocks.
    DiskWriteFile(String name, DiskFile file, @Nullable MappedRegion mapping,
            long allocatedBytes) {
        this.name = name;
        this.file = file;
        this.mapping = mapping;
        this.allocatedBytes = allocatedBytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public void write(long offset, MemorySegment source, long from, long length)
            throws IOException {
        Objects.checkFromIndexSize(from, length, source.byteSize());
        MappedRegion region = mapping;
        if (region != null && offset >= 0 && length <= region.bytes() - offset) {
            region.write(offset, source, from, length);
        } else {
            file.write(offset, source, from, length);
            if (offset <= allocatedBytes) { // else there is a hole before it
                allocatedBytes = Math.max(allocatedBytes, offset + length);
            }
        }
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    /// Cuts the file, or extends it by writing zeros. Before a cut the mapping is given up (a
    /// mapping longer than its file is a fault in waiting), and writes go on without one.
    @Override
    public void truncate(long bytes) throws IOException {
        long now = file.bytes();
        if (bytes < now) {
            unmap();
            allocatedBytes = Math.min(allocatedBytes, bytes);
            file.cut(bytes);
        } else if (bytes > now) {
            file.writeZeros(now, bytes);
            allocatedBytes = bytes;
        }
    }

    private void unmap() {
        if (mapping != null) {
            mapping.close();
            mapping = null;
        }
    }

    @Override
    public void close() throws IOException {
        // The mapping stays in its field: a late write must meet a closed one.
        if (mapping != null) {
            mapping.close();
        }
        file.close();
    }
}
