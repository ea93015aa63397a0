package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// A whole file in memory, as long as it was when it was mapped. It holds no file descriptor.
///
/// Any thread may copy; use after close is an [IllegalStateException]. Closing makes a handshake
/// with every thread of the JVM (20–40 µs).
///
/// **When the file shrinks below the mapping, or the disk fails,** the JVM turns the fault into an
/// [InternalError]. Compiled code does not throw it at the copy but at the next safepoint poll,
/// which usually is in a caller: a `try` around the copy alone misses it (measured: always, once
/// the method is compiled), and a lost write would pass for done. [#settle] makes the poll happen
/// inside.
final class MappedRegion {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ,
            LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> WRITE = Set.of(StandardOpenOption.READ,
            StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final String name;
    private final Arena arena;
    private final MemorySegment memory;

    /// Always 3. Volatile, so that no compiler can know that.
    private volatile int turns = 3;

    private MappedRegion(String name, Arena arena, MemorySegment memory) {
        this.name = name;
        this.arena = arena;
        this.memory = memory;
    }

    static MappedRegion toRead(Path path) throws IOException {
        return map(path, READ, MapMode.READ_ONLY);
    }

    /// To be used only when all blocks of the file were written before: a store to a page without
    /// one cannot fail cleanly on a full disk.
    static MappedRegion toWrite(Path path) throws IOException {
        return map(path, WRITE, MapMode.READ_WRITE);
    }

    /// Mapping needs a channel that interrupts close. It is nobody else's, so it is opened again.
    private static MappedRegion map(Path path, Set<OpenOption> options, MapMode mode)
            throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(path, options)) {
                    return map(path, channel, mode);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static MappedRegion map(Path path, FileChannel channel, MapMode mode)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment memory = channel.map(mode, 0, channel.size(), arena);
            return new MappedRegion(String.valueOf(path.getFileName()), arena, memory);
        } catch (Throwable t) {
            arena.close();
            throw t;
        }
    }

    long bytes() {
        return memory.byteSize();
    }

    void read(long offset, MemorySegment target, long to, long length) throws IOException {
        try {
            MemorySegment.copy(memory, offset, target, to, length);
            settle();
        } catch (InternalError e) {
            throw fault("read", offset, e);
        }
    }

    void write(long offset, MemorySegment source, long from, long length) throws IOException {
        try {
            MemorySegment.copy(source, from, memory, offset, length);
            settle();
        } catch (InternalError e) {
            throw fault("write", offset, e);
        }
    }

    /// Passes a safepoint poll: a loop whose bound cannot be computed has one in each turn (a
    /// counted loop loses it, a call may be inlined; one turn may be peeled off).
    private void settle() {
        for (int i = 0; i < turns; i++) {}
    }

    private IOException fault(String what, long offset, InternalError e) {
        return new IOException(name + " at offset " + offset + ": " + what
                + " of mapped memory failed: the file was cut, the disk is full or broken", e);
    }

    synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
