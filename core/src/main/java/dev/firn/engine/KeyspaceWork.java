package dev.firn.engine;

import dev.firn.compaction.Busy;
import dev.firn.compaction.CompactionChoice;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionPolicy;
import dev.firn.compaction.Debt;
import dev.firn.compaction.Load;
import dev.firn.compaction.ShadowEstimate;
import dev.firn.engine.Scheduler.Priority;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.storage.CorruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What [Compactions] knows of one keyspace. Guarded by its lock.
final class KeyspaceWork {
    private static final long RETRY_NANOS_MIN = 100_000_000L;
    private static final long RETRY_NANOS_MAX = 5_000_000_000L;

    final StoreKeyspace keyspace;
    final WorkHealth health;

    /// Ends the pause after a failure.
    final BackgroundTask retry;

    final CompactionPolicy policy;
    final ShadowEstimate shadowed = new ShadowEstimate();
    final List<CompactionChoice> running = new ArrayList<>();
    final List<CompactionRequest> requests = new ArrayList<>();

    /// Merge down to one run now.
    boolean settling;

    /// The sequence at which the store was idle, which is why it is merged down; negative when it
    /// was asked for.
    private long idleAt;

    /// The damaged block that a merge has met: none is begun until the store is opened anew.
    @Nullable
    CorruptException damage;

    /// A compaction of it has failed, and the pause before the next try is not over.
    boolean retrying;

    /// What has failed the last time, or null.
    private @Nullable CompactionChoice failed;

    /// There was nothing to do since.
    private boolean isResting;

    /// Others were carried out since that: what fails next may be something else.
    private boolean othersSucceed;

    private long retryNanos = RETRY_NANOS_MIN;

    /// Bytes that may be written before its bounds are passed.
    double room = Pace.UNBOUND;

    /// Whether writes come near its bounds.
    boolean isShort;

    String reason = "";

    private long reliefBytes;

    KeyspaceWork(
            StoreKeyspace keyspace, WorkHealth health, Tasks tasks, Consumer<KeyspaceWork> again) {
        this.keyspace = keyspace;
        this.health = health;
        this.retry =
                tasks.task(
                        Priority.UPKEEP,
                        () -> {
                            again.accept(this);
                            return true;
                        });
        this.policy = CompactionPolicy.of(keyspace.persistedOptions());
    }

    void settle(long idleSince) {
        idleAt = settling && idleAt < 0 ? idleAt : idleSince;
        settling = true;
    }

    /// Whether it was merged down because the store was idle and is not any more; then it goes on
    /// as under writes.
    boolean isWokenUp(long visible) {
        boolean isOver = settling && idleAt >= 0 && visible != idleAt;
        settling &= !isOver;
        return isOver;
    }

    /// The pause after a failure, twice as long as the one before.
    long nextRetryNanos() {
        long nanos = retryNanos;
        retryNanos = Math.min(2 * nanos, RETRY_NANOS_MAX);
        return nanos;
    }

    /// Something has failed, of a choice unless it was the choosing.
    ///
    /// @return whether it is to be tried again after a pause, and the pause begins now
    boolean failed(@Nullable CompactionChoice choice, Throwable failure) {
        CompactionChoice before = failed;
        if (othersSucceed
                && (before == null || choice == null || !sharesTable(before, choice))) {
            health.recovered();
        }
        isResting = false;
        othersSucceed = false;
        failed = choice;
        health.failed(failure);
        if (failure instanceof CorruptException met) {
            damage = met;
            return false;
        }
        boolean begins = !retrying;
        retrying = true;
        return begins;
    }

    /// A choice was carried out. That others succeed, or tables were moved unread, does not mean
    /// that what has failed does.
    void succeeded(CompactionChoice choice) {
        CompactionChoice before = failed;
        if (before == null || (choice instanceof Merge && sharesTable(before, choice))) {
            recovered();
        } else {
            othersSucceed |= isResting && choice instanceof Merge;
        }
    }

    /// There is nothing to do any more. What has failed may only be put off until it is merged down
    /// the next time, unless there is nothing to merge. Where all is merged down it fails no more,
    /// but was not done either: its tables may have been moved unread, or somebody had asked for
    /// it.
    void idle(boolean isEmpty) {
        if (failed == null || isEmpty) {
            recovered();
        } else if (settling) {
            isResting = true;
            retryNanos = RETRY_NANOS_MIN;
            health.rested();
        }
        settling = false;
    }

    private void recovered() {
        if (damage == null) {
            failed = null;
            isResting = false;
            othersSucceed = false;
            retryNanos = RETRY_NANOS_MIN;
            health.recovered();
        }
    }

    private static boolean sharesTable(CompactionChoice one, CompactionChoice other) {
        for (Input input : one.inputs()) {
            for (TableMeta table : input.tables()) {
                if (other.uses(table.file())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Ends the waiting of all who have asked for something.
    ///
    /// @param failure why it was not done, or null when there is nothing to do any more
    void endRequests(@Nullable Throwable failure) {
        requests.forEach(request -> request.end(failure));
        requests.clear();
    }

    Busy busy() {
        return Busy.with(running);
    }

    Load load(boolean reading, long oldestSnapshot, long bufferBytes, long unflushedBytes) {
        return new Load(
                settling, reading, shadowed.share(), oldestSnapshot, bufferBytes, unflushedBytes);
    }

    void weigh(Version version, Load load) {
        Debt debt = policy.debt(version, load);
        room = debt.roomBytes();
        isShort = debt.delay() > 0;
        reason = debt.reason();
        reliefBytes = debt.reliefBytes();
    }

    /// Bytes that have to be merged until there is more room.
    ///
    /// @param done bytes of its merges under way that are merged
    double bytesToRelief(double done) {
        return Math.max(0, reliefBytes - done);
    }
}
