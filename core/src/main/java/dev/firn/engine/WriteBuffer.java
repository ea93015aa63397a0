package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.memtable.Memtable;
import dev.firn.record.WriteAheadLog;
import dev.firn.util.ChunkPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The active memtables of all keyspaces as one buffer of a bounded size: when it is full the
/// largest memtable is frozen; when the log is too long those that hold its oldest segment are.
///
/// Memtables with writes that are in no log are frozen together, so that batches among them become
/// durable whole. Everything here runs under the commit lock; freezing waits for nothing.
final class WriteBuffer {
    private static final long PRESSURE_STEP = 64 << 10;
    private static final double FREE_BUFFERS = 1.5;

    private final ChunkPool pool;
    private final long bytesMax;
    private final long logBytesMax;
    private final VersionSet versions;
    private final Consumer<FlushGroup> frozen;

    /// Keyspaces with a memtable that is not empty.
    private final Set<StoreKeyspace> written = new LinkedHashSet<>();

    private @Nullable Throttle throttle;
    private @Nullable Flusher flusher;
    private long bytes;
    private long pressedAt;
    private long segment;

    WriteBuffer(
            ChunkPool pool,
            long bytesMax,
            long logBytesMax,
            VersionSet versions,
            Consumer<FlushGroup> frozen) {
        this.pool = pool;
        this.bytesMax = bytesMax;
        this.logBytesMax = logBytesMax;
        this.versions = versions;
        this.frozen = frozen;
    }

    /// Connects the parts, which need each other.
    void connect(Throttle slower, Flusher frozenOnes) {
        throttle = slower;
        flusher = frozenOnes;
    }

    /// A memtable that takes no memory until it is written to.
    LiveMemtable newMemtable() {
        return new LiveMemtable(new Memtable(pool));
    }

    long bytesMax() {
        return bytesMax;
    }

    /// Keeps the books after a write to a keyspace.
    void afterWrite(
            StoreKeyspace keyspace, Durability durability, @Nullable WriteAheadLog log) {
        LiveMemtable live = keyspace.viewOrThrow().active();
        if (durability == Durability.NONE || log == null) {
            live.unlogged();
        } else {
            live.logged(log.currentSegment());
        }
        if (live.enlist()) {
            written.add(keyspace);
        }
        bytes += live.growth();
    }

    /// Keeps the books after a batch.
    void afterWrite(
            List<StoreKeyspace> spaces, Durability durability, @Nullable WriteAheadLog log) {
        for (StoreKeyspace keyspace : spaces) {
            afterWrite(keyspace, durability, log);
        }
    }

    /// Freezes what has to go. `sequence` is the last one written.
    void freezeIfFull(long sequence, @Nullable WriteAheadLog log) {
        if (bytes - pressedAt >= PRESSURE_STEP || bytes < pressedAt) {
            pressedAt = bytes;
            press();
        }
        if (bytes >= bytesMax) {
            freezeLargest(sequence, log);
        }
        if (log != null && log.currentSegment() != segment) {
            segment = log.currentSegment();
            if (log.statistics().liveBytes() > logBytesMax) {
                freezeOldest(sequence, log);
            }
        }
    }

    /// Tells the throttle how much memory for memtables is left of two and a half buffers: plenty
    /// up to one and a half.
    void press() {
        Throttle to = throttle;
        Flusher frozenOnes = flusher;
        if (to != null && frozenOnes != null) {
            double used = (double) bytes + frozenOnes.queue().bytes();
            double room = Math.max(0.1, FREE_BUFFERS + 1 - used / bytesMax) * bytesMax;
            to.memory(
                    used <= FREE_BUFFERS * bytesMax ? Pace.UNBOUND : room,
                    frozenOnes.nanosLeft());
        }
    }

    /// Whether a write has to wait for a flush first: flushes and merges need memory as well.
    boolean crowds(long more) {
        Throttle to = throttle;
        Flusher frozenOnes = flusher;
        return to != null && frozenOnes != null
                && to.crowds(bytes + frozenOnes.queue().bytes() + more);
    }

    /// Freezes the largest memtable, if any has entries.
    void freezeLargest(long sequence, @Nullable WriteAheadLog log) {
        StoreKeyspace largest = null;
        for (StoreKeyspace keyspace : written) {
            if (largest == null || active(keyspace).takenBytes() > active(largest).takenBytes()) {
                largest = keyspace;
            }
        }
        if (largest != null) {
            freeze(List.of(largest), sequence, log);
        }
    }

    private void freezeOldest(long sequence, WriteAheadLog log) {
        long oldest = log.currentSegment();
        for (StoreKeyspace keyspace : written) {
            oldest = Math.min(oldest, active(keyspace).firstSegment());
        }
        if (oldest == log.currentSegment()) {
            return;
        }
        List<StoreKeyspace> holders = new ArrayList<>();
        for (StoreKeyspace keyspace : written) {
            if (active(keyspace).firstSegment() == oldest) {
                holders.add(keyspace);
            }
        }
        freeze(holders, sequence, log);
    }

    /// Freezes the memtables of keyspaces, those that have entries, as one group.
    void freeze(Collection<StoreKeyspace> spaces, long sequence, @Nullable WriteAheadLog log) {
        Set<StoreKeyspace> group = new LinkedHashSet<>(spaces);
        if (spaces.stream().anyMatch(s -> written.contains(s) && active(s).hasUnlogged())) {
            for (StoreKeyspace keyspace : written) {
                if (active(keyspace).hasUnlogged()) {
                    group.add(keyspace);
                }
            }
        }
        long logEnd = log == null ? 0 : log.end();
        List<FlushGroup.Member> members = new ArrayList<>();
        for (StoreKeyspace keyspace : group) {
            if (!written.remove(keyspace) || keyspace.view() == null) {
                continue;
            }
            LiveMemtable live = active(keyspace);
            bytes -= live.counted();
            live.freeze(sequence, logEnd);
            versions.retain(live);
            versions.freeze(keyspace, newMemtable());
            members.add(new FlushGroup.Member(keyspace, live));
        }
        if (!members.isEmpty()) {
            frozen.accept(new FlushGroup(List.copyOf(members)));
        }
    }

    /// Takes over a memtable that was filled from the log, whose first segment may be this one.
    void adopt(StoreKeyspace keyspace, long firstSegment) {
        LiveMemtable live = active(keyspace);
        live.logged(firstSegment);
        live.enlist();
        written.add(keyspace);
        bytes += live.counted();
    }

    /// A keyspace was dropped.
    void forget(StoreKeyspace keyspace, @Nullable ReadView last) {
        if (written.remove(keyspace) && last != null) {
            bytes -= last.active().counted();
        }
    }

    /// The keyspaces whose active or frozen memtables hold writes that are in no log.
    List<StoreKeyspace> unlogged() {
        List<StoreKeyspace> unlogged = new ArrayList<>();
        for (StoreKeyspace keyspace : written) {
            if (active(keyspace).hasUnlogged()) {
                unlogged.add(keyspace);
            }
        }
        Flusher waiting = flusher;
        if (waiting != null) {
            unlogged.addAll(waiting.queue().unlogged());
        }
        return unlogged;
    }

    /// The first log segment that an active memtable needs, or [LiveMemtable#NO_LOG].
    long firstSegment() {
        long first = LiveMemtable.NO_LOG;
        for (StoreKeyspace keyspace : written) {
            first = Math.min(first, active(keyspace).firstSegment());
        }
        return first;
    }

    /// Bytes of the active memtables together.
    long bytes() {
        return bytes;
    }

    private static LiveMemtable active(StoreKeyspace keyspace) {
        return keyspace.viewOrThrow().active();
    }
}
