package dev.firn.engine;

import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The sequence numbers that open snapshots and cursors read at, oldest first.
///
/// Registering reads the visible sequence under the lock under which a compaction captures the
/// list. So whatever registers later has a sequence at or above everything a captured compaction
/// may merge, and needs only the newest version of each key, which is always kept.
final class Snapshots {
    /// Above this many open cursors the place that opens the next one is recorded: a leak then
    /// shows where, and ordinary use does not pay for a stack trace per scan.
    private static final int SUSPICIOUS = 16;

    /// What an open cursor may read, null at either end for everything.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Scan(StoreKeyspace keyspace, byte @Nullable [] from, byte @Nullable [] to) {
        boolean overlaps(TableMeta table) {
            return table.overlaps(
                    from == null ? null : UserKey.owning(from),
                    to == null ? null : UserKey.owning(to));
        }
    }

    /// One registration, linked in the order of sequences; that of a cursor says what it scans.
    static final class Pin {
        final long sequence;
        final @Nullable Scan scan;
        final long since;
        final @Nullable StackWalkedPlace place;
        private @Nullable Pin older;
        private @Nullable Pin newer;
        private boolean open = true;

        boolean isCursor() {
            return scan != null;
        }

        Pin(long sequence, @Nullable Scan scan, long since, @Nullable StackWalkedPlace place) {
            this.sequence = sequence;
            this.scan = scan;
            this.since = since;
            this.place = place;
        }
    }

    /// How many of a kind are open, about the oldest, and the place that opened the oldest of those
    /// whose place was recorded.
    record Figures(int count, @Nullable Pin oldest, @Nullable StackWalkedPlace place) {}

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Pin oldest;
    private @Nullable Pin newest;
    private int cursors;
    private int snapshots;

    /// Registers the sequence that is visible now, for a cursor or, with null, a snapshot.
    Pin open(LongSupplier visible, @Nullable Scan scan, long now) {
        boolean cursor = scan != null;
        StackWalkedPlace place = !cursor || cursors >= SUSPICIOUS ? StackWalkedPlace.here() : null;
        lock.lock();
        try {
            Pin pin = new Pin(visible.getAsLong(), scan, now, place);
            pin.older = newest;
            if (newest == null) {
                oldest = pin;
            } else {
                newest.newer = pin;
            }
            newest = pin;
            count(cursor, 1);
            return pin;
        } finally {
            lock.unlock();
        }
    }

    /// Registers the sequence of an open snapshot once more, for a cursor on it.
    Pin openAt(Pin at, Scan scan, long now) {
        lock.lock();
        try {
            if (!at.open) {
                throw Errors.closed("the snapshot");
            }
            Pin pin = new Pin(at.sequence, scan, now, null);
            pin.older = at;
            pin.newer = at.newer;
            if (at.newer == null) {
                newest = pin;
            } else {
                at.newer.older = pin;
            }
            at.newer = pin;
            count(true, 1);
            return pin;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a registration back. Idempotent.
    void close(Pin pin) {
        lock.lock();
        try {
            if (!pin.open) {
                return;
            }
            pin.open = false;
            if (pin.older == null) {
                oldest = pin.newer;
            } else {
                pin.older.newer = pin.newer;
            }
            if (pin.newer == null) {
                newest = pin.older;
            } else {
                pin.newer.older = pin.older;
            }
            count(pin.isCursor(), -1);
        } finally {
            lock.unlock();
        }
    }

    private void count(boolean cursor, int change) {
        if (cursor) {
            cursors += change;
        } else {
            snapshots += change;
        }
    }

    /// The registered sequences, ascending, each once.
    long[] capture() {
        lock.lock();
        try {
            long[] sequences = new long[cursors + snapshots];
            int n = 0;
            for (Pin pin = oldest; pin != null; pin = pin.newer) {
                if (n == 0 || sequences[n - 1] != pin.sequence) {
                    sequences[n++] = pin.sequence;
                }
            }
            return java.util.Arrays.copyOf(sequences, n);
        } finally {
            lock.unlock();
        }
    }

    /// What the open cursors of a keyspace scan.
    List<Scan> scans(StoreKeyspace keyspace) {
        List<Scan> scans = new ArrayList<>();
        lock.lock();
        try {
            for (Pin pin = oldest; pin != null; pin = pin.newer) {
                Scan scan = pin.scan;
                if (scan != null && scan.keyspace == keyspace) {
                    scans.add(scan);
                }
            }
        } finally {
            lock.unlock();
        }
        return scans;
    }

    /// What is open of a kind.
    Figures figures(boolean cursor) {
        lock.lock();
        try {
            Pin found = null;
            Pin placed = null;
            for (Pin pin = oldest; pin != null; pin = pin.newer) {
                if (pin.isCursor() != cursor) {
                    continue;
                }
                if (found == null || pin.since < found.since) {
                    found = pin;
                }
                if (pin.place != null && (placed == null || pin.since < placed.since)) {
                    placed = pin;
                }
            }
            return new Figures(
                    cursor ? cursors : snapshots, found, placed == null ? null : placed.place);
        } finally {
            lock.unlock();
        }
    }
}
