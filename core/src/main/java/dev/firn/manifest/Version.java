package dev.firn.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tree of a keyspace at one moment: its levels with their runs with their tables.
///
/// Immutable; [#apply] makes the next one, which shares every level and run that the changes do not
/// touch. The last level is never empty, so equal trees are equal objects.
public final class Version {
    /// Without tables.
    public static final Version EMPTY = new Version(List.of());

    /// Levels are numbered from 0 to below this.
    public static final int LEVELS_MAX = 64;

    private final List<Level> levels;
    private final Run[] runs;
    private final Totals totals;

    Version(List<Level> levels) {
        this.levels = List.copyOf(levels);
        var all = new ArrayList<Run>();
        Totals sum = Totals.NONE;
        for (Level level : levels) {
            all.addAll(level.runs());
            sum = sum.plus(level.totals());
        }
        runs = all.toArray(Run[]::new);
        totals = sum;
    }

    /// The levels from 0 on, up to the last that has a run.
    public List<Level> levels() {
        return levels;
    }

    /// The level of a number, also of one behind the last.
    public Level level(int number) {
        return number < levels.size() ? levels.get(number) : Level.EMPTY;
    }

    /// How many runs all levels have: what a point read may have to consult.
    public int runCount() {
        return runs.length;
    }

    /// The run at an index in the order of reads: the newest data first. That is level 0 before
    /// level 1 and so on, and in a level by falling id; the first version found of a key is its
    /// newest.
    public Run run(int at) {
        return runs[at];
    }

    /// All runs in the order of [#run].
    public List<Run> runs() {
        return Collections.unmodifiableList(Arrays.asList(runs));
    }

    /// What all tables hold together.
    public Totals totals() {
        return totals;
    }

    /// The tree after the changes, which all hold at once: removals and trims name tables that are
    /// here now, added tables come in addition. A table that is moved is removed in one place and
    /// added in another by the same list.
    ///
    /// @throws InvalidEditException when a table to remove or trim is not there, an added one is
    ///     there already, two of a run overlap, or a table is named twice
    public Version apply(Collection<? extends TableChange> changes) {
        return changes.isEmpty() ? this : new VersionChanges(changes).applyTo(this);
    }

    /// Shows every table to the consumer, in the order of reads.
    public void forEachTable(Consumer<? super TableMeta> consumer) {
        for (Run run : runs) {
            for (int i = 0; i < run.tableCount(); i++) {
                consumer.accept(run.table(i));
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Version that && levels.equals(that.levels);
    }

    @Override
    public int hashCode() {
        return levels.hashCode();
    }

    @Override
    public String toString() {
        return "version of " + totals.tables() + " tables in " + runs.length + " runs";
    }
}
