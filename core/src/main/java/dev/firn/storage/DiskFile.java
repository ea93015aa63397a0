package dev.firn.storage;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLock;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// An open file that no interrupt closes.
///
/// A [java.nio.channels.FileChannel] is closed, for everybody, when a thread is interrupted that
/// uses it. An asynchronous channel is not, and as its tasks run in the calling thread
/// ([CallerRuns]), each call here is one system call in that thread: `pread`, `pwrite`,
/// `fdatasync`, `ftruncate`, `fcntl`.
///
/// Any thread may call anything; closing waits for calls that are under way. Use after close is an
/// [IllegalStateException].
final class DiskFile {
    private static final CallerRuns CALLER_RUNS = new CallerRuns();

    /// The JDK copies heap memory through a native buffer which it keeps for the thread; pieces of
    /// this size bound it.
    private static final int HEAP_PIECE_BYTES_MAX = 64 << 10;

    private static final int NATIVE_PIECE_BYTES_MAX = 1 << 30;

    private static final MemorySegment ZEROS = MemorySegment
            .ofArray(new byte[HEAP_PIECE_BYTES_MAX]).asReadOnly();

    private final String name;
    private final AsynchronousFileChannel channel;

    private DiskFile(String name, AsynchronousFileChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    /// Opens what the path names, also a directory (to force it). Messages call it by the name.
    static DiskFile open(Path path, String name, Set<OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        try {
            return new DiskFile(name,
                    AsynchronousFileChannel.open(path, options, CALLER_RUNS, attributes));
        } catch (IOException e) {
            throw DiskFull.named(name, e);
        }
    }

    long bytes() throws IOException {
        try {
            return channel.size();
        } catch (ClosedChannelException e) {
            throw closed(e);
        }
    }

    void read(long offset, MemorySegment target, long to, long length) throws IOException {
        for (long done = 0; done < length;) {
            ByteBuffer piece = piece(target, to + done, length - done);
            int read = finish(channel.read(piece, offset + done));
            if (read < 0) {
                throw new EOFException(name + " ends before offset " + (offset + length));
            }
            done += read;
        }
    }

    void write(long offset, MemorySegment source, long from, long length) throws IOException {
        try {
            for (long done = 0; done < length;) {
                ByteBuffer piece = piece(source, from + done, length - done);
                int written = finish(channel.write(piece, offset + done));
                if (written <= 0) {
                    throw new IOException(name + ": a write wrote nothing");
                }
                done += written;
            }
        } catch (IOException e) {
            throw DiskFull.named(name, e);
        }
    }

    /// Writes zeros, so that the file has blocks there.
    void writeZeros(long from, long to) throws IOException {
        for (long at = from; at < to; at += ZEROS.byteSize()) {
            write(at, ZEROS, 0, Math.min(ZEROS.byteSize(), to - at));
        }
    }

    /// Makes the data durable, and of the metadata what reading it needs: `fdatasync`. It covers
    /// stores to mappings of the file. Never a [DiskFullException]: a failed sync has lost data.
    void force() throws IOException {
        force(false);
    }

    /// Makes data and metadata durable: `fsync`, the one for directories.
    void forceAll() throws IOException {
        force(true);
    }

    private void force(boolean metadata) throws IOException {
        try {
            channel.force(metadata);
        } catch (ClosedChannelException e) {
            throw closed(e);
        } catch (IOException e) {
            throw new IOException(name + ": sync failed: " + e.getMessage(), e);
        }
    }

    /// Cuts the file; it never grows.
    void cut(long bytes) throws IOException {
        try {
            channel.truncate(bytes);
        } catch (ClosedChannelException e) {
            throw closed(e);
        }
    }

    /// The exclusive lock, or null when another process has it.
    @Nullable
    FileLock tryLock() throws IOException {
        return channel.tryLock();
    }

    void close() throws IOException {
        channel.close();
    }

    private static ByteBuffer piece(MemorySegment memory, long at, long length) {
        int max = memory.isNative() ? NATIVE_PIECE_BYTES_MAX : HEAP_PIECE_BYTES_MAX;
        return memory.asSlice(at, Math.min(length, max)).asByteBuffer();
    }

    /// The result of an operation, which on POSIX systems is there already.
    private int finish(Future<Integer> operation) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return operation.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ClosedChannelException closed -> throw closed(closed);
                case IOException failed -> throw new IOException(name + ": " + failed.getMessage(),
                        failed);
                case null, default -> throw new IOException(name + ": " + e.getMessage(), e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private IllegalStateException closed(ClosedChannelException e) {
        return new IllegalStateException("Already closed: " + name, e);
    }
}
