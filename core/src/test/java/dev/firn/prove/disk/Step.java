package dev.firn.prove.disk;

import dev.firn.Durability;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One numbered step of a [Workload].
///
/// @param number its number; a step that writes puts it as a key into the journal, which is the default keyspace
/// @param durability of its writes
/// @param keyspace what a flush, a compaction or a toggle is about, else empty
/// @param writes one batch; empty unless it writes
record Step(long number, Action action, Durability durability, String keyspace,
        List<Write> writes) {
    /// What is done.
    enum Action {
        WRITE,
        FLUSH,
        FLUSH_ONE,
        COMPACT,
        COMPACT_RANGE,
        SYNC,

        /// Drops a keyspace, or creates it when it is not there.
        TOGGLE,

        /// Closes the snapshot that is open, which must read the same as ever, and opens one.
        SNAPSHOT,

        /// Closes the store and opens it again.
        REOPEN
    }

    /// One write of a batch; left out when its keyspace is not there.
    ///
    /// @param value null to delete
    record Write(String keyspace, byte[] key, byte @Nullable [] value) {}

    boolean isWrite() {
        return action == Action.WRITE;
    }

    /// Whether it writes to the log.
    boolean isLogged() {
        return isWrite() && durability != Durability.NONE;
    }

    /// Whether every logged write before it is durable when it has returned.
    boolean syncs() {
        return switch (action) {
            case WRITE -> durability == Durability.SYNC;
            case FLUSH, COMPACT, SYNC, REOPEN -> true;
            case FLUSH_ONE, COMPACT_RANGE, TOGGLE, SNAPSHOT -> false;
        };
    }

    /// Whether all of that other step's writes are durable when this later one has returned, logged or not.
    boolean flushes(Step other) {
        return switch (action) {
            case FLUSH, COMPACT, REOPEN -> true;
            case FLUSH_ONE -> other.writes.stream().anyMatch(w -> w.keyspace.equals(keyspace));
            default -> false;
        };
    }
}
