package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a writer puts into a segment, a reader gets out of it.
class RecordRoundTripTest {
    private static final int MAX = RecordFormat.FRAGMENT_PAYLOAD_MAX;

    private final SimulatedStorage storage = new SimulatedStorage();

    RecordRoundTripTest() {
        storage.create();
    }

    @Test
    void recordsOfAllSizes() throws IOException {
        Random random = new Random(1);
        List<byte[]> records = new ArrayList<>();
        for (int size = 0; size < 300; size++) {
            records.add(TestLog.record(random, size, size));
        }
        for (int fragments = 1; fragments <= 4; fragments++) {
            for (int around = -17; around <= 17; around++) {
                records.add(TestLog.record(random, around, fragments * MAX + around));
            }
        }
        records.add(TestLog.record(random, 0, 300 << 10));
        roundTrip(records, random);
    }

    private void roundTrip(List<byte[]> records, Random random) throws IOException {
        List<Long> ends = new ArrayList<>();
        try (Arena arena = Arena.ofConfined(); var file = storage.create("MANIFEST-000007")) {
            var writer = new RecordWriter(file, SegmentHeader.manifest(TestLog.STORE, 7));
            writer.writeHeader();
            for (byte[] record : records) {
                MemorySegment[] parts = cut(record, random, arena);
                ends.add(writer.append(16 + ends.size() % 240, parts, parts.length - 1));
                if (random.nextInt(3) == 0) {
                    file.force();
                    writer.synced(writer.offset());
                }
            }
        }
        try (var file = storage.open("MANIFEST-000007");
                var reader = RecordReader.open(file,
                        RecordFormat.MANIFEST, TestLog.STORE, 7)) {
            long start = RecordFormat.HEADER_BYTES;
            for (int i = 0; i < records.size(); i++) {
                assertThat(reader.next()).as("record %d", i).isTrue();
                assertThat(reader.kind()).isEqualTo(16 + i % 240);
                assertThat(reader.offset()).isEqualTo(start);
                assertThat(reader.endOffset()).isEqualTo(ends.get(i));
                assertThat(reader.bytes().isNative()).isTrue();
                assertThat(reader.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(records.get(i));
                start = ends.get(i);
            }
            assertThat(reader.next()).isFalse();
            assertThat(reader.end()).isEqualTo(new SegmentEnd.Complete(start));
            reader.requireNotCorrupt();
        }
    }

    /// The record in up to five pieces, some native, some empty, and one that is not to be used.
    private static MemorySegment[] cut(byte[] record, Random random, Arena arena) {
        List<MemorySegment> parts = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int to = i == 3 ? record.length : random.nextInt(at, record.length + 1);
            MemorySegment part = MemorySegment.ofArray(record).asSlice(at, to - at);
            if (random.nextBoolean()) {
                MemorySegment copy = arena.allocate(Math.max(1, to - at)).asSlice(0, to - at);
                part = copy.copyFrom(part);
            }
            parts.add(part);
            at = to;
        }
        parts.add(MemorySegment.ofArray(new byte[99]));
        return parts.toArray(MemorySegment[]::new);
    }

    @Test
    void aRecordTakesNoMoreThanItIsReckonedWith() throws IOException {
        try (var file = storage.create("MANIFEST-000007")) {
            var writer = new RecordWriter(file, SegmentHeader.manifest(TestLog.STORE, 7));
            byte[] bytes = new byte[5 * MAX];
            for (int fragments = 0; fragments < 4; fragments++) {
                for (int around = 0; around <= 40; around++) {
                    int length = Math.max(0, fragments * MAX + around - 20);
                    long before = writer.offset();
                    writer.synced(before);
                    writer.append(16, new MemorySegment[]{
                        MemorySegment.ofArray(bytes).asSlice(0, length)}, 1);
                    assertThat(writer.offset() - before).as("%d bytes", length)
                            .isBetween(RecordFormat.recordBytes(length) - 8,
                                    RecordFormat.recordBytes(length));
                }
            }
        }
    }

    @Test
    void aFragmentIsOneWrite() throws IOException {
        try (var file = storage.create("MANIFEST-000007")) {
            var writer = new RecordWriter(file, SegmentHeader.manifest(TestLog.STORE, 7));
            byte[] bytes = new byte[3 * MAX];
            for (int fragments = 1; fragments <= 3; fragments++) {
                long before = storage.count(OperationKind.WRITE);
                writer.append(16, new MemorySegment[]{
                    MemorySegment.ofArray(bytes).asSlice(0, 1000),
                    MemorySegment.ofArray(bytes).asSlice(0, fragments * MAX - 1000)}, 2);
                assertThat(storage.count(OperationKind.WRITE) - before).isEqualTo(fragments);
            }
        }
    }

    @Test
    void impossibleRecordsAreRefusedAndChangeNothing() throws IOException {
        try (Arena arena = Arena.ofConfined(); var file = storage.create("MANIFEST-000007")) {
            var writer = new RecordWriter(file, SegmentHeader.manifest(TestLog.STORE, 7));
            MemorySegment[] small = {arena.allocate(8)};
            MemorySegment[] large = new MemorySegment[2048];
            Arrays.fill(large, MemorySegment.ofArray(new byte[1 << 20]));
            assertThatThrownBy(() -> writer.append(0, small, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.append(256, small, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.append(16, large, large.length))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(writer.offset()).isEqualTo(RecordFormat.HEADER_BYTES);
        }
    }

    @Test
    void aDeclaredLengthAllocatesNothing() throws IOException {
        byte[] bytes = new byte[256];
        System.arraycopy(SegmentHeader.manifest(TestLog.STORE, 7).encode(), 0, bytes, 0, 64);
        for (int length : new int[]{Integer.MAX_VALUE, -1, Integer.MIN_VALUE, MAX, 1 << 30}) {
            Bytes.putInt(bytes, 64 + RecordFormat.LENGTH_AT, length);
            Bytes.putInt(bytes, 64 + RecordFormat.TYPE_AT, 0x1001);
            TestLog.put(storage, "MANIFEST-000007", bytes);
            try (var file = storage.open("MANIFEST-000007");
                    var reader = RecordReader.open(file,
                            RecordFormat.MANIFEST, TestLog.STORE, 7)) {
                assertThat(reader.next()).isFalse();
                assertThat(reader.end()).isInstanceOf(SegmentEnd.Torn.class);
            }
        }
    }
}
