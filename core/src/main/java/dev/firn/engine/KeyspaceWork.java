package dev.firn.engine;

import dev.firn.compaction.Busy;
import dev.firn.compaction.CompactionChoice;
import dev.firn.compaction.CompactionPolicy;
import dev.firn.compaction.Debt;
import dev.firn.compaction.Load;
import dev.firn.compaction.ShadowEstimate;
import dev.firn.manifest.Version;
import dev.firn.storage.CorruptException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What [Compactions] knows of one keyspace. Guarded by its lock.
final class KeyspaceWork {
    private static final long RETRY_NANOS_MIN = 100_000_000L;
    private static final long RETRY_NANOS_MAX = 5_000_000_000L;

    final StoreKeyspace keyspace;
    final CompactionPolicy policy;
    final ShadowEstimate shadowed = new ShadowEstimate();
    final List<CompactionChoice> running = new ArrayList<>();
    final List<Compactions.Request> requests = new ArrayList<>();

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

    private long retryNanos = RETRY_NANOS_MIN;

    /// Bytes that may be written before its bounds are passed.
    double room = Pace.UNBOUND;

    /// Whether writes come near its bounds.
    boolean isShort;

    String reason = "";

    private long reliefBytes;

    KeyspaceWork(StoreKeyspace keyspace) {
        this.keyspace = keyspace;
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

    void succeeded() {
        retryNanos = RETRY_NANOS_MIN;
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
