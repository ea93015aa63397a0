package dev.firn.engine;

import dev.firn.KeyRange;
import dev.firn.compaction.CompactionChoice;
import dev.firn.compaction.Load;
import dev.firn.compaction.RequestedCompaction;
import dev.firn.engine.Scheduler.Priority;
import dev.firn.key.Trailer;
import dev.firn.manifest.Version;
import dev.firn.sstable.ReadCounters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Decides when which keyspace is compacted: asks its policy whenever its tree has changed, runs
/// what the policy chooses as background tasks, and tells the throttle how far behind things are.
///
/// A keyspace that is not written for a while is merged down to one run; so is every keyspace when
/// somebody waits for the store to be idle. A failed compaction leaves everything as it was; its
/// keyspace is tried again after a pause that grows, the others go on.
///
/// One lock guards everything here; it is held for decisions only, never for I/O. Order: after the
/// commit lock and before the mutex of the [VersionSet].
final class Compactions implements CompactionTask.Listener {
    private static final long IDLE_NANOS = 2_000_000_000L;
    private static final long WEIGH_NANOS = 20_000_000L;

    /// While compaction is paused no room comes back; what is left is stretched over this time.
    private static final double PAUSED_NANOS = 10e9;

    /// What a task needs to carry out a choice.
    record Job(KeyspaceWork work, CompactionChoice choice, Tree tree, MergeProgress progress) {}

    private final VersionSet versions;
    private final Snapshots snapshots;
    private final Health health;
    private final Tasks tasks;
    private final Gate gate;
    private final Throttle throttle;
    private final Flusher flushes;
    private final Keyspaces keyspaces;
    private final ReadCounters counters;
    private final CompactionTask.Tools tools;
    private final LongSupplier visible;
    private final long bufferBytes;
    private final int jobsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<StoreKeyspace, KeyspaceWork> works = new LinkedHashMap<>();
    private final LinkedHashSet<StoreKeyspace> changed = new LinkedHashSet<>();
    private final List<Job> jobs = new ArrayList<>();
    private final WorkSpeed speed = new WorkSpeed();
    private final Scheduler scheduler;
    private final BackgroundTask look;
    private volatile long weighedAt;
    private boolean paused;
    private boolean reading = true;
    private long readsSeen;
    private long sequenceSeen;
    private boolean watching;

    Compactions(
            CompactionTask.Tools tools,
            VersionSet versions,
            Snapshots snapshots,
            Health health,
            Tasks tasks,
            Gate gate,
            SharedResources resources,
            Throttle throttle,
            Flusher flushes,
            Keyspaces keyspaces,
            ReadCounters counters,
            long bufferBytes,
            LongSupplier visible) {
        this.tools = tools;
        this.scheduler = tools.scheduler();
        this.versions = versions;
        this.snapshots = snapshots;
        this.health = health;
        this.tasks = tasks;
        this.gate = gate;
        this.jobsMax = resources.threads();
        this.throttle = throttle;
        this.flushes = flushes;
        this.keyspaces = keyspaces;
        this.counters = counters;
        this.bufferBytes = bufferBytes;
        this.visible = visible;
        this.look = tasks.task(Priority.UPKEEP, this::look);
    }

    /// The store is open: looks at every tree.
    void start() {
        lock.lock();
        try {
            changed.addAll(keyspaces.all());
        } finally {
            lock.unlock();
        }
        plan();
        watch();
    }

    /// The tree of a keyspace has changed.
    void changed(StoreKeyspace keyspace) {
        lock.lock();
        try {
            changed.add(keyspace);
        } finally {
            lock.unlock();
        }
        plan();
        watch();
    }

    /// Whether another run on level 0 is within the bounds.
    boolean admitsFlush(StoreKeyspace keyspace) {
        lock.lock();
        try {
            ReadView view = keyspace.view();
            boolean stuck = jobs.isEmpty() && !changed.contains(keyspace);
            if (view == null || paused || stuck) {
                return true;
            }
            KeyspaceWork work = work(keyspace);
            return work.retrying
                    || work.damage != null
                    || work.policy.debt(view.tree().version(), load(work, view)).admitsFlush();
        } finally {
            lock.unlock();
        }
    }

    private KeyspaceWork work(StoreKeyspace keyspace) {
        return works.computeIfAbsent(
                keyspace, k -> new KeyspaceWork(k, health.compaction(), tasks, this::retry));
    }

    private Load load(KeyspaceWork work, ReadView view) {
        long[] pins = snapshots.capture();
        long unflushed = 0;
        for (LiveMemtable live : view.memtables()) {
            unflushed += live.takenBytes();
        }
        return work.load(
                reading, pins.length == 0 ? Trailer.SEQUENCE_MAX : pins[0], bufferBytes, unflushed);
    }

    /// Starts what can be started.
    void plan() {
        List<Job> started = new ArrayList<>();
        List<Tree> unused = new ArrayList<>();
        lock.lock();
        try {
            List<StoreKeyspace> looked = new ArrayList<>(changed);
            if (!tasks.isClosing() && !health.isPoisoned()) {
                choose(started, unused);
            }
            weigh(looked);
        } catch (Throwable t) {
            // What was chosen is done all the same; the next plan weighs again.
            health.upkeep().failed(t);
        } finally {
            lock.unlock();
            // Releasing may free memory and files, so not under the lock.
            unused.forEach(versions::release);
            started.forEach(this::submit);
            flushes.wake();
            gate.open();
        }
    }

    private void submit(Job job) {
        try {
            CompactionTask task = new CompactionTask(tools, job, this);
            tasks.submit(tasks.task(Priority.COMPACTION, task));
        } catch (Throwable t) {
            versions.release(job.tree);
            over(job, t);
        }
    }

    private void choose(List<Job> started, List<Tree> unused) {
        for (StoreKeyspace keyspace : new ArrayList<>(changed)) {
            while (jobs.size() < jobsMax) {
                ReadView view = versions.retain(keyspace);
                if (view == null) {
                    forget(keyspace);
                    break;
                }
                KeyspaceWork work = work(keyspace);
                if (work.damage != null) {
                    // A merge would meet the damage again and again; reads go on around it.
                    unused.add(view.tree());
                    changed.remove(keyspace);
                    work.endRequests(work.damage);
                    break;
                }
                if (work.retrying) {
                    unused.add(view.tree());
                    break;
                }
                if (paused && work.requests.isEmpty()) {
                    unused.add(view.tree());
                    break;
                }
                CompactionChoice choice;
                long now;
                try {
                    choice = choose(work, view);
                    now = scheduler.nanoTime();
                } catch (Throwable t) {
                    unused.add(view.tree());
                    failed(work, null, t);
                    break;
                }
                if (choice instanceof CompactionChoice.Idle) {
                    unused.add(view.tree());
                    if (work.running.isEmpty()) {
                        // With jobs under way there may be more to do when they are done.
                        changed.remove(keyspace);
                        work.idle(view.tree().runs() == 0);
                    }
                    break;
                }
                Job job =
                        new Job(work, choice, view.tree(), new MergeProgress(choice));
                // First, so that it is carried out, and ends, whatever fails now.
                started.add(job);
                jobs.add(job);
                work.running.add(choice);
                speed.begin(now);
            }
        }
    }

    private CompactionChoice choose(KeyspaceWork work, ReadView view) {
        Version version = view.tree().version();
        if (work.isWokenUp(visible.getAsLong())) {
            watch();
        }
        while (!work.requests.isEmpty()) {
            CompactionRequest request = work.requests.getFirst();
            CompactionChoice choice =
                    RequestedCompaction.choose(
                            version,
                            request.from,
                            request.to,
                            request.through,
                            work.keyspace.persistedOptions().tableBytes(),
                            load(work, view),
                            work.busy());
            if (!(choice instanceof CompactionChoice.Idle) || !work.running.isEmpty()) {
                return choice;
            }
            request.end(null);
            work.requests.removeFirst();
        }
        return work.policy.choose(version, load(work, view), work.busy());
    }

    private void forget(StoreKeyspace keyspace) {
        changed.remove(keyspace);
        KeyspaceWork work = works.remove(keyspace);
        if (work != null) {
            work.endRequests(null);
            health.forget(work.health);
        }
    }

    private void weigh(List<StoreKeyspace> looked) {
        for (StoreKeyspace keyspace : looked) {
            ReadView view = keyspace.view();
            KeyspaceWork work = works.get(keyspace);
            if (view != null && work != null) {
                work.weigh(view.tree().version(), load(work, view));
            }
        }
        weighedAt = scheduler.nanoTime();
        for (KeyspaceWork work : List.copyOf(works.values())) {
            if (work.keyspace.view() == null && work.running.isEmpty()) {
                forget(work.keyspace);
            }
        }
        double rate = Pace.UNBOUND;
        double room = Pace.UNBOUND;
        double relief = 0;
        String reason = "";
        for (KeyspaceWork work : works.values()) {
            boolean isDue = !work.running.isEmpty() || changed.contains(work.keyspace);
            // Where nothing is due there is room; damage is for its readers to bear.
            if (work.damage != null || (!work.isShort && (paused || !isDue))) {
                continue;
            }
            double until = Math.max(1, paused ? PAUSED_NANOS : nanosUntilRelief(work));
            if (work.room / until < rate) {
                rate = work.room / until;
                room = work.room;
                relief = until;
                reason = work.reason;
            }
        }
        throttle.debt(room, relief, reason);
    }

    /// How long its own merges take, beside those of others, until a keyspace has more room.
    private double nanosUntilRelief(KeyspaceWork work) {
        double left = 0;
        double done = 0;
        double foreign = Pace.UNBOUND;
        int own = 0;
        for (Job job : jobs) {
            if (job.work == work) {
                own++;
                left += job.progress.bytesLeft();
                done += job.progress.bytesDone();
            } else {
                foreign = Math.min(foreign, job.progress.bytesLeft());
            }
        }
        double bytes = Math.max(left, work.bytesToRelief(done));
        double all = Math.max(1, jobs.size());
        if (own == 0 && jobs.size() == jobsMax) {
            // It has to wait for a thread as well.
            return speed.nanosFor(foreign + bytes * all);
        }
        return speed.nanosFor(bytes * all / Math.max(1, own));
    }

    @Override
    public void progressed(Job job, double bytes) {
        long now = scheduler.nanoTime();
        speed.did(bytes, now);
        if (now - weighedAt < WEIGH_NANOS) {
            return;
        }
        lock.lock();
        try {
            if (now - weighedAt >= WEIGH_NANOS) {
                weigh(
                        works.values().stream()
                                .filter(work -> !work.running.isEmpty())
                                .map(work -> work.keyspace)
                                .toList());
            }
        } finally {
            lock.unlock();
        }
    }

    /// A task has ended; its tree has been released.
    @Override
    public void finished(Job job, @Nullable Throwable failure, long newerEntries, long shadowed) {
        try {
            over(job, failure);
            if (failure == null) {
                succeeded(job, newerEntries, shadowed);
            }
        } finally {
            plan();
        }
    }

    private void succeeded(Job job, long newerEntries, long shadowed) {
        lock.lock();
        try {
            job.work.shadowed.add(newerEntries, shadowed);
            job.work.succeeded(job.choice);
        } finally {
            lock.unlock();
        }
    }

    private void over(Job job, @Nullable Throwable failure) {
        lock.lock();
        try {
            jobs.remove(job);
            job.work.running.remove(job.choice);
            if (failure != null) {
                failed(job.work, job.choice, failure);
            }
            if (job.work.keyspace.view() != null) {
                changed.add(job.work.keyspace);
            } else {
                forget(job.work.keyspace);
            }
            speed.end(scheduler.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /// Lets a keyspace rest after a failure, and tells those who wait. The lock is held.
    private void failed(
            KeyspaceWork work, @Nullable CompactionChoice choice, Throwable failure) {
        if (work.failed(choice, failure)) {
            tasks.submitAfter(work.nextRetryNanos(), work.retry);
        }
        work.endRequests(failure);
    }

    private void retry(KeyspaceWork work) {
        lock.lock();
        try {
            work.retrying = false;
        } finally {
            lock.unlock();
        }
        plan();
    }

    void pause() {
        lock.lock();
        try {
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            paused = false;
        } finally {
            lock.unlock();
        }
        plan();
    }

    /// Asks for a range to be compacted; what is in tables now is.
    CompactionRequest request(StoreKeyspace keyspace, KeyRange range) {
        CompactionRequest request = new CompactionRequest(range, visible.getAsLong());
        lock.lock();
        try {
            work(keyspace).requests.add(request);
            changed.add(keyspace);
        } finally {
            lock.unlock();
        }
        plan();
        return request;
    }

    /// Merges everything down; the condition holds when that is done, or when compaction is paused
    /// and nothing is running.
    BooleanSupplier settle() {
        settleAll(-1);
        return () -> {
            lock.lock();
            try {
                return jobs.isEmpty() && (paused || changed.isEmpty());
            } finally {
                lock.unlock();
            }
        };
    }

    /// Merges everything down.
    ///
    /// @param idleAt the sequence at which the store was idle, for as long as it is; negative to do
    ///     it whatever is written meanwhile
    private void settleAll(long idleAt) {
        lock.lock();
        try {
            for (StoreKeyspace keyspace : keyspaces.all()) {
                ReadView view = keyspace.view();
                if (view != null && view.tree().runs() > 0) {
                    work(keyspace).settle(idleAt);
                    changed.add(keyspace);
                }
            }
        } finally {
            lock.unlock();
        }
        plan();
    }

    /// Looks from time to time, while there is something to merge down, whether the store is idle.
    private void watch() {
        lock.lock();
        try {
            if (watching || tasks.isClosing()) {
                return;
            }
            watching = true;
            sequenceSeen = visible.getAsLong();
        } finally {
            lock.unlock();
        }
        tasks.submitAfter(IDLE_NANOS, look);
    }

    private boolean look() {
        boolean idle;
        lock.lock();
        try {
            watching = false;
            long reads = counters.filterChecks() + counters.cacheHits() + counters.cacheMisses();
            reading = reads != readsSeen;
            readsSeen = reads;
            idle = visible.getAsLong() == sequenceSeen;
        } finally {
            lock.unlock();
        }
        if (idle) {
            settleAll(visible.getAsLong());
        } else {
            watch();
        }
        return true;
    }
}
