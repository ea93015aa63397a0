package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.manifest.TableChange;
import dev.firn.manifest.TableMeta;
import java.util.List;

/// The result of a finished merge, to be installed if [Installation#isStillValid] says so.
///
/// @param merge what was chosen
/// @param outputs the new tables, in key order, durable but in no version yet
/// @param changes what makes them take the place of the inputs
/// @param statistics what was done
public record MergeOutcome(
        Merge merge, List<TableMeta> outputs, List<TableChange> changes,
        MergeStatistics statistics) {
    /// Copies the lists.
    public MergeOutcome {
        outputs = List.copyOf(outputs);
        changes = List.copyOf(changes);
    }
}
