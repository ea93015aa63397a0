package dev.firn.engine;

import dev.firn.key.Trailer;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Codecs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Completes damaged tables with what the log still has of them: a segment stays until all of it is
/// in tables, and a little longer. One thread.
///
/// The table gets every version of a key between its first and its last one that was written while
/// its own entries were, and stays in its place in the tree. A version that a merge had left out is
/// harmless there: the one that it had been left out for comes back with it. That is not so in a
/// table at the last level, whose entries have lost their sequence numbers; it gets nothing.
final class LogRescue {
    private final StoreState state;
    private final RepairTables tables;
    private final RepairLog log;
    private final TableBuilder builder;
    private final boolean isDry;
    private final BlockCodec codec = new Codecs().of(dev.firn.Compression.NONE);

    LogRescue(StoreState state, RepairTables tables, RepairLog log, TableBuilder builder,
            boolean isDry) {
        this.state = state;
        this.tables = tables;
        this.log = log;
        this.builder = builder;
        this.isDry = isDry;
    }

    /// Completes a table; one that has lost nothing is returned as it is.
    RepairTables.Found complete(RepairTarget target, RepairTables.Found found)
            throws IOException {
        TableMeta meta = found.meta();
        if (found.lost() == 0 || meta.smallestSequence() == 0) {
            return found;
        }
        var buffer = new RepairBuffer(builder, codec, id -> id == target.id ? target : null,
                (of, key, sequence) -> isIn(meta, sequence) && isIn(meta, key));
        long[] covered = new long[1];
        log.prefix(state, (payload, file, at, endLsn) -> {
            BatchFormat.decode(payload, file, at, (id, trailer, m, a, kl, v,
                    vl) -> covered[0] += isIn(meta, Trailer.sequence(trailer)) ? 1 : 0);
            buffer.add(payload, file, at);
        });
        List<TableMeta> written = buffer.finish().getOrDefault(target, List.of());
        if (written.isEmpty()) {
            return found;
        }
        RepairTables.Found complete = found.with(merged(target, found.table(), written));
        boolean isAll = covered[0] == meta.largestSequence() - meta.smallestSequence() + 1;
        return isAll ? complete.withoutLoss() : complete;
    }

    private TableMeta merged(RepairTarget target, @Nullable TableMeta saved,
            List<TableMeta> written) throws IOException {
        List<RepairMerge.Part> all = new ArrayList<>();
        written.forEach(table -> all.add(RepairMerge.Part.of(table)));
        if (saved != null) {
            all.add(RepairMerge.Part.of(saved));
        }
        // In a dry run there is nothing to read.
        return isDry || all.size() == 1
                ? all.getLast().table()
                : new RepairMerge(tables, builder, target, codec, Long.MAX_VALUE).run(all)
                        .getFirst();
    }

    private static boolean isIn(TableMeta meta, long sequence) {
        return sequence >= meta.smallestSequence() && sequence <= meta.largestSequence();
    }

    private static boolean isIn(TableMeta meta, byte[] key) {
        return meta.smallest().compareTo(key, 0, key.length) <= 0
                && meta.largest().compareTo(key, 0, key.length) >= 0
                && TableRescue.isVisible(meta, key);
    }
}
