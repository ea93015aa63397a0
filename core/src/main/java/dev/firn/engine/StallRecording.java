package dev.firn.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A writer was held up.
@Name("dev.firn.Stall")
@Label("Firn stall")
@Category("Firn")
@StackTrace(false)
final class StallRecording extends Event {
    @Label("Reason")
    String reason = "";

    @Label("Nanoseconds")
    long nanos;
}
