package dev.firn.engine;

import dev.firn.Statistics;
import dev.firn.cache.CacheStats;
import dev.firn.record.LogStatistics;
import dev.firn.record.WriteAheadLog;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers the figures of an open store.
final class StatisticsReport {
    private StatisticsReport() {}

    static Statistics of(StoreParts parts) {
        double write = writeAmplification(parts);
        List<Statistics.KeyspaceStatistics> keyspaces = new ArrayList<>();
        ReadContext context = parts.reads().enter();
        try {
            parts.health().checkOpen();
            for (StoreKeyspace keyspace : parts.keyspaces().all()) {
                ReadView view = keyspace.view();
                if (view != null) {
                    keyspaces.add(TreeInfo.statistics(keyspace, view, write));
                }
            }
        } finally {
            context.exit();
        }
        CacheStats cache = parts.resources().cache().stats();
        return new Statistics(
                parts.commits().visible(),
                keyspaces,
                memory(parts.resources().budget()),
                new Statistics.Cache(
                        parts.counters().cacheHits(),
                        parts.counters().cacheMisses(),
                        cache.evictions(),
                        parts.resources().budget().used(Use.CACHE)),
                new Statistics.Filters(
                        parts.counters().filterChecks(), parts.counters().filterRejections()),
                log(parts),
                parts.figures().work(),
                parts.figures().stalls(),
                handles(parts),
                parts.health().describe());
    }

    private static double writeAmplification(StoreParts parts) {
        long put = parts.figures().bytesPut();
        WriteAheadLog log = parts.log();
        long logged = log == null ? 0 : parts.commits().bytesLogged();
        return put == 0 ? 0 : (double) (logged + parts.figures().bytesWrittenToTables()) / put;
    }

    private static Statistics.Memory memory(MemoryBudget budget) {
        return new Statistics.Memory(
                budget.limit(),
                budget.used(),
                budget.peak(),
                budget.used(Use.MEMTABLE),
                budget.used(Use.CACHE),
                budget.used(Use.TABLE),
                budget.used(Use.COMPACTION),
                budget.used(Use.CURSOR),
                budget.used(Use.LOG),
                budget.used(Use.POOL));
    }

    private static Statistics.Log log(StoreParts parts) {
        WriteAheadLog log = parts.log();
        if (log == null) {
            return new Statistics.Log(0, 0, 0, 0);
        }
        LogStatistics figures = log.statistics();
        return new Statistics.Log(
                parts.commits().bytesLogged(), figures.forces(), figures.segments(),
                figures.liveBytes());
    }

    private static Statistics.Handles handles(StoreParts parts) {
        long now = parts.resources().scheduler().nanoTime();
        Snapshots.Figures cursors = parts.snapshots().figures(true);
        Snapshots.Figures snapshots = parts.snapshots().figures(false);
        return new Statistics.Handles(
                cursors.count(),
                age(cursors.oldest(), now),
                place(cursors.place()),
                snapshots.count(),
                age(snapshots.oldest(), now),
                place(snapshots.place()));
    }

    private static long age(Snapshots.@Nullable Pin pin, long now) {
        return pin == null ? 0 : now - pin.since;
    }

    private static @Nullable String place(@Nullable StackWalkedPlace place) {
        return place == null ? null : place.toString();
    }
}
