package dev.firn.prove;

import java.util.EnumMap;
import java.util.Map;

/// Counts of what attacks did. Any thread may add.
public final class Tally {
    private final EnumMap<Count, Long> counts = new EnumMap<>(Count.class);

    /// Counts some more.
    public synchronized void add(Count count, long more) {
        counts.merge(count, more, Long::sum);
    }

    /// How many there are.
    public synchronized long of(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    /// All that are not zero, in the order of the enum.
    public synchronized Map<Count, Long> all() {
        return new EnumMap<>(counts);
    }

    /// Adds what another one has.
    public void addAll(Tally other) {
        other.all().forEach(this::add);
    }

    @Override
    public String toString() {
        return all().toString();
    }
}
