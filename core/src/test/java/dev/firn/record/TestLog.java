package dev.firn.record;

import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// A write-ahead log over a storage, with what a manifest would know of it, for tests.
final class TestLog implements LogListener {
    static final long STORE = 0x1122334455667788L;
    static final LogOptions SMALL = new LogOptions(1024, 4096, 2);

    final Storage storage;
    final AtomicLong numbers;
    final List<Long> opened = new ArrayList<>();
    /// The final sizes that were reported, oldest first.
    final Map<Long, Long> rotated = new HashMap<>();
    private final LongConsumer onOpened;
    WriteAheadLog log;

    private TestLog(Storage storage, long lastNumber, LongConsumer onOpened) {
        this.storage = storage;
        this.onOpened = onOpened;
        this.numbers = new AtomicLong(lastNumber);
    }

    /// A new log.
    static TestLog create(Storage storage, LogOptions options) throws IOException {
        storage.create();
        return open(storage, options, RecoveredLog.empty());
    }

    /// A log that goes on from a recovered one.
    static TestLog open(Storage storage, LogOptions options, RecoveredLog recovered)
            throws IOException {
        return open(storage, options, recovered, _ -> {});
    }

    /// The same, and tells of each segment that is opened.
    static TestLog open(Storage storage, LogOptions options, RecoveredLog recovered,
            LongConsumer onOpened) throws IOException {
        long last = 0;
        for (Storage.FileInfo file : storage.list()) {
            last = Math.max(last, number(file.name()));
        }
        TestLog test = new TestLog(storage, last, onOpened);
        test.log = WriteAheadLog.open(storage, STORE, options, test.numbers::incrementAndGet, test,
                () -> 0, recovered);
        return test;
    }

    private static long number(String name) {
        return name.endsWith(".log") ? Long.parseLong(name.substring(0, name.length() - 4)) : 0;
    }

    @Override
    public void opened(long number) {
        opened.add(number);
        onOpened.accept(number);
    }

    @Override
    public synchronized void rotated(long number, long finalSize) {
        rotated.put(number, finalSize);
    }

    long append(byte[] record) throws IOException {
        return log.append(RecordFormat.BATCH,
                new MemorySegment[]{MemorySegment.ofArray(record)}, 1);
    }

    long appendAndSync(byte[] record) throws IOException {
        long lsn = append(record);
        log.sync(lsn);
        return lsn;
    }

    /// All segments in a directory, from a number on, with the sizes that are known.
    static List<LogReplay.Segment> segments(Storage storage, long from, Map<Long, Long> sizes)
            throws IOException {
        return storage.list().stream().map(file -> number(file.name())).filter(n -> n >= from)
                .filter(n -> n > 0)
                .map(n -> new LogReplay.Segment(n,
                        sizes.getOrDefault(n, RecordReader.UNKNOWN_SIZE)))
                .toList();
    }

    /// What a replay handed out, and what it said.
    record Replayed(List<byte[]> records, List<Long> lsns, RecoveredLog log) {}

    static Replayed replay(Storage storage, Map<Long, Long> sizes) throws IOException {
        return replay(storage, 0, sizes);
    }

    static Replayed replay(Storage storage, long from, Map<Long, Long> sizes) throws IOException {
        return replay(storage, segments(storage, from, sizes), new ArrayList<>());
    }

    /// Replays into a list, which has what was handed out also when this throws.
    static Replayed replay(Storage storage, List<LogReplay.Segment> segments, List<byte[]> into)
            throws IOException {
        List<Long> lsns = new ArrayList<>();
        RecoveredLog log = LogReplay.replay(storage, STORE, segments, (bytes, file, at, lsn) -> {
            into.add(bytes.toArray(ValueLayout.JAVA_BYTE));
            lsns.add(lsn);
        });
        return new Replayed(into, lsns, log);
    }

    /// Random bytes that begin with their index, so that no two records are equal.
    static byte[] record(Random random, int index, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < Math.min(4, length); i++) {
            bytes[i] = (byte) (index >>> 8 * i);
        }
        return bytes;
    }

    static byte[] bytes(Storage storage, String name) throws IOException {
        try (var file = storage.open(name)) {
            byte[] bytes = new byte[(int) file.bytes()];
            file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            return bytes;
        }
    }

    /// Puts a file of some content in place of another.
    static void put(Storage storage, String name, byte[] bytes) throws IOException {
        if (storage.exists(name)) {
            storage.delete(name);
        }
        try (var file = storage.create(name)) {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            file.force();
        }
        storage.syncDirectory();
    }
}
