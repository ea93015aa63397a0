package dev.firn.manifest;

import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.Storage;
import java.io.IOException;

/// Whether there is a store in a directory.
public enum Presence {
    /// No file of a store (a lock file does not count): one can be created.
    NONE,

    /// A creation that a crash cut off before `CURRENT` was there. Nobody was told that there is a
    /// store, so there is none yet, and one can be created: that clears the remains away.
    UNFINISHED,

    /// There is a store: it can be opened.
    PRESENT;

    /// Looks.
    ///
    /// @throws CorruptException when `CURRENT` is missing although there are logs, tables or later
    ///     manifests: creating a store here would destroy them
    public static Presence of(Storage storage) throws IOException {
        if (!storage.exists()) {
            return NONE;
        }
        boolean remains = false;
        String data = null;
        for (Storage.FileInfo info : storage.list()) {
            StoreFile file = StoreFile.parse(info.name()).orElse(null);
            if (file == null) {
                continue;
            }
            switch (file.kind()) {
                case CURRENT -> {
                    return PRESENT;
                }
                case LOG, TABLE -> data = info.name();
                case TEMPORARY -> remains = true;
                case MANIFEST -> {
                    remains = true;
                    // A creation writes the first one only.
                    data = file.number() > 1 ? info.name() : data;
                }
                case LOCK -> {
                }
            }
        }
        if (data != null) {
            throw new CorruptException(
                    StoreFile.CURRENT, 0,
                    Failures.absentWithAdvice(storage, StoreFile.CURRENT,
                            "it is missing, though the store has files such as " + data));
        }
        return remains ? UNFINISHED : NONE;
    }
}
