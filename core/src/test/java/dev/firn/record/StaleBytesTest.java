package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.ReadFile;
import dev.firn.storage.SimulatedStorage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes behind the end of a log that look like records: of other logs, places, stores and attempts.
class StaleBytesTest {
    private static final String NAME = RecordFormat.logName(1);

    private final SimulatedStorage storage = new SimulatedStorage();
    private final Random random = new Random(11);

    /// A segment of some records of one size, synced or not after the first.
    private byte[] segment(long storeId, long number, int records, int length, int syncAfter)
            throws IOException {
        storage.create();
        SegmentHeader header =
                new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, storeId, number, 0, 0,
                        4096);
        try (var file = storage.createLog("build", 4096)) {
            RecordWriter writer = new RecordWriter(file, header);
            writer.writeHeader();
            for (int i = 0; i < records; i++) {
                if (i == syncAfter) {
                    writer.synced(writer.offset());
                }
                writer.append(RecordFormat.BATCH, new MemorySegment[]{
                    MemorySegment.ofArray(TestLog.record(random, i, length))}, 1);
            }
        }
        byte[] bytes = TestLog.bytes(storage, "build");
        storage.delete("build");
        return bytes;
    }

    private List<byte[]> replay(byte[] segment) throws IOException {
        TestLog.put(storage, NAME, segment);
        return TestLog.replay(storage, Map.of()).records();
    }

    @Test
    void recordsOfAnOlderLogInTheSameFile() throws IOException {
        byte[] old = segment(TestLog.STORE, 9, 20, 100, 7);
        byte[] now = segment(TestLog.STORE, 1, 3, 100, 100);
        int end = 64 + 3 * 120;
        System.arraycopy(old, end, now, end, old.length - end);
        assertThat(replay(now)).hasSize(3);
    }

    @Test
    void recordsOfAnotherStoreInTheSamePlace() throws IOException {
        byte[] other = segment(TestLog.STORE ^ 1, 1, 20, 100, 7);
        byte[] now = segment(TestLog.STORE, 1, 3, 100, 100);
        int end = 64 + 3 * 120;
        System.arraycopy(other, end, now, end, other.length - end);
        assertThat(replay(now)).hasSize(3);
    }

    @Test
    void recordsOfThisLogInAnotherPlace() throws IOException {
        byte[] now = segment(TestLog.STORE, 1, 10, 100, 100);
        byte[] moved = now.clone();
        System.arraycopy(now, 64 + 5 * 120, moved, 64 + 3 * 120, 120);
        assertThat(replay(moved)).hasSize(3);
        byte[] twice = now.clone();
        System.arraycopy(now, 64 + 9 * 120, twice, 64 + 10 * 120, 120);
        assertThat(replay(twice)).hasSize(10);
    }

    @Test
    void aHoleIsATornTailUnlessALaterRecordSaysItWasSynced() throws IOException {
        byte[] unsynced = segment(TestLog.STORE, 1, 10, 100, 4);
        // The record at index 4 says that those before it were synced.
        for (int hole = 0; hole < 10; hole++) {
            byte[] damaged = unsynced.clone();
            int at = 64 + hole * 120 + (hole > 4 ? 8 : 0);
            Arrays.fill(damaged, at, at + 20, (byte) 0);
            if (hole < 4) {
                assertThatThrownBy(() -> replay(damaged)).isInstanceOfSatisfying(
                        CorruptException.class, e -> {
                            assertThat(e.file()).isEqualTo(NAME);
                            assertThat(e.offset()).isEqualTo(at);
                        });
            } else {
                assertThat(replay(damaged)).hasSize(hole);
            }
        }
    }

    @Test
    void aRecordThatFailedHalfwayNeverMixesWithTheNext() throws IOException {
        // Both records have the same fragment sizes. What the first attempt left of its second fragment
        // may be what the disk keeps in a crash, between fragments of the second attempt.
        int length = 3 * RecordFormat.FRAGMENT_PAYLOAD_MAX;
        FaultyStorage faulty = new FaultyStorage(storage);
        TestLog test = TestLog.create(faulty, new LogOptions(1 << 20, 1 << 20, 0));
        byte[] failed = TestLog.record(random, 1, length);
        byte[] written = TestLog.record(random, 2, length);
        faulty.add(FaultRule.once(OperationKind.WRITE, 3, new Fault.DiskFull()));
        assertThatThrownBy(() -> test.append(failed)).isInstanceOf(DiskFullException.class);
        assertThat(TestLog.replay(storage, Map.of()).records()).isEmpty();
        test.append(written);
        assertThat(TestLog.replay(storage, Map.of()).records()).containsExactly(written);
        int whole = 0;
        for (SimulatedStorage crashed : storage.crashStates(100, 1).toList()) {
            List<byte[]> left = TestLog.replay(crashed, Map.of()).records();
            assertThat(left).hasSizeLessThanOrEqualTo(1).allMatch(r -> Arrays.equals(r, written));
            whole += left.size();
        }
        assertThat(whole).isPositive();
        // The same by hand: the old middle between the new ends.
        test.log.abandon();
        byte[] mixed = TestLog.bytes(storage, NAME);
        byte[] oldMiddle = attempt(failed);
        int second = 64 + RecordFormat.FRAGMENT_BYTES_MAX - 8;
        System.arraycopy(oldMiddle, second, mixed, second, RecordFormat.FRAGMENT_BYTES_MAX - 8);
        assertThat(replay(mixed)).isEmpty();
    }

    private byte[] attempt(byte[] record) throws IOException {
        SimulatedStorage other = new SimulatedStorage();
        TestLog test = TestLog.create(other, new LogOptions(1 << 20, 1 << 20, 0));
        test.append(record);
        test.log.abandon();
        return TestLog.bytes(other, NAME);
    }

    @Test
    void payloadThatImitatesFragmentsCostsNoTime() throws IOException {
        // A hole in front of 16 MiB of headers that all declare the largest length and a synced LSN.
        int size = 16 << 20;
        byte[] bytes = new byte[size];
        byte[] header =
                new SegmentHeader(RecordFormat.WRITE_AHEAD_LOG, TestLog.STORE, 1, 0, 0, size)
                        .encode();
        System.arraycopy(header, 0, bytes, 0, 64);
        for (int at = 72; at < size - 32; at += 24) {
            Bytes.putInt(bytes, at + RecordFormat.LENGTH_AT, RecordFormat.FRAGMENT_PAYLOAD_MAX);
            Bytes.putInt(bytes, at + RecordFormat.TYPE_AT, 0x1_0102);
            Bytes.putLong(bytes, at + RecordFormat.SYNCED_AT, at - 8);
        }
        try (RecordReader reader = RecordReader.open(new Content(bytes),
                RecordFormat.WRITE_AHEAD_LOG, TestLog.STORE, 1)) {
            long start = System.nanoTime();
            assertThat(reader.next()).isFalse();
            assertThat(reader.end()).isInstanceOf(SegmentEnd.Torn.class);
            // 700,000 imitations of 64 KiB each would be 46 GB to check.
            assertThat(System.nanoTime() - start).isLessThan(4_000_000_000L);
        }
    }

    /// A file that is an array.
    private record Content(byte[] content) implements ReadFile {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public long bytes() {
            return content.length;
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length) {
            MemorySegment.copy(MemorySegment.ofArray(content), offset, target, to, length);
        }

        @Override
        public void close() {}
    }
}
