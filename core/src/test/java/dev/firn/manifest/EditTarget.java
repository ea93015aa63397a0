package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.storage.CorruptException;

/// Gives any bytes to [EditDecoder], and what comes out to an empty state.
public final class EditTarget {
    private EditTarget() {}

    /// Decodes an edit and applies it.
    public static void accept(byte[] input) throws Exception {
        try {
            VersionEdit edit = EditDecoder.decode(input, 0, input.length, "MANIFEST-000001", 64);
            edit.changes().forEach(ChangeWords::of);
            new StoreState().apply(edit);
        } catch (CorruptException | InvalidEditException e) {
            // Which is its right.
        } catch (FirnException e) {
            if (e.kind() != FirnException.Kind.INCOMPATIBLE) {
                throw e;
            }
        }
    }
}
