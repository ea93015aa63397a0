package dev.firn.engine;

import dev.firn.KeyRange;
import dev.firn.key.UserKey;
import org.jspecify.annotations.Nullable;

/// Somebody waits for a range of a keyspace to be compacted.
final class CompactionRequest {
    final @Nullable UserKey from;
    final @Nullable UserKey to;
    final long through;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    /// @param through the last sequence that has to be merged
    CompactionRequest(KeyRange range, long through) {
        byte[] lower = range.from();
        byte[] upper = range.to();
        this.from = lower == null ? null : UserKey.owning(lower);
        this.to = upper == null ? null : UserKey.owning(upper);
        this.through = through;
    }

    /// Whether it was carried out, as far as there was something to do.
    boolean isDone() {
        return ended && failure == null;
    }

    /// Why it was given up, or null.
    @Nullable
    Throwable failure() {
        return failure;
    }

    void end(@Nullable Throwable why) {
        failure = why;
        ended = true;
    }
}
