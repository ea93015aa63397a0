package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.StoreEvent;
import dev.firn.util.MemoryBudget;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Holds writers up, smoothly, when they are faster than flushes and compactions.
///
/// Two things can run out: memory for memtables, and what the compaction policy allows in runs and
/// stale bytes. For each this knows how many bytes of room are left, and how long the background
/// will take, at the speed it was seen to have, until there is more; the scarcer one sets the rate
/// at which bytes are let through ([Pace]). Every write pays for its bytes with time; small debts
/// are gathered until a pause is worth the system call. Only memory that is really exhausted makes
/// a writer wait.
///
/// Pauses happen outside the commit lock. Thread-safe; room is told under the commit lock (memory)
/// and the lock of [Compactions] (debt).
final class Throttle {
    static final String MEMORY = "memtables wait for their flush";
    static final String DISK = "the disk is slow to sync the log";

    /// A force that takes longer is worth telling.
    private static final long SLOW_NANOS = 100_000_000;

    private static final long LOOK_NANOS = 10_000_000;
    private static final long PAUSE_NANOS_MIN = 500_000;
    private static final long PAUSE_NANOS_MAX = 20_000_000;
    private static final long WRITE_NANOS_MAX = 80_000_000;
    private static final long OWED_NANOS_MAX = 200_000_000;
    private static final long GIVE_UP_NANOS = 30_000_000_000L;

    private final Scheduler scheduler;
    private final Tasks tasks;
    private final Figures figures;
    private final MemoryBudget budget;
    private final Consumer<StoreEvent> listener;
    private final BooleanSupplier flushPending;
    private final Health health;
    private final AtomicLong freeAt;

    private final ReentrantLock lock = new ReentrantLock();
    private final Pace pace;
    private double memoryRoom = Pace.UNBOUND;
    private double memoryRelief;
    private double debtRoom = Pace.UNBOUND;
    private double debtRelief;
    private String debtReason = MEMORY;

    /// Bytes let through since the debt was told.
    private final AtomicLong sinceDebt = new AtomicLong();

    private volatile String reason = MEMORY;

    /// 0 when writers are not held up.
    private volatile double nanosPerByte;

    private volatile long lookedAt;

    Throttle(
            Scheduler scheduler,
            Tasks tasks,
            Figures figures,
            MemoryBudget budget,
            Consumer<StoreEvent> listener,
            BooleanSupplier flushPending,
            Health health) {
        this.scheduler = scheduler;
        this.tasks = tasks;
        this.figures = figures;
        this.budget = budget;
        this.listener = listener;
        this.flushPending = flushPending;
        this.health = health;
        this.pace = new Pace(scheduler.nanoTime());
        this.freeAt = new AtomicLong(scheduler.nanoTime());
    }

    /// How much memory for memtables is left.
    ///
    /// @param room bytes; infinite while there is plenty
    /// @param relief nanoseconds until the flush under way gives some back; infinite when it waits
    ///     for compaction
    void memory(double room, double relief) {
        lock.lock();
        try {
            memoryRoom = room;
            memoryRelief = relief;
            update();
        } finally {
            lock.unlock();
        }
    }

    /// How much may be written before compaction is too far behind.
    ///
    /// @param room bytes; infinite while nothing is due
    /// @param relief nanoseconds until what is under way makes room
    void debt(double room, double relief, String why) {
        lock.lock();
        try {
            debtRoom = room;
            debtRelief = relief;
            // With nothing due the rate grows from what it was held down to for this reason.
            debtReason = why.isEmpty() ? debtReason : why;
            sinceDebt.set(0);
            update();
        } finally {
            lock.unlock();
        }
    }

    private void update() {
        long now = scheduler.nanoTime();
        double debt = Math.max(0, debtRoom - sinceDebt.get());
        double byDebt = pace.next(debt, debtRelief, figures.bytesPut(), now);
        // Memory comes and goes with every flush: there is nothing to smooth.
        double byMemory =
                Pace.lasting(
                        memoryRoom, Double.isInfinite(memoryRelief) ? debtRelief : memoryRelief);
        reason = byMemory < byDebt ? MEMORY : debtReason;
        double rate = Math.min(byMemory, byDebt);
        nanosPerByte = Double.isInfinite(rate) ? 0 : 1 / rate;
    }

    /// Looks at the rate again when that was a while ago.
    private void look(long now) {
        if (now - lookedAt >= LOOK_NANOS && lock.tryLock()) {
            try {
                lookedAt = now;
                update();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Called before a write takes the commit lock.
    void beforeWrite(long bytes) {
        double price = nanosPerByte;
        if (price != 0) {
            sinceDebt.addAndGet(bytes);
            pay((long) (price * bytes));
        }
    }

    /// Takes the next free stretch of time, shared by all writers, and waits until it comes, but
    /// not for long: some of what a write does not pay stays owed, the rest (of large values) is
    /// let go.
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
        if (until - now < PAUSE_NANOS_MIN) {
            return;
        }
        long paused = now;
        long end = Math.min(until, now + WRITE_NANOS_MAX);
        while (end - paused > 0 && nanosPerByte != 0) {
            scheduler.pause(Math.min(end - paused, PAUSE_NANOS_MAX));
            paused = scheduler.nanoTime();
            look(paused);
        }
        held(reason, paused - now);
    }

    /// The clock of [#waitedForDisk].
    long now() {
        return scheduler.nanoTime();
    }

    /// A writer has waited for the log's disk since a moment: tells, if that was long.
    void waitedForDisk(long since) {
        waitedForDiskFor(scheduler.nanoTime() - since);
    }

    /// A writer has waited so long for the log's disk.
    void waitedForDiskFor(long nanos) {
        if (nanos >= SLOW_NANOS) {
            held(DISK, nanos);
        }
    }

    private void held(String why, long nanos) {
        figures.stalled(why, nanos);
        Recordings.stall(why, nanos);
        listener.accept(new StoreEvent.Stalled("", why, nanos));
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

    /// Waits until a flush has given memory back, or none is pending. Throws when flushes fail and
    /// what fails will not pass by itself.
    void waitForFlush(long bytes) {
        long before = budget.used();
        long known = health.flush().failures();
        long started = scheduler.nanoTime();
        boolean changed =
                tasks.await(
                        () -> budget.used() < before || !flushPending.getAsBoolean()
                                || health.isClosed() || health.isPoisoned()
                                || failsAnew(known),
                        GIVE_UP_NANOS);
        held(MEMORY, scheduler.nanoTime() - started);
        FirnException why = failsAnew(known) ? health.whyFlushesFail() : null;
        if (why != null && !health.isClosed() && !health.isPoisoned()
                && budget.used() >= before && flushPending.getAsBoolean()) {
            throw why;
        }
        if (!changed) {
            throw new FirnException(
                    Kind.OUT_OF_MEMORY,
                    "no memory became free for a write of "
                            + bytes
                            + " bytes in 30 s: flushes do not get on (statistics tell why)");
        }
    }

    /// Whether a flush was tried since, and failed.
    private boolean failsAnew(long known) {
        return health.flush().failures() != known && health.whyFlushesFail() != null;
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
