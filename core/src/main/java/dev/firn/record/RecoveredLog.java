package dev.firn.record;

import java.util.List;

/// What a replay found, and what a new [WriteAheadLog] is opened with.
///
/// @param closedCleanly whether the log ended with a close record that is known to have been
///        synced: then it is whole, durable, and goes on as it is. If not, its records have to be
///        written anew, to a new life of the log or to tables, before anything is acknowledged
/// @param lastSegment the number of the segment in which the log ended, or 0 when there was none
/// @param lastSegmentBytes where it ended in that segment
/// @param startLsn where this life of the log began
/// @param endLsn the LSN at which the log ended
/// @param nextLsn the LSN at which the next segment starts: behind the last one when the log goes
///        on, else behind everything there was
/// @param records how many records were handed out
/// @param segments the numbers of all segments, ascending
/// @param discarded the numbers of those that are no part of the log: prepared and never used,
///        behind a torn tail, or of a recovery that did not finish
public record RecoveredLog(boolean closedCleanly, long lastSegment, long lastSegmentBytes,
        long startLsn, long endLsn, long nextLsn, long records, List<Long> segments,
        List<Long> discarded) {

    /// The log of a new store.
    public static RecoveredLog empty() {
        return new RecoveredLog(false, 0, 0, 0, 0, 0, 0, List.of(), List.of());
    }

    /// The log of a new store in the place of this one, which holds nothing.
    public RecoveredLog begunAnew() {
        return new RecoveredLog(false, 0, 0, 0, 0, 0, 0, segments, discarded);
    }
}
