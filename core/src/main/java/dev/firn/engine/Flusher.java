package dev.firn.engine;

import dev.firn.StoreEvent;
import dev.firn.TableInfo;
import dev.firn.cursor.EntryCursor;
import dev.firn.engine.FlushGroup.Member;
import dev.firn.engine.Scheduler.Priority;
import dev.firn.manifest.Change;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.VersionEdit;
import dev.firn.record.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Turns frozen memtables into tables on level 0, oldest first, one group at a time.
///
/// The order on disk (P8, P3): table written and forced, directory synced, log synced up to where
/// it ended at the freeze, and only then the edit that names the tables; after the edit the log
/// segments that nobody needs are retired. A failure leaves the group in the queue and the log in
/// place; it is tried again after a pause that grows.
///
/// A step writes a bounded number of entries. What is not in the [FlushQueue] belongs to the one
/// task that runs.
final class Flusher {
    private static final int ENTRIES_PER_STEP = 8192;
    private static final long RETRY_NANOS_MIN = 50_000_000L;
    private static final long RETRY_NANOS_MAX = 5_000_000_000L;

    private final TableBuilder builder;
    private final VersionSet versions;
    private final Snapshots snapshots;
    private final Health health;
    private final Tasks tasks;
    private final Gate gate;
    private final Scheduler scheduler;
    private final Figures figures;
    private final Events events;
    private final LogUse logUse;
    private final @Nullable WriteAheadLog log;
    private final FlushQueue queue = new FlushQueue();
    private final BackgroundTask flush;
    private final BackgroundTask retry;
    private final WorkSpeed speed = new WorkSpeed();

    /// Bytes of the group under way that are still to be written, about; negative when none is.
    private volatile double bytesLeft = -1;

    /// Whether the first group has to wait for compactions.
    private volatile boolean refused;

    private Predicate<StoreKeyspace> admits = keyspace -> true;
    private long retryNanos = RETRY_NANOS_MIN;

    private @Nullable Work work;

    /// A group under way.
    private static final class Work {
        final FlushGroup group;
        final long started;
        final List<TableAdded> added = new ArrayList<>();
        final List<Member> written = new ArrayList<>();
        int next;

        /// Entries written of the member under way.
        long entries;

        @Nullable
        EntryCursor cursor;
        @Nullable
        FlushOutput output;

        Work(FlushGroup group, long started) {
            this.group = group;
            this.started = started;
        }
    }

    Flusher(
            TableBuilder builder,
            VersionSet versions,
            Snapshots snapshots,
            Health health,
            Tasks tasks,
            Gate gate,
            Scheduler scheduler,
            Figures figures,
            Events events,
            LogUse logUse,
            @Nullable WriteAheadLog log) {
        this.builder = builder;
        this.versions = versions;
        this.snapshots = snapshots;
        this.health = health;
        this.tasks = tasks;
        this.gate = gate;
        this.scheduler = scheduler;
        this.figures = figures;
        this.events = events;
        this.logUse = logUse;
        this.log = log;
        this.flush = tasks.task(Priority.FLUSH, this::step);
        this.retry = tasks.task(Priority.FLUSH, this::retry);
    }

    /// Connects the part that says whether another run on level 0 is within the bounds.
    void connect(Predicate<StoreKeyspace> admission) {
        admits = admission;
    }

    /// What waits.
    FlushQueue queue() {
        return queue;
    }

    /// Takes a frozen group into the queue.
    void add(FlushGroup group) {
        if (queue.add(group)) {
            tasks.submit(flush);
        }
    }

    /// Goes on after it was told to wait for compactions.
    void wake() {
        if (queue.begin()) {
            tasks.submit(flush);
        }
    }

    /// How long until the first group is written, about; infinite when it waits for compactions.
    double nanosLeft() {
        if (refused) {
            return Double.POSITIVE_INFINITY;
        }
        double left = bytesLeft;
        return speed.nanosFor(left >= 0 ? left : queue.bytesPerGroup());
    }

    private boolean step() {
        try {
            return stepOrThrow();
        } catch (Throwable t) {
            failed(t);
            return true;
        }
    }

    private boolean stepOrThrow() throws IOException {
        if (tasks.isClosing() || health.isPoisoned()) {
            try {
                giveUp();
            } finally {
                // Last: from here on another thread may begin the task anew.
                queue.stop();
            }
            return true;
        }
        FlushGroup group = queue.first();
        if (group == null) {
            return true;
        }
        Work now = work;
        if (now == null) {
            refused = !admitted(group);
            if (refused) {
                queue.stop();
                if (admitted(group)) {
                    // What it waited for has ended in between.
                    wake();
                }
                return true;
            }
            now = new Work(group, scheduler.nanoTime());
            work = now;
            bytesLeft = group.bytes();
            speed.begin(now.started);
        }
        if (now.next < group.members().size()) {
            write(now, group.members().get(now.next));
        } else {
            install(now);
        }
        return false;
    }

    /// No group is under way any more.
    private void ended() {
        work = null;
        if (bytesLeft >= 0) {
            bytesLeft = -1;
            try {
                speed.end(scheduler.nanoTime());
            } catch (Throwable t) {
                // What has become durable must not be taken for failed because of a figure.
                health.upkeep().failed(t);
            }
        }
    }

    private void wrote(long entries, LiveMemtable of) {
        double bytes = (double) of.takenBytes() * entries / Math.max(1, of.memtable.entries());
        bytesLeft = Math.max(0, bytesLeft - bytes);
        speed.did(bytes, scheduler.nanoTime());
    }

    private boolean admitted(FlushGroup group) {
        return group.members().stream().allMatch(m -> admits.test(m.keyspace()));
    }

    /// Writes a piece of a member.
    private void write(Work now, Member member) throws IOException {
        FlushOutput output = now.output;
        EntryCursor cursor = now.cursor;
        if (output == null || cursor == null) {
            if (member.keyspace().isDropped() || member.memtable().isEmpty()) {
                now.next++;
                return;
            }
            cursor = member.memtable().memtable.cursor();
            now.cursor = cursor;
            output = new FlushOutput(builder, member.keyspace(),
                    member.memtable().frozenThrough(), snapshots.capture());
            now.output = output;
            output.begin(cursor);
        }
        boolean isLast = output.write(cursor, ENTRIES_PER_STEP);
        long entries = member.memtable().memtable.entries();
        long written = isLast ? entries - now.entries : ENTRIES_PER_STEP;
        now.entries = isLast ? 0 : now.entries + written;
        wrote(written, member.memtable());
        if (!isLast) {
            return;
        }
        TableMeta table = output.finish();
        long run = table.file();
        now.added.add(new TableAdded(member.keyspace().id(), 0, run, table));
        now.written.add(member);
        cursor.close();
        now.cursor = null;
        now.output = null;
        now.next++;
    }

    private void install(Work now) throws IOException {
        if (!now.added.isEmpty()) {
            builder.syncNames();
        }
        WriteAheadLog to = log;
        if (to != null) {
            long end = 0;
            for (Member member : now.group.members()) {
                end = Math.max(end, member.memtable().logEnd());
            }
            SyncRecording recording = Recordings.syncBegins();
            to.sync(end);
            Recordings.syncEnded(recording, end);
        }
        List<Change> changes = new ArrayList<>();
        for (Member member : now.group.members()) {
            if (!member.keyspace().isDropped()) {
                changes.add(
                        new Change.Flushed(member.keyspace().id(),
                                member.memtable().frozenThrough()));
                changes.add(new Change.LastSequence(member.memtable().frozenThrough()));
            }
        }
        changes.addAll(now.added);
        long from = logUse.neededFrom(now.group.members());
        changes.addAll(logUse.changes(from));
        try {
            versions.commit(new VersionEdit(changes), state -> show(now, state));
            // From here on the files belong to the manifest, and nothing that follows may undo
            // them.
            ended();
        } catch (dev.firn.manifest.InvalidEditException e) {
            if (now.group.members().stream().noneMatch(m -> m.keyspace().isDropped())) {
                throw e;
            }
            // A keyspace was dropped meanwhile; look again which members are left.
            restart(now);
            return;
        }
        installed(now, changes, from);
    }

    private void installed(Work now, List<Change> changes, long from) {
        retryNanos = RETRY_NANOS_MIN;
        health.flush().recovered();
        try {
            // Before the group is off the queue: a writer that finds nothing pending must find the
            // memory.
            now.group.members().forEach(member -> versions.release(member.memtable()));
        } catch (Throwable t) {
            health.upkeep().failed(t);
        }
        queue.removeFirst();
        try {
            logUse.recorded(changes);
            logUse.retire(from);
            logUse.relieve();
            report(now);
        } catch (Throwable t) {
            health.upkeep().failed(t);
        }
        gate.open();
        try {
            now.written.forEach(member -> events.flushed(member.keyspace()));
        } catch (Throwable t) {
            health.upkeep().failed(t);
        }
    }

    private void show(Work now, StoreState state) {
        for (Member member : now.group.members()) {
            KeyspaceState keyspace = state.keyspace(member.keyspace().id());
            if (keyspace != null) {
                versions.show(member.keyspace(), keyspace, member.memtable());
            }
        }
    }

    private void restart(Work now) {
        for (TableAdded table : now.added) {
            builder.delete(table.table().file());
        }
        ended();
    }

    private void report(Work now) {
        long nanos = scheduler.nanoTime() - now.started;
        for (int i = 0; i < now.added.size(); i++) {
            TableMeta table = now.added.get(i).table();
            figures.flushed(table.fileBytes());
            String keyspace = now.written.get(i).keyspace().name();
            Recordings.flush(keyspace, table.entries(), table.fileBytes(), nanos);
            TableInfo info = TreeInfo.of(table, 0, now.added.get(i).run());
            events.tell(new StoreEvent.Flushed(keyspace, List.of(info), nanos));
        }
    }

    private void failed(Throwable t) {
        try {
            giveUp();
        } catch (Throwable again) {
            health.upkeep().failed(again);
        }
        health.flush().failed(t);
        if (health.isPoisoned() || (log != null && log.poisoned())) {
            health.poison(t);
            queue.stop();
        } else {
            queue.rest();
            tasks.submitAfter(retryNanos, retry);
            retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
        }
        gate.open();
    }

    private boolean retry() {
        queue.rested();
        wake();
        return true;
    }

    /// Drops what a group under way has written.
    private void giveUp() {
        Work now = work;
        ended();
        if (now == null) {
            return;
        }
        if (now.cursor != null) {
            now.cursor.close();
        }
        if (now.output != null) {
            now.output.abandon();
        }
        if (!health.isPoisoned()) {
            // After a failed manifest write it is not known whether the edit counts: then the files
            // stay.
            now.added.forEach(table -> builder.delete(table.table().file()));
        }
    }
}
