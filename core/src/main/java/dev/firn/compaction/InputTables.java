package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.cursor.ConcatenatingCursor;
import dev.firn.cursor.EntryCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The tables of one input run, each bounded to what is visible of it in the slice.
///
/// @param input the tables
/// @param from the slice's first key, or null
/// @param to the key behind the slice, or null
/// @param tables opens them
record InputTables(
        Input input, @Nullable UserKey from, @Nullable UserKey to, MergeTables tables)
        implements
            ConcatenatingCursor.Parts {
    static EntryCursor cursor(Input input, Merge merge, MergeTables tables) {
        return new ConcatenatingCursor(new InputTables(input, merge.from(), merge.to(), tables));
    }

    @Override
    public int count() {
        return input.tables().size();
    }

    @Override
    public UserKey smallest(int part) {
        return input.tables().get(part).first();
    }

    @Override
    public UserKey largest(int part) {
        return input.tables().get(part).end();
    }

    @Override
    public EntryCursor open(int part) throws IOException {
        TableMeta table = input.tables().get(part);
        return tables.open(table, later(table.lower(), from), earlier(table.upper(), to));
    }

    private static @Nullable UserKey later(@Nullable UserKey a, @Nullable UserKey b) {
        return a == null || (b != null && b.compareTo(a) > 0) ? b : a;
    }

    private static @Nullable UserKey earlier(@Nullable UserKey a, @Nullable UserKey b) {
        return a == null || (b != null && b.compareTo(a) < 0) ? b : a;
    }
}
