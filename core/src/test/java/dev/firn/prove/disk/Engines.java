package dev.firn.prove.disk;

import dev.firn.prove.Scratch;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Class paths with the engine for processes: as it is, and with log segments so small that they are changed and
/// recycled all the time. Any thread.
final class Engines {
    private static final String PREFIX = "firn-classes-";

    /// A change that does no harm.
    static final Change SMALL_SEGMENTS = Change.of("record/LogOptions.java",
            "DEFAULT = new LogOptions(1 << 20, 64 << 20, 2);",
            "DEFAULT = new LogOptions(1 << 16, 1 << 16, 2);");

    private @Nullable String small;

    static String usual() {
        return System.getProperty("java.class.path");
    }

    static String with(ChangedFirn changed) {
        return changed.classes() + File.pathSeparator + usual();
    }

    /// One or the other.
    String any(RandomGenerator random) throws IOException {
        return random.nextBoolean() ? usual() : withSmallSegments();
    }

    synchronized String withSmallSegments() throws IOException {
        String known = small;
        if (known == null) {
            Scratch scratch = Scratch.create(PREFIX);
            known = with(new ChangedFirn(scratch.path(), List.of(SMALL_SEGMENTS)));
            small = known;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(scratch)));
        }
        return known;
    }

    private static void delete(Scratch scratch) {
        try {
            scratch.close();
        } catch (IOException e) {
            // The next one deletes it.
            return;
        }
    }
}
