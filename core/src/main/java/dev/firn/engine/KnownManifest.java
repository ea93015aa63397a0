package dev.firn.engine;

import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Level;
import dev.firn.manifest.Run;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.TableIdentity;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A repair that goes by a manifest that is whole: every table stays where it is in the tree. One
/// thread.
final class KnownManifest {
    private final StoreState state;
    private final Map<Integer, RepairTarget> targets;
    private final List<String> warnings;

    /// A table of the tree.
    private record Place(RepairTarget target, int level, long run, RepairTables.Found found) {}

    KnownManifest(StoreState state, Map<Integer, RepairTarget> targets, List<String> warnings) {
        this.state = state;
        this.targets = targets;
        this.warnings = warnings;
    }

    /// Whether there are signs that a manifest without damage has lost its last edits: the log has
    /// writes to a keyspace that it does not know; or a table or a part of the log that it needs is
    /// gone or damaged, and there are tables that are newer than all it names. (An older one that
    /// it does not name may be the input of a merge.)
    boolean hasLostEdits(long storeId, List<Storage.FileInfo> files, RepairNames names,
            RepairLog log) throws IOException {
        if (log.hasUnknownKeyspace(state)) {
            return true;
        }
        long[] newest = new long[1];
        VersionSet.forEachTable(state,
                table -> newest[0] = Math.max(newest[0], table.file()));
        boolean isNewer = false;
        for (Storage.FileInfo info : files) {
            TableIdentity identity = names.identity(info.name());
            isNewer |= identity != null && identity.storeId() == storeId
                    && StoreFile.parse(info.name()).orElseThrow().number() > newest[0];
        }
        if (!isNewer) {
            return false;
        }
        boolean[] isGone = new boolean[1];
        VersionSet.forEachTable(state, table -> isGone[0] |= !names.isThere(table));
        return isGone[0] || !log.isWhole(state);
    }

    /// Finds out what is left of the keyspaces; returns whether the log stays.
    boolean read(RepairTables tables, RepairLog log, RepairBuffer buffer, TableBuilder builder,
            boolean isDry) throws IOException {
        List<Place> places = new ArrayList<>();
        for (KeyspaceState keyspace : state.keyspaces()) {
            var target = new RepairTarget(keyspace.id(), keyspace.name(), keyspace.options(),
                    keyspace.flushedSequence());
            targets.put(target.id, target);
            int number = 0;
            for (Level level : keyspace.version().levels()) {
                for (Run run : level.runs()) {
                    for (TableMeta meta : run.tables()) {
                        places.add(new Place(target, number, run.id(),
                                tables.examine(target, meta)));
                    }
                }
                number++;
            }
        }
        boolean isKept = log.isWhole(state);
        var rescue = new LogRescue(state, tables, log, builder, isDry);
        for (Place place : places) {
            RepairTables.Found found = rescue.complete(place.target, place.found);
            tables.note(place.target, found);
            if (found.table() != null) {
                place.target.add(place.level, place.run, found.table());
            }
        }
        if (tables.repaired.stream().anyMatch(t -> t.entriesLost() > 0)) {
            warnings.add("where the newest version of a key was lost, a read may return an older"
                    + " value, or a key that had been deleted");
        }
        if (isKept) {
            return true;
        }
        log.since(RepairTarget.flushed(targets.values()));
        log.read(state);
        buffer.finish().forEach((target, written) -> {
            target.flushed = Math.max(target.flushed, log.last());
            written.forEach(table -> target.add(0, table.file(), table));
        });
        warnings.add("the log was damaged: writes behind the damage are lost or left out, but"
                + " those that had become tables are there; so the keyspaces may be as they were at"
                + " different moments");
        return false;
    }
}
