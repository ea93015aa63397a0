/// The framed, checksummed log: one format for the write-ahead log and the manifest, its writer and
/// reader, and the write-ahead log itself with its segments, group sync and replay.
@NullMarked
package dev.firn.record;

import org.jspecify.annotations.NullMarked;
