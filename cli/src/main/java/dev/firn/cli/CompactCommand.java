package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceTree;
import dev.firn.TableInfo;
import dev.firn.cli.draw.Figures;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `firn compact`: merges all tables down to one run and says what that changed.
@Command(
        name = "compact",
        description = "Merges the tables (of one keyspace, or all) down to one run each.")
final class CompactCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;

    @Override
    public Integer call() {
        try (Firn store = target.openToChange()) {
            Keyspace keyspace = target.keyspaceIfNamed(store);
            String before = summary(store.tree());
            if (keyspace == null) {
                store.compact();
            } else {
                keyspace.compact(KeyRange.all());
            }
            target.stdio().out().println("before: " + before);
            target.stdio().out().println("after:  " + summary(store.tree()));
        }
        return ExitCode.OK;
    }

    private static String summary(List<KeyspaceTree> trees) {
        List<TableInfo> tables = trees.stream().flatMap(tree -> tree.tables().stream()).toList();
        return Figures.count(tables.size(), "table")
                + ", "
                + Figures.bytes(tables.stream().mapToLong(TableInfo::bytes).sum())
                + ", "
                + Figures.count(tables.stream().mapToLong(TableInfo::entries).sum(), "entry")
                + " (of them "
                + Figures.count(tables.stream().mapToLong(TableInfo::tombstones).sum(), "tombstone")
                + ")";
    }
}
