package dev.firn.record;

/// How the records of a segment ended.
public sealed interface SegmentEnd {
    /// Where the last whole record ends, in bytes.
    long offset();

    /// Records up to the end of the file, or up to the size that was known beforehand.
    record Complete(long offset) implements SegmentEnd {}

    /// What follows is no record, and nothing says that there ever was one that counts: zeros, the
    /// bytes of an older segment, or writes that a crash cut off.
    ///
    /// @param why what was wrong with the bytes there
    record Torn(long offset, String why) implements SegmentEnd {}

    /// What follows is no record, but there was one that had been synced.
    ///
    /// @param why what was wrong with the bytes there, and what tells that they matter
    record Corrupt(long offset, String why) implements SegmentEnd {}
}
