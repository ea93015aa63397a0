package dev.firn.manifest;

import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.util.Collections;

/// A manifest that the next edit replaces by a new one.
public final class LargeManifest {
    private LargeManifest() {}

    /// Makes the manifest of a closed store so long that it is to be replaced.
    public static void make(SimulatedStorage storage) {
        try (Manifest manifest = Manifest.open(storage)) {
            long sequence = manifest.state().lastSequence();
            var edit = new VersionEdit(Collections.nCopies(1 << 16,
                    new Change.LastSequence(sequence)));
            for (int i = 0; i < 6; i++) {
                manifest.append(edit);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
