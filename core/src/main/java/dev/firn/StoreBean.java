package dev.firn;

import dev.firn.Statistics.KeyspaceStatistics;
import dev.firn.Statistics.Stall;
import java.util.Objects;

/// Reads each attribute from the statistics of that moment.
record StoreBean(Firn store) implements FirnMXBean {
    StoreBean {
        Objects.requireNonNull(store, "store");
    }

    private Statistics now() {
        return store.statistics();
    }

    @Override
    public long getMemoryLimit() {
        return now().memory().limit();
    }

    @Override
    public long getMemoryUsed() {
        return now().memory().used();
    }

    @Override
    public long getMemoryPeak() {
        return now().memory().peak();
    }

    @Override
    public long getMemtableBytes() {
        return now().memory().memtables();
    }

    @Override
    public long getCacheBytes() {
        return now().cache().bytes();
    }

    @Override
    public double getCacheHitRate() {
        return now().cache().hitRate();
    }

    @Override
    public int getKeyspaces() {
        return now().keyspaces().size();
    }

    @Override
    public long getTables() {
        return now().keyspaces().stream().mapToLong(k -> k.total().tables()).sum();
    }

    @Override
    public long getTableBytes() {
        return now().keyspaces().stream().map(KeyspaceStatistics::total)
                .mapToLong(Statistics.Level::bytes).sum();
    }

    @Override
    public long getLogBytes() {
        return now().log().bytes();
    }

    @Override
    public long getBytesPut() {
        return now().work().bytesPut();
    }

    @Override
    public long getBytesFlushed() {
        return now().work().bytesFlushed();
    }

    @Override
    public long getBytesCompacted() {
        return now().work().bytesCompacted();
    }

    @Override
    public long getStalls() {
        return now().stalls().stream().mapToLong(Stall::count).sum();
    }

    @Override
    public long getStallNanos() {
        return now().stalls().stream().mapToLong(Stall::nanos).sum();
    }

    @Override
    public int getOpenCursors() {
        return now().handles().cursors();
    }

    @Override
    public int getOpenSnapshots() {
        return now().handles().snapshots();
    }

    @Override
    public long getOldestSnapshotNanos() {
        return now().handles().oldestSnapshotNanos();
    }

    @Override
    public String getFailure() {
        return Objects.requireNonNullElse(now().failure(), "");
    }

    @Override
    public String statisticsJson() {
        return now().toJson();
    }
}
