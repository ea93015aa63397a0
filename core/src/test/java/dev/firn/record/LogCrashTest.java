package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.DiskFullException;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Power is lost before every operation of random scripts, and in the middle of recoveries from that;
/// the process dies as well. What is replayed is always a prefix of what was appended, with everything
/// that was acknowledged.
///
/// The manifest is played by fields: its edits are durable at once, as those of the engine are when the
/// next step is taken.
class LogCrashTest {
    private static final LogOptions TINY = new LogOptions(512, 2048, 1);

    /// The planted bug, or none.
    private enum Bug {
        NONE, NO_LOG_FORCE, NO_DIRECTORY_SYNC, ACKNOWLEDGED_TOO_EARLY
    }

    /// What is wrong with a state.
    private static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /// A script that runs over a disk which is crashed before each of its operations.
    private static final class Life {
        final long seed;
        final Random random;
        final int statesPerOperation;
        final Bug bug;
        final SimulatedStorage disk = new SimulatedStorage();
        final FaultyStorage storage = new FaultyStorage(disk);
        final List<byte[]> appended = new ArrayList<>();
        /// How many records had been appended when each segment was opened.
        final Map<Long, Integer> firstRecord = new HashMap<>();
        final Map<Long, Long> sizes = new HashMap<>();
        TestLog test;
        long logsFrom = 1;
        int flushed;
        int synced;
        /// Whether the last record has been appended, or is being.
        boolean whole = true;
        long states;
        Violation violation;

        Life(long seed, int statesPerOperation, Bug bug) {
            this.seed = seed;
            this.random = new Random(seed);
            this.statesPerOperation = statesPerOperation;
            this.bug = bug;
        }

        long run(int steps) throws IOException {
            switch (bug) {
                case NO_LOG_FORCE -> storage.add(
                        FaultRule.sticky(OperationKind.FORCE, 1, new Fault.LyingForce()));
                case NO_DIRECTORY_SYNC -> storage.add(
                        FaultRule.sticky(OperationKind.SYNC_DIRECTORY, 2, new Fault.LyingForce()));
                default -> {
                }
            }
            storage.create();
            test = TestLog.open(storage, TINY, RecoveredLog.empty(), this::opened);
            disk.beforeEach((now, _) -> crash(now));
            try {
                for (int i = 0; i < steps; i++) {
                    step();
                    sizes.putAll(test.rotated);
                }
            } catch (IOException | RuntimeException e) {
                // A log takes what is thrown out of its operations for a failure of the disk.
                if (violation != null) {
                    throw violation;
                }
                throw e;
            }
            disk.beforeEach((_, _) -> {});
            test.log.abandon();
            return states;
        }

        private void step() throws IOException {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3 -> test.log.prepareStep();
                case 4, 5, 6 -> sync();
                case 7 -> retire();
                case 8 -> reopen();
                case 9 -> appendOnFullDisk();
                default -> append();
            }
        }

        private void append() throws IOException {
            appended.add(nextRecord());
            whole = false;
            try {
                test.append(appended.getLast());
            } finally {
                whole = true;
            }
        }

        private byte[] nextRecord() {
            int length = random.nextInt(20) == 0
                    ? random.nextInt(1000, 140_000)
                    : random.nextInt(4, 200);
            return TestLog.record(random, appended.size() + 1_000_000 * random.nextInt(100),
                    length);
        }

        /// The record fails in one of its writes, is forgotten, and another one takes its place.
        private void appendOnFullDisk() throws IOException {
            storage.add(FaultRule.once(OperationKind.WRITE, random.nextInt(1, 4),
                    new Fault.ShortWrite(random.nextDouble(), true)));
            try {
                append();
            } catch (DiskFullException e) {
                appended.removeLast();
            }
            storage.heal();
        }

        private void sync() throws IOException {
            int count = appended.size();
            if (bug == Bug.ACKNOWLEDGED_TOO_EARLY) {
                synced = count;
            }
            test.log.sync(test.log.end());
            synced = count;
        }

        /// Everything before the current segment has been flushed.
        private void retire() throws IOException {
            sync();
            sizes.putAll(test.rotated);
            logsFrom = test.log.currentSegment();
            flushed = firstRecord.get(logsFrom);
            test.log.retire(logsFrom);
        }

        private void reopen() throws IOException {
            test.log.closeCleanly();
            synced = appended.size();
            sizes.putAll(test.rotated);
            test = TestLog.open(storage, TINY, TestLog.replay(storage, logsFrom, sizes).log(),
                    this::opened);
        }

        private void opened(long number) {
            firstRecord.put(number, appended.size() - (whole ? 0 : 1));
        }

        private void crash(SimulatedStorage now) {
            try {
                checkAll(now);
            } catch (Violation e) {
                violation = e;
                throw e;
            }
        }

        private void checkAll(SimulatedStorage now) {
            if (random.nextInt(3) == 0) {
                check(now.processCrash(), appended.size() - (whole ? 0 : 1));
            }
            now.crashStates(statesPerOperation, random.nextLong())
                    .forEach(state -> check(state, synced));
        }

        /// Replays a state; then, in one of some, lets the recovery crash as well.
        private void check(SimulatedStorage state, int atLeast) {
            states++;
            try {
                Map<Long, Long> known = new HashMap<>(sizes);
                known.putAll(test.rotated);
                TestLog.Replayed left = TestLog.replay(state, logsFrom, known);
                compare(left.records(), atLeast, state);
                if (random.nextInt(16) == 0) {
                    recover(state, left, known);
                }
            } catch (IOException e) {
                throw new Violation("seed " + seed + ", " + state.location() + ": " + e);
            }
        }

        private void compare(List<byte[]> read, int atLeast, Storage state) {
            int count = read.size() + flushed;
            boolean same = count <= appended.size();
            for (int i = 0; same && i < read.size(); i++) {
                same = Arrays.equals(read.get(i), appended.get(flushed + i));
            }
            if (!same || count < atLeast) {
                throw new Violation("seed " + seed + ", " + state.location() + ": " + read.size()
                        + " records behind " + flushed + " flushed, of " + appended.size() + ", "
                        + atLeast + " acknowledged" + (same ? "" : ", and they differ"));
            }
        }

        /// Rewrites what was recovered, as the engine does, and crashes at a random operation.
        private void recover(SimulatedStorage state, TestLog.Replayed left, Map<Long, Long> known)
                throws IOException {
            int crashAt = random.nextInt(40);
            int[] operations = {0};
            Map<Long, Long> later = new HashMap<>(known);
            TestLog[] again = new TestLog[1];
            long[] from = {logsFrom};
            state.beforeEach((now, _) -> {
                if (operations[0]++ == crashAt) {
                    if (again[0] != null) {
                        later.putAll(again[0].rotated);
                    }
                    now.crashStates(3, random.nextLong()).forEach(crashed -> {
                        states++;
                        try {
                            // What only the system's cache had is not promised until it is rewritten.
                            int promised = from[0] == logsFrom
                                    ? synced
                                    : flushed + left.records().size();
                            compare(TestLog.replay(crashed, from[0], later).records(), promised,
                                    crashed);
                        } catch (IOException e) {
                            throw new Violation("seed " + seed + ", recovery, "
                                    + crashed.location() + ": " + e);
                        }
                    });
                }
            });
            again[0] = TestLog.open(state, TINY, left.log());
            if (!left.log().closedCleanly()) {
                for (byte[] record : left.records()) {
                    again[0].append(record);
                }
                again[0].log.sync(again[0].log.end());
                from[0] = again[0].opened.getFirst();
                again[0].log.retire(from[0]);
            }
            again[0].log.abandon();
        }
    }

    private static long violations(Bug bug, int seeds, int steps, int states) throws IOException {
        long found = 0;
        for (int seed = 0; seed < seeds; seed++) {
            try {
                new Life(seed, states, bug).run(steps);
            } catch (Violation e) {
                found++;
            }
        }
        return found;
    }

    @Test
    void noCrashLosesWhatWasAcknowledged() throws IOException {
        long states = 0;
        for (int seed = 0; seed < 25; seed++) {
            states += new Life(seed, 12, Bug.NONE).run(60);
        }
        assertThat(states).isGreaterThan(15_000);
    }

    @Test
    @Tag("long")
    void noCrashLosesWhatWasAcknowledgedForLong() throws IOException {
        for (int seed = 1000; seed < 4000; seed++) {
            new Life(seed, 30, Bug.NONE).run(150);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aPlantedBugIsFound(Bug bug) throws IOException {
        assertThat(violations(bug, 10, 60, 12)).isGreaterThan(5);
    }
}
