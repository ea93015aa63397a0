package dev.firn.compaction;

import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a policy wants done next with a tree. Immutable; made from one version, to be revalidated
/// against the version at hand when its result is installed ([Installation] does).
public sealed interface CompactionChoice {
    /// Why, in a few words for a person: numbers, no keys.
    String reason();

    /// The tables concerned.
    List<Input> inputs();

    /// Nothing to do.
    record Idle(String reason) implements CompactionChoice {
        @Override
        public List<Input> inputs() {
            return List.of();
        }
    }

    /// Tables become part of a run further down as they are: nothing older overlaps them.
    ///
    /// @param inputs where they are now
    /// @param level the level they go to
    /// @param run the run there, which may not exist yet
    record Move(List<Input> inputs, int level, long run, String reason)
            implements
                CompactionChoice {
        /// Copies the list.
        public Move {
            inputs = List.copyOf(inputs);
        }
    }

    /// Tables go: no reader can see anything in them that matters.
    record Drop(List<Input> inputs, String reason) implements CompactionChoice {
        /// Copies the list.
        public Drop {
            inputs = List.copyOf(inputs);
        }
    }

    /// Tables, or the part of them that lies in a range of keys, are merged into new tables of one
    /// run.
    ///
    /// Inputs wholly inside the range are replaced; those that reach beyond it at one side are
    /// trimmed.
    ///
    /// @param inputs the tables, by run, newest run first
    /// @param from the first key of the range, null: from the first there is
    /// @param to the key behind the range, null: to the last there is
    /// @param level the level the new tables go to
    /// @param run the run there, which may not exist yet
    /// @param older where keys outside the inputs may have older versions; none at the bottom
    /// @param purpose what the work is for, by which it is reported
    /// @param tableBytes the size at which an output table is closed
    /// @param lasting whether the output stays long, so that compressing it is worth the time
    record Merge(
            List<Input> inputs,
            @Nullable UserKey from,
            @Nullable UserKey to,
            int level,
            long run,
            KeySpans older,
            Purpose purpose,
            long tableBytes,
            boolean lasting,
            String reason)
            implements
                CompactionChoice {
        /// Copies the list.
        public Merge {
            inputs = List.copyOf(inputs);
        }

        /// Whether there is no older version of any key outside the inputs: tombstones end here and
        /// sequence numbers become zero.
        public boolean isBottom() {
            return older.isEmpty();
        }

        /// About how many bytes of files are read, and at most written.
        public long fileBytes() {
            long bytes = 0;
            for (Input input : inputs) {
                for (TableMeta table : input.tables()) {
                    bytes += Sizes.fileBytes(table, from, to);
                }
            }
            return bytes;
        }

        /// About how many bytes are read, before compression.
        public long rawBytes() {
            long bytes = 0;
            for (Input input : inputs) {
                for (TableMeta table : input.tables()) {
                    bytes += Sizes.rawBytes(table, from, to);
                }
            }
            return bytes;
        }

        /// About how many entries are read.
        public long entries() {
            long entries = 0;
            for (Input input : inputs) {
                for (TableMeta table : input.tables()) {
                    entries += Sizes.entries(table, from, to);
                }
            }
            return entries;
        }
    }

    /// What work is for.
    enum Purpose {
        /// To bound the number of runs that a read consults.
        RUNS,
        /// To bound the space that overwritten and deleted entries take.
        SPACE,
        /// To get rid of tombstones that scans have to pass.
        TOMBSTONES,
        /// To leave one run while there is nothing else to do ("merging down", reported apart).
        SETTLE,
        /// Because somebody asked.
        REQUESTED
    }

    /// Tables of one run that take part, in key order.
    record Input(int level, long run, List<TableMeta> tables) {
        /// Copies the list.
        public Input {
            tables = List.copyOf(tables);
        }

        /// All tables of a run.
        static Input of(int level, Run run) {
            return new Input(level, run.id(), run.tables());
        }
    }

    /// Whether a file is among the inputs.
    default boolean uses(long file) {
        for (Input input : inputs()) {
            for (TableMeta table : input.tables()) {
                if (table.file() == file) {
                    return true;
                }
            }
        }
        return false;
    }
}
