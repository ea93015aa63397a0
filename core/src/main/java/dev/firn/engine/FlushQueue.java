package dev.firn.engine;

import dev.firn.engine.FlushGroup.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Frozen memtables that wait to become tables, oldest first, and whether the task that does it is
/// under way or rests after a failure. Guarded by its own lock.
final class FlushQueue {
    private final ReentrantLock lock = new ReentrantLock();
    /// Few; a list that cannot grow for want of memory keeps what is in it.
    private final List<FlushGroup> groups = new ArrayList<>();
    private volatile long bytes;
    private volatile int count;
    private boolean running;
    private boolean resting;

    /// Takes a group.
    ///
    /// @return whether the task has to be submitted
    boolean add(FlushGroup group) {
        lock.lock();
        try {
            groups.add(group);
            count();
            return begin();
        } finally {
            lock.unlock();
        }
    }

    /// Whether the task has to be submitted: something waits, and it is not under way.
    boolean begin() {
        lock.lock();
        try {
            if (running || resting || groups.isEmpty()) {
                return false;
            }
            running = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The first group, or null: then the task is over.
    @Nullable
    FlushGroup first() {
        lock.lock();
        try {
            running &= !groups.isEmpty();
            return groups.isEmpty() ? null : groups.getFirst();
        } finally {
            lock.unlock();
        }
    }

    /// The first group has become tables. The one task alone calls this.
    void removeFirst() {
        lock.lock();
        try {
            groups.removeFirst();
            count();
        } finally {
            lock.unlock();
        }
    }

    /// The task is over.
    void stop() {
        lock.lock();
        try {
            running = false;
        } finally {
            lock.unlock();
        }
    }

    /// The task is over, and not begun before [#rested].
    void rest() {
        lock.lock();
        try {
            running = false;
            resting = true;
        } finally {
            lock.unlock();
        }
    }

    void rested() {
        lock.lock();
        try {
            resting = false;
        } finally {
            lock.unlock();
        }
    }

    private void count() {
        long sum = 0;
        for (FlushGroup group : groups) {
            sum += group.bytes();
        }
        bytes = sum;
        count = groups.size();
    }

    /// Whether frozen memtables wait.
    boolean isPending() {
        return count > 0;
    }

    boolean isPending(FlushGroup group) {
        lock.lock();
        try {
            return groups.contains(group);
        } finally {
            lock.unlock();
        }
    }

    /// Bytes of frozen memtables that wait.
    long bytes() {
        return bytes;
    }

    /// Bytes of a group, about.
    double bytesPerGroup() {
        return (double) bytes / Math.max(1, count);
    }

    /// The last group: when it is gone, all that waits now is flushed.
    @Nullable
    FlushGroup last() {
        lock.lock();
        try {
            return groups.isEmpty() ? null : groups.getLast();
        } finally {
            lock.unlock();
        }
    }

    /// The keyspaces of frozen memtables with writes that are in no log.
    List<StoreKeyspace> unlogged() {
        lock.lock();
        try {
            return groups.stream()
                    .flatMap(group -> group.members().stream())
                    .filter(member -> member.memtable().hasUnlogged())
                    .map(Member::keyspace)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// The first log segment that a frozen memtable needs, or [LiveMemtable#NO_LOG].
    long firstSegment(Collection<Member> except) {
        lock.lock();
        try {
            long first = LiveMemtable.NO_LOG;
            for (FlushGroup group : groups) {
                for (Member member : group.members()) {
                    if (!except.contains(member) && !member.keyspace().isDropped()) {
                        first = Math.min(first, member.memtable().firstSegment());
                    }
                }
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// Gives back the memory of what waits when the store closes. The groups stay: they are not
    /// flushed, and somebody may still ask.
    void close() {
        lock.lock();
        try {
            groups.forEach(group -> group.members().forEach(m -> m.memtable().memtable.close()));
        } finally {
            lock.unlock();
        }
    }
}
