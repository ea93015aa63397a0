package dev.firn.manifest;

import dev.firn.manifest.TableChange.TableAdded;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table changes of one edit to one keyspace, sorted by run.
final class VersionChanges {
    private record Place(int level, long run) {}

    private final Map<Place, RunChanges> byRun = new LinkedHashMap<>();
    private final Map<Long, Place> removedFrom = new HashMap<>();
    private final Set<Long> added = new HashSet<>();

    VersionChanges(Collection<? extends TableChange> changes) {
        for (TableChange change : changes) {
            if (change.level() < 0 || change.level() >= Version.LEVELS_MAX || change.run() < 0) {
                throw new InvalidEditException(
                        "there is no run " + change.run() + " of level " + change.level());
            }
            var place = new Place(change.level(), change.run());
            byRun
                    .computeIfAbsent(place, p -> new RunChanges(p.level(), p.run()))
                    .add(change);
            if (change instanceof TableAdded) {
                if (!added.add(change.file())) {
                    throw new InvalidEditException(nameOf(change.file()) + " is added twice");
                }
            } else if (removedFrom.put(change.file(), place) != null) {
                throw new InvalidEditException(
                        nameOf(change.file()) + " is removed or trimmed twice");
            }
        }
    }

    Version applyTo(Version version) {
        checkUnique(version);
        var levels = new ArrayList<>(version.levels());
        byRun.values().forEach(run -> applyTo(levels, run));
        while (!levels.isEmpty() && levels.getLast().isEmpty()) {
            levels.removeLast();
        }
        return new Version(levels);
    }

    private static void applyTo(List<Level> levels, RunChanges changes) {
        while (levels.size() <= changes.level()) {
            levels.add(Level.EMPTY);
        }
        List<Run> runs = new ArrayList<>(levels.get(changes.level()).runs());
        int at = 0;
        while (at < runs.size() && runs.get(at).id() > changes.id()) {
            at++;
        }
        boolean exists = at < runs.size() && runs.get(at).id() == changes.id();
        Run after = changes.applyTo(exists ? runs.get(at) : null);
        if (exists) {
            runs.remove(at);
        }
        if (after != null) {
            runs.add(at, after);
        }
        levels.set(changes.level(), Level.of(runs));
    }

    /// An added file must not be in the tree, unless this edit takes it out of where it is.
    private void checkUnique(Version version) {
        long least = Long.MAX_VALUE;
        for (long file : added) {
            least = Math.min(least, file);
        }
        for (Run run : version.runs()) {
            // File numbers grow, so most runs need no look at their tables.
            if (run.largestFile() < least) {
                continue;
            }
            for (int i = 0; i < run.tableCount(); i++) {
                long file = run.table(i).file();
                if (file >= least && added.contains(file) && !isRemoved(file)) {
                    throw new InvalidEditException(nameOf(file) + " is there already");
                }
            }
        }
    }

    private boolean isRemoved(long file) {
        @Nullable
        Place place = removedFrom.get(file);
        @Nullable
        RunChanges changes = place == null ? null : byRun.get(place);
        return changes != null && changes.removes(file);
    }

    private static String nameOf(long file) {
        return StoreFile.table(file).name();
    }
}
