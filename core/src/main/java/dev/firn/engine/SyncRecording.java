package dev.firn.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A wait for the log to be durable.
@Name("dev.firn.Sync")
@Label("Firn sync")
@Category("Firn")
@StackTrace(false)
final class SyncRecording extends Event {
    @Label("Log position")
    long position;
}
