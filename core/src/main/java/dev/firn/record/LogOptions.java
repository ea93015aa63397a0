package dev.firn.record;

/// How large the segments of a write-ahead log are. Each new one is twice the one before, up to the
/// bound.
///
/// @param firstSegmentBytes size of the first segment after opening
/// @param segmentBytesMax bound of the sizes; a record that does not fit gets a segment of its own
///        size
/// @param recycleMax how many retired segments are kept to be written again
public record LogOptions(long firstSegmentBytes, long segmentBytesMax, int recycleMax) {
    /// 1 MiB, doubling to 64 MiB, two kept.
    public static final LogOptions DEFAULT = new LogOptions(1 << 20, 64 << 20, 2);

    /// Checks the sizes.
    public LogOptions {
        if (firstSegmentBytes < 256 || segmentBytesMax < firstSegmentBytes || recycleMax < 0) {
            throw new IllegalArgumentException("segments of " + firstSegmentBytes + " to "
                    + segmentBytesMax + " bytes, " + recycleMax + " recycled");
        }
        if (firstSegmentBytes % RecordFormat.ALIGNMENT != 0
                || segmentBytesMax % RecordFormat.ALIGNMENT != 0) {
            throw new IllegalArgumentException("segment sizes must be multiples of 8");
        }
    }
}
