package dev.firn.bench;

import dev.firn.record.LogListener;
import dev.firn.record.LogOptions;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecoveredLog;
import dev.firn.record.WriteAheadLog;
import dev.firn.storage.FileStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/// Measures appends to the write-ahead log: `LogAppend DIRECTORY`, an empty directory on the disk
/// in question. Prints, for several rounds, the nanoseconds of an append of a 134-byte record
/// without and with the force that makes it durable, and for comparison those of its checksum
/// alone. Figures are medians over batches shorter than a time slice, so that other work on the
/// machine disturbs little.
public final class LogAppend {
    private static final int RECORD_BYTES = 134;
    private static final int BATCHES = 400;
    private static final int BATCH = 1000;
    private static final int SYNCED_APPENDS = 300;
    private static final int ROUNDS = 12;

    private LogAppend() {}

    /// Runs the measurement.
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        try (FileStorage storage = new FileStorage(directory);
                Arena arena = Arena.ofShared()) {
            storage.create();
            AtomicLong numbers = new AtomicLong();
            LogOptions options = new LogOptions(64 << 20, 64 << 20, 2);
            WriteAheadLog log = WriteAheadLog.open(storage, 42, options, numbers::incrementAndGet,
                    new Silent(), System::nanoTime, RecoveredLog.empty());
            MemorySegment[] parts = {arena.allocate(RECORD_BYTES).fill((byte) 7)};
            double[] appended = new double[ROUNDS];
            double[] synced = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                appended[round] = append(log, parts);
                log.sync(log.end());
                log.retire(log.currentSegment());
                while (log.prepareStep()) {
                    // Prepares the next segment, as a background thread would.
                }
                synced[round] = appendAndSync(log, parts);
                System.out.printf(
                        "round %2d: append %5.1f ns, append + sync %7.1f us, crc %4.1f ns%n",
                        round, appended[round], synced[round] / 1000, checksum());
            }
            System.out.printf("median: append %.1f ns, append + sync %.1f us%n", median(appended),
                    median(synced) / 1000);
            log.closeCleanly();
        }
    }

    private static double append(WriteAheadLog log, MemorySegment[] parts) throws IOException {
        double[] nanos = new double[BATCHES];
        for (int b = 0; b < BATCHES; b++) {
            long start = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                log.append(RecordFormat.BATCH, parts, 1);
            }
            nanos[b] = (double) (System.nanoTime() - start) / BATCH;
        }
        return median(nanos);
    }

    private static double appendAndSync(WriteAheadLog log, MemorySegment[] parts)
            throws IOException {
        double[] nanos = new double[SYNCED_APPENDS];
        for (int i = 0; i < SYNCED_APPENDS; i++) {
            long start = System.nanoTime();
            log.sync(log.append(RecordFormat.BATCH, parts, 1));
            nanos[i] = System.nanoTime() - start;
        }
        return median(nanos);
    }

    private static double checksum() {
        CRC32C crc = new CRC32C();
        byte[] bytes = new byte[RECORD_BYTES + 8];
        double[] nanos = new double[BATCHES];
        for (int b = 0; b < BATCHES; b++) {
            long start = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                crc.reset();
                crc.update(bytes, 0, bytes.length);
                bytes[0] = (byte) crc.getValue();
            }
            nanos[b] = (double) (System.nanoTime() - start) / BATCH;
        }
        return median(nanos);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// Nobody listens.
    private static final class Silent implements LogListener {
        @Override
        public void opened(long number) {}

        @Override
        public void rotated(long number, long finalSize) {}
    }
}
