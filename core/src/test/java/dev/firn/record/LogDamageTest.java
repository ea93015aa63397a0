package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.firn.storage.CorruptException;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every truncation and every flipped bit of small logs: what comes out is a prefix of what went in, or
/// an error that names the file; and a record that a later, undamaged one says was synced is never
/// missing silently.
@Tag("proof")
class LogDamageTest {
    private final SimulatedStorage storage = new SimulatedStorage();
    private final List<byte[]> records = new ArrayList<>();
    /// How many records were synced before the last record that says so.
    private final List<Integer> claimed = new ArrayList<>();
    private int synced;

    private TestLog write(int count, int syncEvery) throws IOException {
        Random random = new Random(7);
        TestLog test = TestLog.create(storage, new LogOptions(1024, 2048, 0));
        for (int i = 0; i < count; i++) {
            byte[] record = TestLog.record(random, i, random.nextInt(4, 120));
            claimed.add(synced);
            test.append(record);
            records.add(record);
            if (i % syncEvery == syncEvery - 1) {
                test.log.sync(test.log.end());
                synced = records.size();
            }
        }
        return test;
    }

    @Test
    void aLogThatCrashed() throws IOException {
        TestLog test = write(40, 7);
        test.log.abandon();
        int harmless = sweep(Map.of(), false);
        assertThat(harmless).isPositive();
    }

    @Test
    void aLogWithRecordedSizes() throws IOException {
        TestLog test = write(40, 7);
        test.log.abandon();
        assertThat(test.rotated).hasSizeGreaterThan(1);
        sweep(test.rotated, false);
    }

    @Test
    void aLogThatWasClosed() throws IOException {
        TestLog test = write(30, 100);
        test.log.closeCleanly();
        sweep(test.rotated, true);
    }

    private int sweep(Map<Long, Long> sizes, boolean complete) throws IOException {
        assertThat(TestLog.replay(storage, sizes).records()).hasSameSizeAs(records);
        int harmless = 0;
        for (var file : storage.list()) {
            String name = file.name();
            byte[] whole = TestLog.bytes(storage, name);
            for (int bit = 0; bit < 8 * whole.length; bit++) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                TestLog.put(storage, name, damaged);
                harmless += check(sizes, complete, name + ", bit " + bit);
            }
            for (int length = 0; length < whole.length; length++) {
                TestLog.put(storage, name, Arrays.copyOf(whole, length));
                check(sizes, true, name + ", cut to " + length);
            }
            storage.delete(name);
            check(sizes, true, name + ", missing");
            TestLog.put(storage, name, whole);
        }
        return harmless;
    }

    /// Returns 1 if nothing was lost.
    private int check(Map<Long, Long> sizes, boolean noneMissing, String what) throws IOException {
        List<byte[]> read = new ArrayList<>();
        boolean reported = false;
        try {
            // The manifest knows the first one, whether the directory has it or not.
            List<LogReplay.Segment> segments = new ArrayList<>(
                    TestLog.segments(storage, 2, sizes));
            segments.add(new LogReplay.Segment(1,
                    sizes.getOrDefault(1L, RecordReader.UNKNOWN_SIZE)));
            TestLog.replay(storage, segments, read);
        } catch (CorruptException e) {
            assertThat(e.file()).endsWith(".log");
            reported = true;
        }
        if (read.size() > records.size()) {
            fail(what + ": " + read.size() + " records");
        }
        for (int i = 0; i < read.size(); i++) {
            if (!Arrays.equals(read.get(i), records.get(i))) {
                fail(what + ": wrong record " + i);
            }
        }
        if (!reported && noneMissing && read.size() < records.size()) {
            fail(what + ": lost silently all behind record " + read.size());
        }
        if (!reported && read.size() < synced && !lastSyncUnclaimed(read.size())) {
            fail(what + ": lost silently record " + read.size() + " of " + synced + " synced");
        }
        return !reported && read.size() == records.size() ? 1 : 0;
    }

    /// Whether the damage is in the record, or one before it, that alone could tell of the sync.
    private boolean lastSyncUnclaimed(int hole) {
        for (int i = hole + 1; i < records.size(); i++) {
            if (claimed.get(i) > hole && (i == 0 || claimed.get(i) > claimed.get(i - 1))) {
                return false;
            }
        }
        return true;
    }
}
