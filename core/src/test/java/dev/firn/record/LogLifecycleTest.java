package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.CorruptException;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A log from its creation over rotation, recycling and retirement to its end, in one thread.
class LogLifecycleTest {
    private final SimulatedStorage storage = new SimulatedStorage();
    private final Random random = new Random(3);
    private final List<byte[]> records = new ArrayList<>();

    @AfterEach
    void nothingStaysOpen() {
        storage.openFiles().assertNone();
    }

    private void fill(TestLog test, int count, int length) throws IOException {
        for (int i = 0; i < count; i++) {
            byte[] record = TestLog.record(random, records.size(), length);
            long before = test.log.end();
            long lsn = test.append(record);
            assertThat(lsn).isGreaterThan(before).isEqualTo(test.log.end());
            records.add(record);
        }
    }

    private TestLog.Replayed replay(TestLog test) throws IOException {
        return TestLog.replay(storage, test.rotated);
    }

    @Test
    void anAppendIntoAPreparedSegmentIsOneWriteAndNothingElse() throws IOException {
        TestLog test = TestLog.create(storage, LogOptions.DEFAULT);
        List<OperationKind> seen = new ArrayList<>();
        storage.beforeEach((_, operation) -> seen.add(operation.kind()));
        fill(test, 1, 134);
        assertThat(seen).containsExactly(OperationKind.WRITE);
        test.log.abandon();
    }

    @Test
    void segmentsDoubleUpToTheBoundAndReplayInOrder() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        List<Long> lsns = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            fill(test, 1, 100);
            lsns.add(test.log.end());
        }
        assertThat(test.rotated).as("nothing is reported before it is synced").isEmpty();
        test.log.sync(test.log.end());
        assertThat(test.rotated.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        test.opened.subList(0, test.opened.size() - 1));
        test.log.abandon();
        assertThat(storage.list().stream().mapToLong(Storage.FileInfo::bytes).sorted())
                .startsWith(1024L, 2048L, 4096L, 4096L);
        TestLog.Replayed replayed = replay(test);
        assertThat(replayed.records()).containsExactlyElementsOf(records);
        assertThat(replayed.lsns()).isEqualTo(lsns);
        assertThat(replayed.log().closedCleanly()).isFalse();
        assertThat(replayed.log().records()).isEqualTo(150);
        assertThat(replayed.log().endLsn()).isEqualTo(lsns.getLast());
    }

    @Test
    void aPreparedSegmentMakesRotationAWriteOnly() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        assertThat(test.log.prepareWanted()).isFalse();
        assertThat(test.log.prepareStep()).isFalse();
        fill(test, 5, 100);
        assertThat(test.log.prepareWanted()).isTrue();
        assertThat(test.log.prepareStep()).isTrue();
        assertThat(test.log.prepareStep()).isFalse();
        List<OperationKind> seen = new ArrayList<>();
        storage.beforeEach((_, operation) -> seen.add(operation.kind()));
        fill(test, 4, 100);
        assertThat(test.log.currentSegment()).isEqualTo(2);
        assertThat(seen).containsOnly(OperationKind.WRITE).hasSize(5);
        test.log.sync(test.log.end());
        assertThat(test.log.prepareWanted()).as("the first file is to be closed").isTrue();
        assertThat(test.log.prepareStep()).isTrue();
        assertThat(test.log.prepareWanted()).isFalse();
        test.log.abandon();
        assertThat(replay(test).records()).containsExactlyElementsOf(records);
    }

    @Test
    void aLargeRecordGetsASegmentOfItsOwnSize() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        fill(test, 4, 100);
        test.log.prepareStep();
        fill(test, 1, 300_000);
        fill(test, 3, 100);
        test.log.sync(test.log.end());
        test.log.abandon();
        TestLog.Replayed replayed = replay(test);
        assertThat(replayed.records()).containsExactlyElementsOf(records);
        assertThat(test.opened).as("the prepared one was too small").containsExactly(1L, 3L, 4L);
    }

    @Test
    void retiredSegmentsAreRecycledAndTheirOldRecordsNeverReplayed() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        long kept = 0;
        for (int round = 0; round < 40; round++) {
            fill(test, 20, random.nextInt(60, 110));
            test.log.prepareStep();
            records.clear();
            kept = test.log.currentSegment();
            int before = test.opened.size();
            // What comes next is told apart: replay starts at the segment behind the current one.
            while (test.opened.size() == before) {
                records.clear();
                fill(test, 1, 100);
            }
            kept = test.log.currentSegment();
            test.log.retire(kept);
        }
        fill(test, 10, 50);
        test.log.abandon();
        long renamed = storage.count(OperationKind.RENAME);
        assertThat(renamed).as("recycled").isGreaterThan(20);
        TestLog.Replayed replayed = TestLog.replay(storage, kept, test.rotated);
        assertThat(replayed.records()).containsExactlyElementsOf(records);
        assertThat(storage.list()).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void aCleanLogIsAdoptedAsItIs() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        Map<Long, Long> sizes = test.rotated;
        for (int life = 0; life < 5; life++) {
            fill(test, 25, 100);
            test.log.closeCleanly();
            test.log.closeCleanly();
            test.log.abandon();
            sizes.putAll(test.rotated);
            TestLog.Replayed replayed = TestLog.replay(storage, sizes);
            assertThat(replayed.records()).containsExactlyElementsOf(records);
            assertThat(replayed.log().closedCleanly()).isTrue();
            assertThat(replayed.log().discarded()).isEmpty();
            assertThat(replayed.log().startLsn()).isZero();
            assertThat(storage.list().stream().filter(
                    f -> f.name().equals(RecordFormat.logName(replayed.log().lastSegment()))))
                    .singleElement().extracting(Storage.FileInfo::bytes)
                    .as("trimmed").isEqualTo(replayed.log().lastSegmentBytes());
            test = TestLog.open(storage, TestLog.SMALL, replayed.log());
        }
        long first = test.log.currentSegment();
        fill(test, 1, 10);
        test.log.retire(first);
        test.log.closeCleanly();
        assertThat(storage.list()).as("the inherited segments are gone").hasSize(1);
    }

    @Test
    void aRecoveryThatDidNotFinishIsForgotten() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        fill(test, 30, 100);
        test.log.sync(test.log.end());
        fill(test, 3, 100);
        test.log.abandon();
        TestLog.Replayed first = replay(test);
        for (int attempt = 0; attempt < 3; attempt++) {
            TestLog again = TestLog.open(storage, TestLog.SMALL,
                    TestLog.replay(storage, test.rotated).log());
            for (byte[] record : first.records()) {
                again.appendAndSync(record);
            }
            again.log.abandon();
            test.rotated.putAll(again.rotated);
            assertThat(replay(test).records()).containsExactlyElementsOf(records);
        }
        RecoveredLog log = replay(test).log();
        assertThat(log.discarded()).isNotEmpty().doesNotContain(1L);
        TestLog again = TestLog.open(storage, TestLog.SMALL, log);
        fill(again, 2, 100);
        again.log.retire(again.opened.getFirst());
        again.log.closeCleanly();
        TestLog.Replayed last = TestLog.replay(storage, again.opened.getFirst(), Map.of());
        assertThat(last.records()).hasSize(2);
        assertThat(storage.list()).hasSize(1);
    }

    @Test
    void aMissingSegmentIsCorruption() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        fill(test, 60, 100);
        test.log.abandon();
        assertThat(test.opened).hasSizeGreaterThan(2);
        storage.delete(RecordFormat.logName(2));
        assertThatThrownBy(() -> replay(test)).isInstanceOfSatisfying(CorruptException.class,
                e -> assertThat(e.file()).isEqualTo("000002.log"));
    }

    @Test
    void aForeignStoreAndASwappedSegmentAreRefused() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        fill(test, 60, 100);
        test.log.abandon();
        assertThatThrownBy(() -> LogReplay.replay(storage, TestLog.STORE + 1,
                List.of(new LogReplay.Segment(1)), (_, _, _, _) -> {}))
                .isInstanceOf(CorruptException.class).hasMessageContaining("store");
        storage.rename("000002.log", "000003.log");
        storage.delete("000001.log");
        storage.rename("000003.log", "000001.log");
        assertThatThrownBy(() -> replay(test)).isInstanceOf(CorruptException.class)
                .hasMessageContaining("number");
    }

    @Test
    void aClosedLogSaysSo() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        fill(test, 1, 100);
        long end = test.log.end();
        test.log.abandon();
        test.log.abandon();
        test.log.closeCleanly();
        assertThatThrownBy(() -> test.append(new byte[1]))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> test.log.sync(end)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> test.log.retire(1)).isInstanceOf(IllegalStateException.class);
        assertThat(test.log.prepareStep()).isFalse();
    }

    @Test
    void wrongCallsAreRefused() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        long end = test.log.end();
        assertThatIllegalArgumentException().isThrownBy(() -> test.log.sync(end + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> test.log.retire(2));
        for (int kind : new int[]{0, RecordFormat.CLOSE, RecordFormat.LINK, 256}) {
            assertThatIllegalArgumentException().isThrownBy(
                    () -> test.log.append(kind, new MemorySegment[0], 0));
        }
        assertThat(test.log.end()).isEqualTo(end);
        test.log.abandon();
    }

    @Test
    void anUnknownRecordKindIsRefusedByName() throws IOException {
        TestLog test = TestLog.create(storage, TestLog.SMALL);
        test.log.append(77, new MemorySegment[0], 0);
        test.log.abandon();
        assertThatThrownBy(() -> replay(test)).isInstanceOf(CorruptException.class)
                .hasMessageContaining("kind 77");
    }
}
