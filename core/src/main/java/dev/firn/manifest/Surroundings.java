package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What the files beside a file tell about it, as far as they can be read. The store may be open,
/// and nothing is locked.
///
/// @param storeId the store that `CURRENT` names, or null
/// @param manifest the number of the manifest that `CURRENT` names, or 0
/// @param state what that manifest says, or null
public record Surroundings(@Nullable Long storeId, long manifest, @Nullable StoreState state) {
    /// Nothing is known.
    public static final Surroundings NONE = new Surroundings(null, 0, null);

    /// Looks at `CURRENT` and the manifest that it names.
    public static Surroundings of(Storage storage) {
        Surroundings current = ofCurrent(storage);
        if (current.storeId == null) {
            return NONE;
        }
        try {
            return new Surroundings(current.storeId, current.manifest, Manifest.read(storage));
        } catch (IOException | FirnException e) {
            return current;
        }
    }

    /// Looks at `CURRENT` only.
    public static Surroundings ofCurrent(Storage storage) {
        try {
            CurrentFile current = CurrentFile.read(storage);
            return new Surroundings(current.storeId(), current.manifest(), null);
        } catch (IOException | FirnException e) {
            return NONE;
        }
    }

    /// What the manifest says about a table, or null.
    public @Nullable TableMeta table(long file) {
        if (state == null || !state.hasTable(file)) {
            return null;
        }
        for (KeyspaceState keyspace : state.keyspaces()) {
            for (Run run : keyspace.version().runs()) {
                for (TableMeta table : run.tables()) {
                    if (table.file() == file) {
                        return table;
                    }
                }
            }
        }
        return null;
    }
}
