package dev.firn.bench.pieces;

import dev.firn.bench.work.Disk;
import dev.firn.record.LogListener;
import dev.firn.record.LogOptions;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecoveredLog;
import dev.firn.record.WriteAheadLog;
import dev.firn.storage.FileStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// An append of a record of 134 bytes to the log, and one with the force that makes it durable.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogBenchmark {
    private static final int RECORD_BYTES = 134;
    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int TURN = SEGMENT_BYTES / RECORD_BYTES / 2;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] parts = {arena.allocate(RECORD_BYTES).fill((byte) 7)};
    private final AtomicLong numbers = new AtomicLong();
    private final Path directory;
    private final FileStorage storage;
    private final WriteAheadLog log;
    private int appended;

    /// Opens a log in a directory of its own.
    public LogBenchmark() {
        try {
            directory = Files.createTempDirectory("firn-log");
            storage = new FileStorage(directory);
            log = WriteAheadLog.open(storage, 42,
                    new LogOptions(SEGMENT_BYTES, SEGMENT_BYTES, 2), numbers::incrementAndGet,
                    new Silent(), System::nanoTime, RecoveredLog.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An append. Now and then what a background thread does is done here: preparing and retiring
    /// segments.
    @Benchmark
    public long append() throws IOException {
        if (++appended == TURN) {
            appended = 0;
            log.retire(log.currentSegment());
            while (log.prepareStep()) {
                // Prepares the next segment.
            }
        }
        return log.append(RecordFormat.BATCH, parts, 1);
    }

    /// An append that waits for the disk.
    @Benchmark
    public void appendAndSync() throws IOException {
        log.sync(append());
    }

    /// Deletes the log.
    @TearDown
    public void close() throws IOException {
        log.closeCleanly();
        storage.close();
        arena.close();
        Disk.delete(directory);
    }

    /// Nobody listens.
    private static final class Silent implements LogListener {
        @Override
        public void opened(long number) {}

        @Override
        public void rotated(long number, long finalSize) {}
    }
}
