package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.record.RecordFormat;

/// The records of a manifest file, which is a log segment of [dev.firn.record].
///
/// ```
/// manifest := segment header | snapshot | synced | (edit | synced)*
/// snapshot := edit*, of which the last ends with SnapshotEnded
/// ```
///
/// An edit is appended and forced before anybody hears of it; only then a *synced* record without
/// payload goes behind it, unforced. It is not needed to read the manifest. It tells what the force
/// achieved: where it is there, damage before it is damage, not a torn end, and all that was read
/// is durable, so that writing may go on in the same file.
final class ManifestFormat {
    /// Record kind: an edit, see [EditFormat].
    static final int EDIT = RecordFormat.MANIFEST_KIND_MIN;

    /// Record kind: everything before it is durable.
    static final int SYNCED = RecordFormat.MANIFEST_KIND_MIN + 1;

    /// A longer edit is damage. One that removes a million tables has 20 MB.
    static final int EDIT_BYTES_MAX = 256 << 20;

    /// A snapshot is cut into edits of about this size.
    static final int SNAPSHOT_EDIT_BYTES = 32 << 10;

    private ManifestFormat() {}

    /// What to throw for something that only a newer Firn can have written.
    static FirnException newer(String file, long offset, String what) {
        return new FirnException(FirnException.Kind.INCOMPATIBLE,
                file + " at offset " + offset + ": " + what
                        + " is unknown; it was written by a newer Firn, open the store with that");
    }
}
