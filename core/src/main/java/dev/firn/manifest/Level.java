package dev.firn.manifest;

import java.util.List;

/// The runs of a level, newest first, that is by falling id. Level 0 gets a run a flush; what the
/// others hold depends on the keyspace's shape. Immutable.
///
/// @param runs the runs; none is empty
/// @param totals what they hold together
public record Level(List<Run> runs, Totals totals) {
    /// Without runs.
    public static final Level EMPTY = new Level(List.of(), Totals.NONE);

    /// Copies the list.
    public Level {
        runs = List.copyOf(runs);
    }

    /// Of runs, newest first.
    static Level of(List<Run> runs) {
        if (runs.isEmpty()) {
            return EMPTY;
        }
        Totals totals = Totals.NONE;
        for (Run run : runs) {
            totals = totals.plus(run.totals());
        }
        return new Level(runs, totals);
    }

    /// Whether there is nothing.
    public boolean isEmpty() {
        return runs.isEmpty();
    }
}
