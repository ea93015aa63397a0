package dev.firn.record;

import dev.firn.testkit.ModelChecking;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One thread forces for all: nobody is acknowledged before its bytes are durable, a failed
/// force fails whoever waits for it and all who come later, and closing ends the rest.
///
/// Model checking: everything is on the heap. Lincheck wakes parked threads at will, so it does not
/// see a lost wake-up; that is for `GroupSyncTest`.
@Tag("lincheck")
class GroupSyncLincheckTest {
    @Test
    void whoIsAcknowledgedIsDurable() {
        ModelChecking.options(8, 400).threads(3)
                .actorsPerThread(2).actorsBefore(0).actorsAfter(1).check(Operations.class);
    }

    public static class Operations {
        private final AtomicLong end = new AtomicLong();
        private volatile long durable;
        private volatile boolean broken;
        private final GroupSync group = new GroupSync(0, this::force);

        private long force() throws IOException {
            long to = end.get();
            if (broken) {
                throw new IOException("broken");
            }
            durable = to;
            return to;
        }

        /// Appends something and waits for it.
        @Operation
        public String write() {
            try {
                long lsn = end.incrementAndGet();
                group.await(lsn);
                return durable >= lsn && group.synced() >= lsn ? "durable" : "acknowledged early";
            } catch (LogFailedException e) {
                return e == group.failure() ? "failed" : "another failure";
            } catch (IllegalStateException e) {
                return "closed";
            }
        }

        /// From here on forces fail.
        @Operation
        public void breakDisk() {
            broken = true;
        }

        @Operation(runOnce = true)
        public void close() throws IOException {
            group.close(() -> {});
        }
    }
}
