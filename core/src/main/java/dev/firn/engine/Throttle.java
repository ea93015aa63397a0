package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.StoreEvent;
import dev.firn.util.MemoryBudget;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Holds writers up, smoothly, when they are faster than flushes and compactions.
///
/// The pressure is a number from 0 (none) to 1, the larger of two: how full the memory for
/// memtables is, and what the compaction policy says about runs and debt. It sets the rate at which
/// bytes are let through, from 1 GB/s down to 1 MB/s, exponentially; so wherever the background's
/// real speed lies, there is a pressure at which writers are as fast, and the store settles there
/// instead of stopping and starting. Every write pays for its bytes with time; small debts are
/// gathered until a pause is worth the system call. Only memory that is really exhausted makes a
/// writer wait.
///
/// Pauses happen outside the commit lock. `pressure` parts are written under the commit lock
/// (memory) and the mutex of the version set (debt).
final class Throttle {
    static final String MEMORY = "memtables wait for their flush";

    private static final double FASTEST_NANOS_PER_BYTE = 1;
    private static final double RANGE = 1000;
    private static final long PAUSE_NANOS_MIN = 500_000;
    private static final long PAUSE_NANOS_MAX = 20_000_000;
    private static final long OWED_NANOS_MAX = 200_000_000;
    private static final long GIVE_UP_NANOS = 30_000_000_000L;

    private final Scheduler scheduler;
    private final Gate gate;
    private final Figures figures;
    private final MemoryBudget budget;
    private final Consumer<StoreEvent> listener;
    private final BooleanSupplier flushPending;
    private final Health health;
    private final AtomicLong freeAt;

    private volatile double memoryPressure;
    private volatile double debtPressure;
    private volatile String debtReason = "compaction is behind";

    /// 0 when writers are not held up.
    private volatile double nanosPerByte;

    Throttle(
            Scheduler scheduler,
            Gate gate,
            Figures figures,
            MemoryBudget budget,
            Consumer<StoreEvent> listener,
            BooleanSupplier flushPending,
            Health health) {
        this.scheduler = scheduler;
        this.gate = gate;
        this.figures = figures;
        this.budget = budget;
        this.listener = listener;
        this.flushPending = flushPending;
        this.health = health;
        this.freeAt = new AtomicLong(scheduler.nanoTime());
    }

    /// How much of the memory for memtables is in use: 0 for little enough, 1 for all.
    void memoryPressure(double pressure) {
        if (pressure != memoryPressure) {
            memoryPressure = pressure;
            update();
        }
    }

    /// How far compaction is behind: 0 for little enough, 1 for too far, and why.
    void debtPressure(double pressure, String reason) {
        debtReason = reason;
        if (pressure != debtPressure) {
            debtPressure = pressure;
            update();
        }
    }

    private void update() {
        double pressure = Math.min(1, Math.max(memoryPressure, debtPressure));
        nanosPerByte = pressure <= 0 ? 0 : FASTEST_NANOS_PER_BYTE * Math.pow(RANGE, pressure);
    }

    /// Called before a write takes the commit lock.
    void beforeWrite(long bytes) {
        double price = nanosPerByte;
        if (price != 0) {
            pay((long) (price * bytes));
        }
    }

    /// Takes the next free stretch of time, shared by all writers, and waits until it comes. What a
    /// single pause does not pay stays owed.
    private void pay(long nanos) {
        long now = scheduler.nanoTime();
        long until;
        while (true) {
            long free = freeAt.get();
            long start = free - now > 0 ? Math.min(free, now + OWED_NANOS_MAX) : now;
            if (freeAt.compareAndSet(free, start + nanos)) {
                until = start + nanos;
                break;
            }
        }
        long pause = Math.min(until - now, PAUSE_NANOS_MAX);
        if (pause < PAUSE_NANOS_MIN) {
            return;
        }
        String reason = memoryPressure >= debtPressure ? MEMORY : debtReason;
        scheduler.pause(pause);
        held(reason, scheduler.nanoTime() - now);
    }

    private void held(String reason, long nanos) {
        figures.stalled(reason, nanos);
        Recordings.stall(reason, nanos);
        listener.accept(new StoreEvent.Stalled("", reason, nanos));
    }

    boolean isFlushPending() {
        return flushPending.getAsBoolean();
    }

    /// Waits until memory has been given back; the caller looks again.
    ///
    /// @param hopeless whether there was nothing to wait for the last time: if there is nothing
    ///     again, the write is refused
    /// @return whether there was nothing to wait for
    boolean waitForMemory(long bytes, boolean hopeless) {
        if (!flushPending.getAsBoolean()) {
            if (hopeless) {
                throw doesNotFit(bytes);
            }
            return true;
        }
        waitForFlush(bytes);
        return false;
    }

    /// Whether so many bytes of memtables, some of which wait for their flush, would leave too
    /// little of the budget for the flush itself.
    boolean crowds(long bytes) {
        return bytes > budget.limit() / 4 * 3 && flushPending.getAsBoolean();
    }

    /// Waits until a flush has given memory back, or none is pending. Throws when one that was
    /// tried meanwhile has met a full disk.
    void waitForFlush(long bytes) {
        long before = budget.used();
        long failures = health.failures();
        long started = scheduler.nanoTime();
        boolean changed =
                scheduler.await(
                        gate,
                        () -> budget.used() < before || !flushPending.getAsBoolean()
                                || health.isClosed() || health.isPoisoned()
                                || (health.failures() != failures && health.diskFull() != null),
                        GIVE_UP_NANOS);
        held(MEMORY, scheduler.nanoTime() - started);
        FirnException full = health.failures() != failures ? health.diskFull() : null;
        if (full != null && !health.isClosed() && !health.isPoisoned()
                && budget.used() >= before && flushPending.getAsBoolean()) {
            throw full;
        }
        if (!changed) {
            throw new FirnException(
                    Kind.OUT_OF_MEMORY,
                    "no memory became free for a write of "
                            + bytes
                            + " bytes in 30 s: flushes do not get on (statistics tell why)");
        }
    }

    private FirnException doesNotFit(long bytes) {
        return new FirnException(
                Kind.OUT_OF_MEMORY,
                "a write of "
                        + bytes
                        + " bytes does not fit the memory budget of "
                        + budget.limit()
                        + " bytes, of which "
                        + budget.used()
                        + " are in use; open the store with more (Options.withMemoryBytes)");
    }
}
