package dev.firn.prove.disk;

import dev.firn.prove.Scratch;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Class paths with the engine for processes: as it is, and with log segments and manifests so small that they are
/// changed all the time, and segments recycled. Any thread.
final class Engines {
    private static final String PREFIX = "firn-classes-";

    /// A change that does no harm.
    static final Change SMALL_FILES = Change.of("engine/FileSizes.java",
            "new FileSizes(LogOptions.DEFAULT, Manifest.BYTES_MIN, Manifest.SNAPSHOTS_MAX);",
            "new FileSizes(new LogOptions(1 << 14, 1 << 14, 2), 1 << 11, 2);");

    private @Nullable String small;

    static String usual() {
        return System.getProperty("java.class.path");
    }

    static String with(ChangedFirn changed) {
        return changed.classes() + File.pathSeparator + usual();
    }

    /// One or the other.
    String any(RandomGenerator random) throws IOException {
        return random.nextBoolean() ? usual() : withSmallFiles();
    }

    synchronized String withSmallFiles() throws IOException {
        String known = small;
        if (known == null) {
            Scratch scratch = Scratch.create(PREFIX);
            known = with(new ChangedFirn(scratch.path(), List.of(SMALL_FILES)));
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
