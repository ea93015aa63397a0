package dev.firn.engine;

import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Manifest;
import dev.firn.manifest.StoreState;
import dev.firn.record.LogReplay;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which keys each file of a sound store is needed for: whoever damages another file may not lose
/// them.
final class RepairExcuses {
    private static final String LOG = "log";

    private final Map<String, Set<String>> keys = new HashMap<>();

    RepairExcuses(Storage sound, RepairModel model) throws IOException {
        StoreState state = Manifest.read(sound);
        for (KeyspaceState keyspace : state.keyspaces()) {
            keyspace.version().forEachTable(table -> {
                Set<String> in = keys.computeIfAbsent(table.fileName(), _ -> new HashSet<>());
                for (String key : model.written.get(keyspace.name()).keySet()) {
                    byte[] bytes = TestData.bytes(key);
                    if (table.smallest().compareTo(bytes, 0, bytes.length) <= 0
                            && table.largest().compareTo(bytes, 0, bytes.length) >= 0) {
                        in.add(keyspace.name() + " " + key);
                    }
                }
            });
        }
        Set<String> logged = keys.computeIfAbsent(LOG, _ -> new HashSet<>());
        List<LogReplay.Segment> segments = Recovery.segments(state, sound.list());
        LogReplay.replay(sound, state.storeId(), segments, (payload, file, of, end) -> BatchFormat
                .decode(payload, file, of, (id, trailer, memory, at, length, v, vl) -> {
                    KeyspaceState keyspace = state.keyspace(id);
                    if (keyspace != null && trailer >>> 8 > keyspace.flushedSequence()) {
                        logged.add(keyspace.name() + " " + TestData.text(memory.asSlice(at, length)
                                .toArray(ValueLayout.JAVA_BYTE)));
                    }
                }));
    }

    /// The keys that may be wrong when files were damaged. Of the log, those that are in no table.
    Set<String> of(Set<String> files) {
        Set<String> excused = new HashSet<>();
        for (String file : files) {
            excused.addAll(keys.getOrDefault(file.endsWith(".log") ? LOG : file, Set.of()));
        }
        return excused;
    }
}
