package dev.firn.engine;

import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.record.LogReplay;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Log segments that the first opening of a store made, but not to the end.
///
/// A segment is durable with its header before the first edit names a segment, and that edit before
/// anything is acknowledged. So as long as the manifest names none, a segment without a header
/// holds nothing. To be safe against a manifest that has lost its edits, it counts as one that was
/// never begun only if nothing stands behind the header's place either.
final class UnbegunLogs {
    private UnbegunLogs() {}

    static List<LogReplay.Segment> among(
            Storage storage, StoreState state, List<LogReplay.Segment> segments)
            throws IOException {
        List<LogReplay.Segment> unbegun = new ArrayList<>();
        if (state.logsFrom() == 0 && state.logs().isEmpty()) {
            for (LogReplay.Segment segment : segments) {
                if (storage.exists(StoreFile.log(segment.number()).name())
                        && LogReplay.isUnbegun(storage, state.storeId(), segment.number())) {
                    unbegun.add(segment);
                }
            }
        }
        return unbegun;
    }
}
