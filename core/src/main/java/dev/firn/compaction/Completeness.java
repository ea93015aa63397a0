package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.cursor.BoundedCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.sstable.Coverage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Of which versions a merge has all there are: told in its outputs, so that a repair without a
/// manifest knows what they have replaced.
public final class Completeness {
    private Completeness() {}

    /// What the outputs of a merge cover together, or null when it is nothing.
    ///
    /// That is every version up to the last flush, but what lies in tables that are not merged: up
    /// to the first version of newer ones, and from behind the last version of older ones.
    ///
    /// @param version the tree that the merge was chosen for
    /// @param flushed what was written up to this sequence number is in that tree
    public static @Nullable Coverage of(Merge merge, Version version, long flushed) {
        Coverage whole = within(merge, version, flushed, merge.from(), merge.to());
        if (whole != null || merge.from() != null || merge.to() != null) {
            return whole;
        }
        // Some tables of the newest run, and what they overlap further down.
        List<TableMeta> newest = merge.inputs().getFirst().tables();
        TableMeta last = newest.getLast();
        UserKey end = last.isEndExclusive()
                ? last.end()
                : UserKey.owning(BoundedCursor.justBehind(last.end().bytes()));
        return within(merge, version, flushed, newest.getFirst().first(), end);
    }

    private static @Nullable Coverage within(Merge merge, Version version, long flushed,
            @Nullable UserKey from, @Nullable UserKey to) {
        Set<Long> files = new HashSet<>();
        long smallest = Long.MAX_VALUE;
        for (Input input : merge.inputs()) {
            for (TableMeta table : input.tables()) {
                files.add(table.file());
                smallest = Math.min(smallest, table.smallestSequence());
            }
        }
        int left = files.size();
        long first = 0;
        long last = flushed;
        for (Run run : version.runs()) {
            int merged = (int) run.tables().stream()
                    .filter(table -> files.contains(table.file())).count();
            boolean isNewer = left == files.size() && merged == 0;
            boolean isOlder = left == 0;
            left -= merged;
            for (TableMeta table : run.tables()) {
                if (files.contains(table.file()) || !table.overlaps(from, to)) {
                    continue;
                }
                if (isNewer) {
                    last = Math.min(last, table.smallestSequence() - 1);
                } else if (isOlder) {
                    first = Math.max(first, Math.max(smallest, table.largestSequence() + 1));
                } else {
                    return null;
                }
            }
        }
        // A tombstone that was dropped may have hidden a version below a claim that began later.
        return first <= smallest && first <= last ? new Coverage(first, last, from, to) : null;
    }
}
