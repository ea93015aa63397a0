package dev.firn.hostile;

import com.sun.management.ThreadMXBean;
import dev.firn.Durability;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.VerifyReport;
import dev.firn.engine.DeterministicScheduler;
import dev.firn.engine.SharedResources;
import dev.firn.engine.Store;
import dev.firn.engine.Verifier;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.Storage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

/// Opens stores one after the other, on one thread, with the same resources, and checks that each
/// gives them back and took no more of the heap than a small store may. Not thread-safe.
final class Opener implements AutoCloseable {
    /// More than any small store has to take, less than a length in a damaged file can ask for.
    static final long HEAP_BYTES_MAX = 48L << 20;

    /// The cache keeps some empty memory. What leaks adds up over many stores.
    private static final long BUDGET_LEFT_MAX = 2L << 20;

    private static final long PAST_ALL_TIMERS = Duration.ofHours(3).toNanos();

    private static final long STORE_ID = 0x5eed_0f_a_510e_1dL;
    private static final Path SOMEWHERE = Path.of("memory");

    private final ThreadMXBean threads =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DeterministicScheduler scheduler = new DeterministicScheduler(1);
    private final SharedResources resources = SharedResources.on(scheduler, 24L << 20, 1);
    private final long heapBytesMax;
    private long allocatedBefore;

    Opener() {
        this(HEAP_BYTES_MAX);
    }

    /// With another bound for what a store takes of the heap.
    Opener(long heapBytesMax) {
        this.heapBytesMax = heapBytesMax;
    }

    Store open(Storage storage, boolean readOnly) {
        return open(storage, readOnly, KeyspaceOptions.defaults(), STORE_ID);
    }

    Store open(Storage storage, boolean readOnly, KeyspaceOptions keyspaces, long id) {
        Options options = Options.defaults().withReadOnly(readOnly).withMemtableBytes(64L << 10)
                .withDurability(Durability.BUFFERED).withSyncInterval(Duration.ofHours(1))
                .withKeyspaceDefaults(keyspaces);
        return Store.open(SOMEWHERE, storage, options, resources, false, id);
    }

    VerifyReport verify(Storage storage) {
        return Verifier.verify(storage, resources, bytes -> {});
    }

    /// From now on memory is counted.
    void begin() {
        allocatedBefore = threads.getCurrentThreadAllocatedBytes();
    }

    /// Nothing of a store that was closed, or not opened, may be left.
    void requireNothingLeft(MemoryDirectory directory) {
        // Timers of stores that are gone run out, too.
        scheduler.advance(PAST_ALL_TIMERS);
        scheduler.drain();
        long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        if (allocated > heapBytesMax) {
            throw new Violation(Kind.UNEXPECTED_ERROR, allocated + " bytes of the heap were taken");
        }
        if (!directory.open().isEmpty()) {
            throw new Violation(Kind.LEAK, "left open: " + directory.open());
        }
        if (resources.memoryUsed() > BUDGET_LEFT_MAX) {
            throw new Violation(Kind.LEAK, resources.memoryUsed() + " bytes of the budget");
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
