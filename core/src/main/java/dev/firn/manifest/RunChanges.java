package dev.firn.manifest;

import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an edit does to one run, and the run that comes of it.
///
/// Order is checked only where something new meets its neighbours: what was in the run was in
/// order.
final class RunChanges {
    private final int level;
    private final long id;
    private final List<TableMeta> added = new ArrayList<>();
    private final Map<Long, TableChange> touched = new HashMap<>();

    RunChanges(int level, long id) {
        this.level = level;
        this.id = id;
    }

    int level() {
        return level;
    }

    long id() {
        return id;
    }

    void add(TableChange change) {
        switch (change) {
            case TableAdded a -> added.add(a.table());
            case TableRemoved r -> touch(r);
            case TableTrimmed t -> touch(t);
        }
    }

    private void touch(TableChange change) {
        if (touched.put(change.file(), change) != null) {
            throw new InvalidEditException(name(change.file()) + " is removed or trimmed twice");
        }
    }

    /// Whether the file leaves this run.
    boolean removes(long file) {
        return touched.get(file) instanceof TableRemoved;
    }

    /// The run afterwards, or null when nothing is left of it.
    @Nullable
    Run applyTo(@Nullable Run run) {
        Totals totals = run == null ? Totals.NONE : run.totals();
        TableMeta[] kept = run == null ? new TableMeta[0] : run.tables().toArray(TableMeta[]::new);
        if (!touched.isEmpty()) {
            long[] files = touched.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
            int left = 0;
            int found = 0;
            for (TableMeta table : kept) {
                if (Arrays.binarySearch(files, table.file()) < 0) {
                    kept[left++] = table;
                    continue;
                }
                found++;
                if (touched.get(table.file()) instanceof TableTrimmed trim) {
                    kept[left++] = trim(table, trim);
                } else {
                    totals = totals.minus(table);
                }
            }
            if (found < files.length) {
                throw new InvalidEditException(nameOfMissing(run));
            }
            kept = Arrays.copyOf(kept, left);
        }
        for (TableMeta table : added) {
            totals = totals.plus(table);
        }
        TableMeta[] merged = added.isEmpty() ? kept : merge(kept);
        return merged.length == 0 ? null : new Run(id, merged, totals);
    }

    private TableMeta trim(TableMeta table, TableTrimmed trim) {
        try {
            return table.trimmed(trim.lower(), trim.upper());
        } catch (IllegalArgumentException e) {
            throw new InvalidEditException(name(table.file()) + ": " + e.getMessage());
        }
    }

    private TableMeta[] merge(TableMeta[] kept) {
        added.sort(Comparator.comparing(TableMeta::first));
        var merged = new TableMeta[kept.length + added.size()];
        int from = 0;
        int out = 0;
        for (TableMeta table : added) {
            int to = seek(kept, from, table);
            System.arraycopy(kept, from, merged, out, to - from);
            out += to - from;
            from = to;
            if (out > 0) {
                checkOrder(merged[out - 1], table);
            }
            if (from < kept.length) {
                checkOrder(table, kept[from]);
            }
            merged[out++] = table;
        }
        System.arraycopy(kept, from, merged, out, kept.length - from);
        return merged;
    }

    /// The first of the kept tables that does not end before the table begins.
    private static int seek(TableMeta[] kept, int from, TableMeta table) {
        int to = kept.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (kept[middle].isBefore(table.first())) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private void checkOrder(TableMeta before, TableMeta after) {
        if (!before.isBefore(after.first())) {
            throw new InvalidEditException(
                    name(after.file()) + " overlaps " + StoreFile.table(before.file()).name());
        }
    }

    private String nameOfMissing(@Nullable Run run) {
        var missing = new TreeSet<>(touched.keySet());
        if (run != null) {
            run.tables().forEach(table -> missing.remove(table.file()));
        }
        return name(missing.first()) + " is not there";
    }

    private String name(long file) {
        return StoreFile.table(file).name() + " in run " + id + " of level " + level;
    }
}
