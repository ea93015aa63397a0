package dev.firn.bench;

import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What it costs to write a record and make it durable, by each way Java has, on preallocated
/// files. The ways take turns, so that what else the machine does hits all alike.
///
/// `java -cp core/target/classes:bench/target/classes dev.firn.bench.SyncCost DIRECTORY [ROUNDS]`
public final class SyncCost {
    private static final int FILE_BYTES = 16 << 20;
    private static final int RECORD_BYTES = 134;

    private SyncCost() {}

    /// One way: writes a record at an offset and makes it durable.
    private interface Way {
        void write(int offset) throws IOException;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Measured(String name, Way way, long[] nanos) {
        void run(int round) throws IOException {
            long start = System.nanoTime();
            way.write(round * RECORD_BYTES % (FILE_BYTES - RECORD_BYTES));
            nanos[round] = System.nanoTime() - start;
        }

        void print() {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            System.out.printf("%-55s %8.1f %8.1f%n", name, sorted[sorted.length / 2] / 1e3,
                    sorted[sorted.length * 9 / 10] / 1e3);
        }
    }

    /// The directory, which gets a directory of its own, and how often each way is tried.
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "sync-cost");
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
        byte[] record = new byte[RECORD_BYTES];
        Arrays.fill(record, (byte) 1);
        MemorySegment memory = MemorySegment.ofArray(record);
        FileStorage mapped = new FileStorage(directory);
        FileStorage positioned = new FileStorage(directory, FileAccess.POSITIONED,
                FileAccess.POSITIONED);
        try (WriteFile store = mapped.createLog("mapped", FILE_BYTES);
                WriteFile write = positioned.createLog("positioned", FILE_BYTES);
                WriteFile append = positioned.create("append");
                RandomAccessFile descriptor = preallocated(directory, "descriptor");
                RandomAccessFile channel = preallocated(directory, "channel");
                RandomAccessFile page = preallocated(directory, "page")) {
            MappedByteBuffer buffer = page.getChannel().map(MapMode.READ_WRITE, 0, FILE_BYTES);
            List<Measured> all = new ArrayList<>();
            add(all, rounds, "mapped log: store, asynchronous force(false)", offset -> {
                store.write(offset, memory, 0, RECORD_BYTES);
                store.force();
            });
            add(all, rounds, "positioned log: pwrite, asynchronous force(false)", offset -> {
                write.write(offset, memory, 0, RECORD_BYTES);
                write.force();
            });
            add(all, rounds, "growing file: pwrite, asynchronous force(false)", offset -> {
                append.write(offset, memory, 0, RECORD_BYTES);
                append.force();
            });
            add(all, rounds, "RandomAccessFile.write, FileDescriptor.sync()", offset -> {
                descriptor.seek(offset);
                descriptor.write(record);
                descriptor.getFD().sync();
            });
            add(all, rounds, "RandomAccessFile.write, FileChannel.force(false)", offset -> {
                channel.seek(offset);
                channel.write(record);
                channel.getChannel().force(false);
            });
            add(all, rounds, "mapped buffer: put, MappedByteBuffer.force(range)", offset -> {
                buffer.put(offset, record);
                buffer.force(offset, RECORD_BYTES);
            });
            for (int round = 0; round < rounds; round++) {
                for (Measured way : all) {
                    way.run(round);
                }
            }
            System.out.printf("%-55s %8s %8s%n", "microseconds a record", "median", "p90");
            all.forEach(Measured::print);
        } finally {
            for (String name : List.of("mapped", "positioned", "append", "descriptor", "channel",
                    "page")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }

    private static void add(List<Measured> all, int rounds, String name, Way way) {
        all.add(new Measured(name, way, new long[rounds]));
    }

    private static RandomAccessFile preallocated(Path directory, String name)
            throws IOException {
        RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw");
        file.write(new byte[FILE_BYTES]);
        return file;
    }
}
