package dev.firn.engine;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// Writes what happens into the flight recorder, if it was ever started in this JVM.
///
/// The question comes first because the first event class that is loaded sets up the recorder's
/// whole machinery: measured at 100 ms, and on the thread of whoever is held up first.
final class Recordings {
    private Recordings() {}

    private static boolean areWanted() {
        return FlightRecorder.isInitialized();
    }

    static void stall(String reason, long nanos) {
        if (areWanted()) {
            StallRecording event = new StallRecording();
            event.reason = reason;
            event.nanos = nanos;
            event.commit();
        }
    }

    /// A wait for the log begins; null when nobody records.
    static @Nullable SyncRecording syncBegins() {
        if (!areWanted()) {
            return null;
        }
        SyncRecording event = new SyncRecording();
        event.begin();
        return event;
    }

    static void syncEnded(@Nullable SyncRecording event, long position) {
        if (event != null) {
            event.position = position;
            event.commit();
        }
    }

    static void flush(String keyspace, long entries, long bytes, long nanos) {
        if (areWanted()) {
            FlushRecording event = new FlushRecording();
            event.keyspace = keyspace;
            event.entries = entries;
            event.bytes = bytes;
            event.nanos = nanos;
            event.commit();
        }
    }

    static void compaction(
            String keyspace,
            String reason,
            int level,
            long bytesRead,
            long bytesWritten,
            long nanos) {
        if (areWanted()) {
            CompactionRecording event = new CompactionRecording();
            event.keyspace = keyspace;
            event.reason = reason;
            event.level = level;
            event.bytesRead = bytesRead;
            event.bytesWritten = bytesWritten;
            event.nanos = nanos;
            event.commit();
        }
    }
}
