package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.DiskFullException;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every operation of a script fails once, or from then on.
class LogFaultTest {
    private static final int RECORDS = 60;

    /// A run of the script: what was appended, and what of it was acknowledged as synced.
    private static final class Run {
        final SimulatedStorage disk = new SimulatedStorage();
        final FaultyStorage storage = new FaultyStorage(disk);
        final List<byte[]> appended = new ArrayList<>();
        final List<IOException> failures = new ArrayList<>();
        final TestLog test;
        /// What a replay finds right after the failure, and what it should.
        List<byte[]> atFailure = List.of();
        List<byte[]> appendedAtFailure = List.of();
        int acknowledged;
        byte[] indeterminate;

        Run() throws IOException {
            test = TestLog.create(storage, TestLog.SMALL);
        }

        /// Appends, syncs and prepares; after each failure it heals the disk, if told, and goes on with
        /// the next record, not with the same.
        void script(boolean heal) throws IOException {
            Random random = new Random(5);
            for (int i = 0; i < RECORDS; i++) {
                int length = random.nextInt(8) == 0 ? random.nextInt(200_000) : random.nextInt(150);
                byte[] record = TestLog.record(random, i, Math.max(4, length));
                // Zeros at the end: what a short write leaves out may be there already.
                Arrays.fill(record, Math.max(4, record.length / 2), record.length, (byte) 0);
                try {
                    indeterminate = record;
                    test.append(record);
                    appended.add(record);
                    if (i % 5 == 4) {
                        test.log.sync(test.log.end());
                        acknowledged = appended.size();
                    }
                    test.log.prepareStep();
                } catch (IOException e) {
                    failures.add(e);
                    if (heal) {
                        atFailure = replayed();
                        appendedAtFailure = List.copyOf(appended);
                        storage.heal();
                    }
                }
            }
        }

        List<byte[]> replayed() throws IOException {
            return TestLog.replay(disk, test.rotated).records();
        }
    }

    @ParameterizedTest
    @EnumSource(FullDisk.class)
    void aDiskThatIsFullAtTheNthWriteAndThenIsNot(FullDisk how) throws IOException {
        Run clean = new Run();
        long before = clean.storage.count(OperationKind.WRITE);
        clean.script(false);
        long writes = clean.storage.count(OperationKind.WRITE) - before;
        clean.test.log.abandon();
        for (int n = 1; n <= writes; n++) {
            Run run = new Run();
            how.rules(n).forEach(run.storage::add);
            run.script(true);
            String what = how + " at write " + n;
            assertThat(run.storage.fired()).as(what).isPositive();
            assertThat(run.test.log.poisoned()).as(what).isFalse();
            assertEqual(run.atFailure, run.appendedAtFailure, what + ", at once");
            assertThat(run.failures).as(what).hasSizeBetween(0, 1)
                    .allMatch(e -> e instanceof DiskFullException);
            assertThat(run.failures.isEmpty() || run.appended.size() >= RECORDS - 1).as(what)
                    .isTrue();
            assertEqual(run.replayed(), run.appended, what);
            run.test.log.closeCleanly();
            assertEqual(run.replayed(), run.appended, what);
            run.disk.openFiles().assertNone();
        }
    }

    private enum FullDisk {
        NOTHING, A_PART, ALL_BUT_A_BIT, FROM_THEN_ON, ALL_BUT_A_BIT_THEN_NOTHING;

        List<FaultRule> rules(int n) {
            return switch (this) {
                case NOTHING -> List.of(
                        FaultRule.once(OperationKind.WRITE, n, new Fault.DiskFull()));
                case A_PART -> List.of(FaultRule.once(OperationKind.WRITE, n,
                        new Fault.ShortWrite(0.4, true)));
                case ALL_BUT_A_BIT -> List.of(FaultRule.once(OperationKind.WRITE, n,
                        new Fault.ShortWrite(0.99, true)));
                case FROM_THEN_ON -> List.of(FaultRule.sticky(OperationKind.WRITE, n,
                        new Fault.ShortWrite(0.4, true)));
                // What was written cannot be spoilt either.
                case ALL_BUT_A_BIT_THEN_NOTHING -> List.of(
                        FaultRule.once(OperationKind.WRITE, n, new Fault.ShortWrite(0.99, true)),
                        FaultRule.sticky(OperationKind.WRITE, n + 1, new Fault.DiskFull()));
            };
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "FORCE", "SYNC_DIRECTORY"})
    void anyOtherFailureEndsTheLogForGood(OperationKind kind) throws IOException {
        Run clean = new Run();
        long before = clean.storage.count(kind);
        clean.script(false);
        long operations = clean.storage.count(kind) - before;
        clean.test.log.abandon();
        assertThat(operations).isGreaterThan(3);
        for (int n = 1; n <= operations; n++) {
            Run run = new Run();
            // Once only: a log that tries again would find the disk healthy.
            run.storage.add(FaultRule.once(kind, n, new Fault.InputOutputError()));
            run.script(false);
            String what = kind + " " + n;
            if (kind == OperationKind.WRITE && !run.test.log.poisoned()) {
                // The zeros of a new segment, of which no record depends.
                assertThat(run.failures).as(what).hasSize(1);
                assertEqual(run.replayed(), run.appended, what);
                run.test.log.abandon();
                continue;
            }
            assertThat(run.test.log.poisoned()).as(what).isTrue();
            LogFailedException failure = run.test.log.failure();
            assertThat(run.failures).as(what).isNotEmpty().allMatch(e -> e == failure);
            long forced = run.storage.count(OperationKind.FORCE);
            long synced = run.storage.count(OperationKind.SYNC_DIRECTORY);
            assertThatThrownBy(() -> run.test.append(new byte[5])).isSameAs(failure);
            if (run.test.log.syncedUpTo() < run.test.log.end()) {
                assertThatThrownBy(() -> run.test.log.sync(run.test.log.end())).isSameAs(failure);
            }
            assertThatThrownBy(() -> run.test.log.retire(1)).isSameAs(failure);
            assertThatThrownBy(run.test.log::closeCleanly).isSameAs(failure);
            assertThat(run.test.log.prepareStep()).isFalse();
            run.test.log.abandon();
            assertThat(run.storage.count(OperationKind.FORCE)).as("never forced again")
                    .isEqualTo(forced);
            assertThat(run.storage.count(OperationKind.SYNC_DIRECTORY)).isEqualTo(synced);
            run.disk.openFiles().assertNone();
            for (int seed = 0; seed < 20; seed++) {
                run.disk.crash(new Random(seed));
                List<byte[]> left = TestLog.replay(run.disk.crash(new Random(seed)),
                        run.test.rotated).records();
                assertThat(left.size()).as(what).isGreaterThanOrEqualTo(run.acknowledged);
                for (int i = 0; i < left.size(); i++) {
                    byte[] expected = i < run.appended.size()
                            ? run.appended.get(i)
                            : run.indeterminate;
                    assertThat(left.get(i)).as(what).isEqualTo(expected);
                }
            }
        }
    }

    private static void assertEqual(List<byte[]> read, List<byte[]> expected, String what) {
        assertThat(read).as(what).extracting(Arrays::hashCode)
                .isEqualTo(expected.stream().map(Arrays::hashCode).toList());
    }

    @Test
    void aFullDiskAtASyncIsAFailure() throws IOException {
        Run run = new Run();
        run.test.append(new byte[10]);
        run.storage.add(FaultRule.once(OperationKind.FORCE, 1, new Fault.DiskFull()));
        assertThatThrownBy(() -> run.test.log.sync(run.test.log.end()))
                .isInstanceOf(LogFailedException.class).hasRootCauseInstanceOf(
                        DiskFullException.class);
        assertThat(run.test.log.poisoned()).isTrue();
        run.test.log.abandon();
    }

    @Test
    void aCloseRecordWhoseForceFailedIsNoCleanClose() throws IOException {
        Run run = new Run();
        run.test.append(new byte[10]);
        run.test.log.sync(run.test.log.end());
        run.storage.add(FaultRule.once(OperationKind.FORCE, 1, new Fault.InputOutputError()));
        assertThatThrownBy(run.test.log::closeCleanly).isInstanceOf(LogFailedException.class);
        run.test.log.abandon();
        // The system's cache has the record, as after the end of the process; the device has not.
        TestLog.Replayed replayed = TestLog.replay(run.disk, run.test.rotated);
        assertThat(replayed.records()).hasSize(1);
        assertThat(replayed.log().closedCleanly()).isFalse();
    }

    @Test
    void whereNoUsualSegmentFitsA64KibibyteOneDoes() throws IOException {
        SimulatedStorage disk = new SimulatedStorage().capacity((64 << 10) + 200);
        TestLog test = TestLog.create(disk, LogOptions.DEFAULT);
        byte[] record = TestLog.record(new Random(1), 0, 100);
        test.append(record);
        test.log.closeCleanly();
        assertThat(TestLog.replay(disk, test.rotated).records()).containsExactly(record);
        assertThatThrownBy(() -> TestLog.create(
                new SimulatedStorage().capacity((64 << 10) - 1), LogOptions.DEFAULT))
                .isInstanceOf(DiskFullException.class);
    }

    @Test
    void whereTheNextSizeDoesNotFitASmallerSegmentDoes() throws IOException {
        SimulatedStorage disk = new SimulatedStorage().capacity(1024 + 2048 + 1024 + 100);
        TestLog test = TestLog.create(disk, TestLog.SMALL);
        List<byte[]> appended = new ArrayList<>();
        Random random = new Random(1);
        IOException full = null;
        while (full == null) {
            byte[] record = TestLog.record(random, appended.size(), 100);
            try {
                test.append(record);
                appended.add(record);
            } catch (IOException e) {
                full = e;
            }
        }
        assertThat(full).isInstanceOf(DiskFullException.class);
        assertThat(test.opened).hasSize(3);
        test.log.closeCleanly();
        assertThat(TestLog.replay(disk, test.rotated).records())
                .containsExactlyElementsOf(appended);
    }
}
