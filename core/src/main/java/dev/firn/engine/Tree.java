package dev.firn.engine;

import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// A version of a keyspace's tree with a handle for each of its tables, arranged for reading.
/// Immutable but for `references`, the views and jobs that use it, counted under the lock of the
/// [VersionSet].
final class Tree {
    private final Version version;
    private final long flushed;
    private final Run[] runs;
    private final TableHandle[][] handles;
    int references;

    /// Constructs it of its parts.
    ///
    /// @param flushed what was written up to this sequence number is in its tables
    /// @param known finds the handle of a file that some tree has
    /// @param created makes that of a new one
    Tree(
            Version version,
            long flushed,
            LongFunction<@Nullable TableHandle> known,
            Function<TableMeta, TableHandle> created) {
        this.version = version;
        this.flushed = flushed;
        this.runs = version.runs().toArray(Run[]::new);
        this.handles = new TableHandle[runs.length][];
        for (int r = 0; r < runs.length; r++) {
            TableHandle[] tables = new TableHandle[runs[r].tableCount()];
            for (int t = 0; t < tables.length; t++) {
                TableMeta meta = runs[r].table(t);
                TableHandle handle = known.apply(meta.file());
                tables[t] = handle != null ? handle : created.apply(meta);
            }
            handles[r] = tables;
        }
    }

    Version version() {
        return version;
    }

    /// What was written up to this sequence number is in its tables.
    long flushed() {
        return flushed;
    }

    /// How many runs there are.
    int runs() {
        return runs.length;
    }

    /// The run at an index in the order of reads, newest first.
    Run run(int index) {
        return runs[index];
    }

    /// The tables of a run in key order.
    TableHandle[] tables(int run) {
        return handles[run];
    }
}
