package dev.firn.record;

/// Hears of the segments of a write-ahead log. Called on the thread that appends or syncs, so it
/// notes what it hears and returns; it must not call the log.
public interface LogListener {
    /// Records go to this segment from now on. Called by the appending thread.
    void opened(long number);

    /// A segment is full, has been left, and all of it is durable: its size may be recorded. Called
    /// by the thread that syncs, in the order of the segments.
    void rotated(long number, long finalSize);
}
