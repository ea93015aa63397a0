package dev.firn.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Frozen memtables became tables.
@Name("dev.firn.Flush")
@Label("Firn flush")
@Category("Firn")
@StackTrace(false)
final class FlushRecording extends Event {
    @Label("Nanoseconds")
    long nanos;

    @Label("Keyspace")
    String keyspace = "";

    @Label("Bytes written")
    long bytes;

    @Label("Entries")
    long entries;
}
