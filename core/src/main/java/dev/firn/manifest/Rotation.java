package dev.firn.manifest;

import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The steps from one manifest file to the next, for one use.
///
/// ```
/// create and write the new manifest → force it → sync the directory
/// → write CURRENT.tmp → force it → rename it to CURRENT → sync the directory
/// ```
///
/// Until the rename the old file counts, whatever happens. From the rename to the end of the last
/// sync either may be found after a crash; both hold the same state, as nothing is appended
/// meanwhile.
final class Rotation {
    private final Storage storage;
    private final StoreState state;
    private final CurrentFile current;
    private final long nextFile;
    private boolean forcing;
    private boolean renaming;

    /// A rotation to the manifest of a number, in whose snapshot `nextFile` is the next file
    /// number.
    Rotation(Storage storage, StoreState state, long number, long nextFile) {
        this.storage = storage;
        this.state = state;
        this.nextFile = nextFile;
        current = new CurrentFile(state.storeId(), number);
    }

    /// Whether the failure was one of making something durable.
    boolean isForcing() {
        return forcing;
    }

    /// Whether the new manifest may be the one that counts.
    boolean isRenaming() {
        return renaming;
    }

    /// Goes all the steps and returns the new manifest, open. When it throws, what was written is
    /// deleted if that is possible and safe.
    ManifestFile run() throws IOException {
        ManifestFile file = null;
        try {
            file = ManifestFile.create(storage, current.storeId(), current.manifest());
            file.appendSnapshot(state, nextFile);
            forcing = true;
            file.force();
            storage.syncDirectory();
            forcing = false;
            try (WriteFile temporary = current.writeTemporary(storage)) {
                forcing = true;
                temporary.force();
                forcing = false;
            }
            renaming = true;
            storage.rename(StoreFile.CURRENT_TEMPORARY, StoreFile.CURRENT);
            forcing = true;
            storage.syncDirectory();
            return file;
        } catch (Throwable t) {
            abandon(file, t);
            throw t;
        }
    }

    private void abandon(@Nullable ManifestFile file, Throwable cause) {
        try {
            if (file != null) {
                file.close();
            }
            if (!forcing && !renaming) {
                // A full disk needs the space, and nobody can have heard of these.
                delete(StoreFile.CURRENT_TEMPORARY);
                delete(StoreFile.manifest(current.manifest()).name());
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void delete(String name) throws IOException {
        if (storage.exists(name)) {
            storage.delete(name);
        }
    }
}
