package dev.firn.engine;

import dev.firn.Compression;
import dev.firn.KeyBytes;
import dev.firn.KeyspaceTree;
import dev.firn.Statistics;
import dev.firn.TableInfo;
import dev.firn.manifest.Level;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Totals;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.List;

/// Views and versions as the records that users get.
final class TreeInfo {
    private static final Compression[] CODECS = {
        Compression.NONE, Compression.LZ4, Compression.DEFLATE
    };

    private TreeInfo() {}

    static TableInfo of(TableMeta table, int level, long run) {
        return new TableInfo(
                table.file(),
                level,
                run,
                table.fileBytes(),
                table.entries(),
                table.tombstones(),
                new KeyBytes(table.first().bytes()),
                new KeyBytes(table.end().bytes()),
                table.smallestSequence(),
                table.largestSequence(),
                table.createdMillis(),
                table.codec() < CODECS.length ? CODECS[table.codec()] : Compression.NONE);
    }

    static List<TableInfo> tables(Version version) {
        List<TableInfo> tables = new ArrayList<>();
        for (int level = 0; level < version.levels().size(); level++) {
            for (Run run : version.level(level).runs()) {
                for (TableMeta table : run.tables()) {
                    tables.add(of(table, level, run.id()));
                }
            }
        }
        return tables;
    }

    static KeyspaceTree tree(StoreKeyspace keyspace, ReadView view, long bytesMax) {
        List<KeyspaceTree.MemtableInfo> memtables = new ArrayList<>();
        for (LiveMemtable live : view.memtables()) {
            memtables.add(
                    new KeyspaceTree.MemtableInfo(
                            live != view.active(),
                            live.bytes(),
                            bytesMax,
                            live.memtable.entries(),
                            live.memtable.tombstones()));
        }
        return new KeyspaceTree(
                keyspace.name(),
                keyspace.persistedOptions().shape(),
                memtables,
                tables(view.tree().version()));
    }

    static Statistics.KeyspaceStatistics statistics(
            StoreKeyspace keyspace, ReadView view, double writeAmplification) {
        Version version = view.tree().version();
        List<Statistics.Level> levels = new ArrayList<>();
        for (int level = 0; level < version.levels().size(); level++) {
            Level l = version.level(level);
            levels.add(level(level, l.runs().size(), l.totals()));
        }
        long frozen = 0;
        long entries = 0;
        for (LiveMemtable live : view.memtables()) {
            frozen += live == view.active() ? 0 : live.bytes();
            entries += live.memtable.entries();
        }
        int runs = version.runCount();
        return new Statistics.KeyspaceStatistics(
                keyspace.name(),
                keyspace.persistedOptions().shape(),
                levels,
                level(-1, runs, version.totals()),
                view.active().bytes(),
                frozen,
                entries,
                runs,
                new Statistics.Amplification(
                        writeAmplification, runs + view.memtables().length, space(version)));
    }

    private static Statistics.Level level(int number, int runs, Totals totals) {
        return new Statistics.Level(
                number,
                runs,
                totals.tables(),
                totals.fileBytes(),
                totals.entries(),
                totals.tombstones());
    }

    /// All bytes over those of the last level's oldest run: what is newer may only repeat it.
    private static double space(Version version) {
        if (version.runCount() == 0) {
            return 1;
        }
        long last = version.run(version.runCount() - 1).totals().rawBytes();
        return last == 0 ? 1 : (double) version.totals().rawBytes() / last;
    }
}
