package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Drop;
import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.key.UserKey;
import dev.firn.manifest.Level;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableChange;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The changes of a version that make a finished choice take effect.
public final class Installation {
    private Installation() {}

    /// Whether everything the choice was made of is still there, where and as it was: asked under
    /// the lock under which the changes are applied. If not, the work is thrown away and the policy
    /// is asked again; that is no error.
    public static boolean isStillValid(CompactionChoice choice, Version version) {
        for (Input input : choice.inputs()) {
            Run run = find(version, input.level(), input.run());
            if (run == null || !holds(run, input.tables())) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Run find(Version version, int number, long id) {
        Level level = version.level(number);
        for (Run run : level.runs()) {
            if (run.id() == id) {
                return run;
            }
        }
        return null;
    }

    /// Whether the tables, in key order, are tables of the run.
    private static boolean holds(Run run, List<TableMeta> tables) {
        int at = 0;
        for (TableMeta table : tables) {
            while (at < run.tableCount() && !run.table(at).equals(table)) {
                at++;
            }
            if (at == run.tableCount()) {
                return false;
            }
        }
        return true;
    }

    /// The changes.
    ///
    /// @param outputs the new tables of a merge, in key order; none for the others
    public static List<TableChange> changes(
            CompactionChoice choice, int keyspace, List<TableMeta> outputs) {
        var changes = new ArrayList<TableChange>();
        for (Input input : choice.inputs()) {
            for (TableMeta table : input.tables()) {
                changes.add(
                        choice instanceof Merge merge
                                ? consumed(merge, keyspace, input, table)
                                : new TableRemoved(keyspace, input.level(), input.run(),
                                        table.file()));
            }
        }
        switch (choice) {
            case Move move ->
                    move.inputs()
                            .forEach(
                                    input -> add(changes, keyspace, move.level(), move.run(),
                                            input.tables()));
            case Merge merge -> add(changes, keyspace, merge.level(), merge.run(), outputs);
            case Drop drop -> {
            }
            case Idle idle -> {
            }
        }
        return changes;
    }

    private static void add(
            List<TableChange> changes, int keyspace, int level, long run, List<TableMeta> tables) {
        tables.forEach(table -> changes.add(new TableAdded(keyspace, level, run, table)));
    }

    private static TableChange consumed(Merge merge, int keyspace, Input input, TableMeta table) {
        UserKey from = merge.from();
        UserKey to = merge.to();
        boolean reachesBelow = from != null && table.first().compareTo(from) < 0;
        boolean reachesBeyond = to != null && !table.isBefore(to);
        if (reachesBelow && reachesBeyond) {
            throw new IllegalStateException("a merge would cut a hole into table " + table.file());
        }
        return reachesBelow || reachesBeyond
                ? new TableTrimmed(
                        keyspace,
                        input.level(),
                        input.run(),
                        table.file(),
                        reachesBeyond ? to : null,
                        reachesBelow ? from : null)
                : new TableRemoved(keyspace, input.level(), input.run(), table.file());
    }
}
