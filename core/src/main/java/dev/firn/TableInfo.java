package dev.firn;

/// A table as the tree shows it.
///
/// @param number its file number
/// @param level its level
/// @param run the sorted run it belongs to
/// @param bytes its size on disk
/// @param entries versions and tombstones in it
/// @param tombstones deletions in it
/// @param smallest its first visible key
/// @param largest its last key
/// @param firstSequence the oldest sequence number in it
/// @param lastSequence the newest sequence number in it
/// @param createdMillis when it was written, in milliseconds since 1970
/// @param compression its codec
public record TableInfo(
        long number,
        int level,
        long run,
        long bytes,
        long entries,
        long tombstones,
        KeyBytes smallest,
        KeyBytes largest,
        long firstSequence,
        long lastSequence,
        long createdMillis,
        Compression compression) {}
