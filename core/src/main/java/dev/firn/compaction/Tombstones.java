package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.Stack.Tier;
import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tables of which more than half are tombstones that no snapshot needs are merged down early,
/// because every scan has to pass them.
///
/// The merge takes the keys of the table from its own run and all older ones, down to the base. A
/// table cannot lose its middle, so the range grows until every other table reaches out of it at
/// one side at most, and holds tables of the base whole; when it grows too large it is left to a
/// sweep.
final class Tombstones {
    private static final long RANGE_BYTES_MAX = 1L << 30;

    private Tombstones() {}

    static boolean isDense(TableMeta table, Load load) {
        return table.tombstones() * 2 > table.entries()
                && table.largestSequence() <= load.oldestSnapshot();
    }

    static @Nullable Merge choose(Stack stack, Load load, Busy busy, long tableBytes) {
        if (busy.writesTo(Stack.LAST)) {
            return null;
        }
        List<Tier> tiers = new ArrayList<>(stack.uppers());
        if (stack.base() != null) {
            tiers.add(stack.base());
        }
        for (int i = tiers.size() - 1; i >= 0; i--) {
            for (TableMeta table : tiers.get(i).run().tables()) {
                if (isDense(table, load)) {
                    Merge merge =
                            downTo(
                                    stack,
                                    tiers.subList(i, tiers.size()),
                                    Range.of(table),
                                    busy,
                                    Purpose.TOMBSTONES,
                                    table.tombstones() + " of " + table.entries()
                                            + " entries are tombstones",
                                    tableBytes);
                    if (merge != null) {
                        return merge;
                    }
                }
            }
        }
        return null;
    }

    /// A range of keys; null is open.
    record Range(@Nullable UserKey from, @Nullable UserKey to) {
        static Range of(TableMeta table) {
            return new Range(table.first(), behind(table));
        }

        static UserKey behind(TableMeta table) {
            byte[] end = table.end().bytes();
            return table.isEndExclusive()
                    ? table.end()
                    : UserKey.owning(Arrays.copyOf(end, end.length + 1));
        }

        private boolean isInFrontOf(TableMeta table) {
            return from != null && table.first().compareTo(from) < 0;
        }

        private boolean endsInside(TableMeta table) {
            return to != null && !table.isBefore(to);
        }

        private Range over(TableMeta table) {
            return new Range(
                    isInFrontOf(table) ? table.first() : from,
                    endsInside(table) ? behind(table) : to);
        }
    }

    /// Merges a range of the runs, which are the oldest ones, into the base.
    static @Nullable Merge downTo(
            Stack stack,
            List<Tier> tiers,
            Range wanted,
            Busy busy,
            Purpose purpose,
            String reason,
            long tableBytes) {
        Range range = wanted;
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Tier tier : tiers) {
                for (TableMeta table : overlapping(tier.run(), range)) {
                    boolean whole = tier.equals(stack.base());
                    boolean both = range.isInFrontOf(table) && range.endsInside(table);
                    if (both || (whole && (range.isInFrontOf(table) || range.endsInside(table)))) {
                        Range larger =
                                whole ? range.over(table) : new Range(table.first(), range.to());
                        grown |= !larger.equals(range);
                        range = larger;
                    }
                }
            }
        }
        var inputs = new ArrayList<Input>();
        long bytes = 0;
        for (Tier tier : tiers) {
            List<TableMeta> tables = overlapping(tier.run(), range);
            if (busy.usesAny(tables)) {
                return null;
            }
            if (!tables.isEmpty()) {
                inputs.add(new Input(tier.level(), tier.run().id(), tables));
            }
            for (TableMeta table : tables) {
                bytes += Sizes.rawBytes(table, range.from(), range.to());
            }
        }
        if (inputs.isEmpty() || (purpose == Purpose.TOMBSTONES && bytes > RANGE_BYTES_MAX)) {
            return null;
        }
        return new Merge(
                inputs,
                range.from(),
                range.to(),
                Stack.LAST,
                stack.baseRun(tiers.getFirst()),
                KeySpans.NONE,
                purpose,
                Sweep.evenly(bytes, tableBytes),
                true,
                reason);
    }

    private static List<TableMeta> overlapping(Run run, Range range) {
        var tables = new ArrayList<TableMeta>();
        Stack.addOverlapping(tables, run, range.from(), range.to());
        return tables;
    }
}
