package dev.firn.engine;

import dev.firn.manifest.Manifest;
import dev.firn.record.LogOptions;

/// How large the files become that nobody chooses the size of. Small ones make every turn from one
/// file to the next happen within a few writes.
///
/// @param log of the segments of the log
/// @param manifestBytesMin a manifest is not replaced while it is smaller
/// @param manifestSnapshotsMax a manifest is replaced when it is larger than so many snapshots
public record FileSizes(LogOptions log, long manifestBytesMin, int manifestSnapshotsMax) {
    /// What stores have.
    public static final FileSizes DEFAULT =
            new FileSizes(LogOptions.DEFAULT, Manifest.BYTES_MIN, Manifest.SNAPSHOTS_MAX);
}
