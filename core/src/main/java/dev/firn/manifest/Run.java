package dev.firn.manifest;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tables that hold one sorted sequence of entries together: in key order, no visible key in two.
///
/// The id orders the runs of a level by age: a run is newer than those of its level with smaller
/// ids. Immutable. Searching allocates nothing (but an index, once).
public final class Run {
    private final long id;
    private final TableMeta[] tables;
    private final Totals totals;
    private final long largestFile;

    /// Made by the first search, from any thread: it is immutable itself, so a race makes it twice
    /// and does no other harm.
    private @Nullable RunIndex index;

    /// Takes the array over, whose order [RunChanges] has checked.
    Run(long id, TableMeta[] tables, Totals totals) {
        this.id = id;
        this.tables = tables;
        this.totals = totals;
        long largest = 0;
        for (TableMeta table : tables) {
            largest = Math.max(largest, table.file());
        }
        largestFile = largest;
    }

    /// Its id.
    public long id() {
        return id;
    }

    /// How many tables it has: at least one.
    public int tableCount() {
        return tables.length;
    }

    /// The table at an index in key order.
    public TableMeta table(int at) {
        return tables[at];
    }

    /// The tables in key order.
    public List<TableMeta> tables() {
        return Collections.unmodifiableList(Arrays.asList(tables));
    }

    /// What its tables hold together.
    public Totals totals() {
        return totals;
    }

    /// The largest number of one of its files.
    long largestFile() {
        return largestFile;
    }

    /// The index of the first table that does not end before the key: where a scan from the key on
    /// begins. [#tableCount] when all end before it.
    public int seek(byte[] key, int at, int length) {
        if (tables.length == 1) {
            return tables[0].isBefore(key, at, length) ? 1 : 0;
        }
        RunIndex made = index;
        if (made == null) {
            made = new RunIndex(tables);
            index = made;
        }
        return made.seek(key, at, length);
    }

    /// The index of the one table in which the key may be visible, or -1.
    public int indexFor(byte[] key, int at, int length) {
        int found = seek(key, at, length);
        return found < tables.length && !tables[found].isAfter(key, at, length) ? found : -1;
    }

    /// The one table in which the key may be visible, or null.
    public @Nullable TableMeta tableFor(byte[] key, int at, int length) {
        int found = indexFor(key, at, length);
        return found < 0 ? null : tables[found];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Run that && id == that.id && Arrays.equals(tables, that.tables);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(id) + Arrays.hashCode(tables);
    }

    @Override
    public String toString() {
        return "run " + id + " of " + tables.length + " tables";
    }
}
