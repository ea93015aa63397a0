package dev.firn.testkit;

import org.jspecify.annotations.Nullable;

/// Something that happens between two steps of Firn, on the thread that takes them. [Change]s put the
/// call there.
public final class Between {
    private static @Nullable Runnable action;

    private Between() {}

    /// Says what happens, once, the next time.
    public static void once(Runnable happens) {
        action = happens;
    }

    /// Two steps have this between them.
    public static void steps() {
        Runnable happens = action;
        action = null;
        if (happens != null) {
            happens.run();
        }
    }

    /// Whether it has happened.
    public static boolean hasHappened() {
        return action == null;
    }
}
