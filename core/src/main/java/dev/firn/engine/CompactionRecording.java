package dev.firn.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Tables were merged.
@Name("dev.firn.Compaction")
@Label("Firn compaction")
@Category("Firn")
@StackTrace(false)
final class CompactionRecording extends Event {
    @Label("Nanoseconds")
    long nanos;

    @Label("Keyspace")
    String keyspace = "";

    @Label("Reason")
    String reason = "";

    @Label("Output level")
    int level;

    @Label("Bytes read")
    long bytesRead;

    @Label("Bytes written")
    long bytesWritten;
}
