package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.testkit.ModelChecking;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The list of what is open is linearizable with the commits: what a compaction does not find in it
/// opens at a sequence that is visible by then, what was closed is not found, and sequences ascend.
///
/// Model checking: everything is on the heap.
@Tag("lincheck")
class SnapshotsLincheckTest {
    @Test
    void theListIsLinearizable() {
        ModelChecking.options(20, 150).threads(2)
                .actorsPerThread(3).actorsBefore(2).actorsAfter(2)
                .sequentialSpecification(Model.class)
                .check(Operations.class);
    }

    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Operations {
        private static final int THREADS_MAX = 8;
        private static final Snapshots.Scan SCAN = new Snapshots.Scan(null, null, null);

        private final Snapshots snapshots = new Snapshots();
        private final AtomicLong visible = new AtomicLong();
        private final AtomicReferenceArray<Snapshots.Pin> pins =
                new AtomicReferenceArray<>(THREADS_MAX);

        @Operation
        public long commit() {
            return visible.incrementAndGet();
        }

        /// Opens one, or closes the one that the thread has open.
        @Operation
        public long openOrClose(@Param(name = "thread") int thread) {
            Snapshots.Pin pin = pins.get(thread);
            if (pin == null) {
                pin = snapshots.open(visible::get, SCAN, 0);
                pins.set(thread, pin);
                return pin.sequence;
            }
            snapshots.close(pin);
            snapshots.close(pin);
            pins.set(thread, null);
            return -1;
        }

        /// Opens a second one at the same sequence and closes the first.
        @Operation
        public String reopen(@Param(name = "thread") int thread) {
            Snapshots.Pin pin = pins.get(thread);
            if (pin == null) {
                return "none";
            }
            Snapshots.Pin second = snapshots.openAt(pin, SCAN, 0);
            snapshots.close(pin);
            pins.set(thread, second);
            try {
                snapshots.openAt(pin, SCAN, 0);
                return "opened at a closed one";
            } catch (FirnException e) {
                return "at " + second.sequence;
            }
        }

        /// What a compaction finds.
        @Operation
        public String capture() {
            return Arrays.toString(snapshots.capture());
        }
    }

    /// The same, one operation after the other.
    public static class Model {
        private final Map<Integer, Long> open = new HashMap<>();
        private long visible;

        public long commit() {
            return ++visible;
        }

        public long openOrClose(int thread) {
            return open.remove(thread) == null ? opened(thread) : -1;
        }

        private long opened(int thread) {
            open.put(thread, visible);
            return visible;
        }

        public String reopen(int thread) {
            Long sequence = open.get(thread);
            return sequence == null ? "none" : "at " + sequence;
        }

        public String capture() {
            return new TreeSet<>(open.values()).toString();
        }
    }
}
