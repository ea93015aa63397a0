package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.Stack.Tier;
import dev.firn.compaction.Tombstones.Range;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to do next for somebody who asked that the tree, or a range of its keys, be compacted: down
/// to one run at the last level, in any shape. Carried out and asked again until it is idle.
///
/// Runs above the base that have keys of the range are swept into it, from the lowest key they have
/// (a table cannot lose its middle, so what lies before the range goes along). Runs that hold only
/// what was written after the request are left alone, so it ends while writes go on.
///
/// Of the base itself only such tables are rewritten as hold something to drop: tombstones, or
/// entries that kept their sequence in a merge because a snapshot needed older versions; and these
/// only once no snapshot needs them any more. Tables that were moved down unmerged hold one version
/// of each key and stay as they are.
public final class RequestedCompaction {
    private RequestedCompaction() {}

    /// What to do next.
    ///
    /// @param from the first key of the range, or null
    /// @param to the key behind the range, or null
    /// @param upTo the last sequence that was written when somebody asked
    public static CompactionChoice choose(
            Version version,
            @Nullable UserKey from,
            @Nullable UserKey to,
            long upTo,
            long tableBytes,
            Load load,
            Busy busy) {
        Stack stack = Stack.of(version, busy);
        CompactionChoice choice = Shortcuts.drop(stack, load, busy);
        if (choice == null && isAnythingAbove(stack, from, to, upTo)) {
            choice = Shortcuts.move(stack, load.withSettling(true), busy);
            if (choice == null) {
                choice = Sweep.all(stack, busy, Purpose.REQUESTED, "asked for", tableBytes);
            }
            return choice != null ? choice : new Idle("waits for what is running");
        }
        if (choice == null) {
            choice = cleanBase(stack, from, to, tableBytes, load, busy);
        }
        return choice != null ? choice : new Idle("one run, nothing to drop");
    }

    private static boolean isAnythingAbove(
            Stack stack, @Nullable UserKey from, @Nullable UserKey to, long upTo) {
        for (Tier tier : stack.uppers()) {
            for (TableMeta table : tier.run().tables()) {
                if (table.smallestSequence() <= upTo && table.overlaps(from, to)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable CompactionChoice cleanBase(
            Stack stack,
            @Nullable UserKey from,
            @Nullable UserKey to,
            long tableBytes,
            Load load,
            Busy busy) {
        Tier base = stack.base();
        if (base == null || busy.writesTo(Stack.LAST)) {
            return null;
        }
        for (TableMeta table : base.run().tables()) {
            boolean isMixed = table.smallestSequence() == 0 && table.largestSequence() > 0;
            if ((table.tombstones() > 0 || isMixed)
                    && table.largestSequence() <= load.oldestSnapshot()
                    && table.overlaps(from, to)
                    && !busy.uses(table)) {
                return Tombstones.downTo(
                        stack,
                        List.of(base),
                        Range.of(table),
                        busy,
                        Purpose.REQUESTED,
                        "asked for, a table with something to drop",
                        tableBytes);
            }
        }
        return null;
    }
}
