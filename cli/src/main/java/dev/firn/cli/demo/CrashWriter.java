package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.cli.Stdio;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// The process that is killed: writes entries 1, 2, 3 … for ever, and prints each number when its
/// write was acknowledged.
public final class CrashWriter {
    /// Even when nobody kills it, it ends.
    private static final long WRITES_MAX = 100_000_000;

    private CrashWriter() {}

    /// Writes until killed.
    public static void run(Path directory, DemoSettings settings, Stdio stdio) {
        try (Firn store = Firn.open(directory, settings.options(event -> {}))) {
            Keyspace keyspace = store.keyspace(DemoDirectory.MARK);
            for (long n = 1; n <= WRITES_MAX; n++) {
                keyspace.put(key(n), value(n));
                stdio.out().println(Long.toString(n));
                stdio.out().flush();
            }
        }
    }

    /// Whether an entry is there, whole.
    static boolean holds(Keyspace keyspace, long n) {
        return Arrays.equals(keyspace.get(key(n)), value(n));
    }

    private static byte[] key(long n) {
        // Spread over the key range, so that tables overlap and compaction has something to merge.
        long spread = (n * 0x9e3779b97f4a7c15L) >>> 1;
        return String.format(Locale.ROOT, "%016x", spread).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] value(long n) {
        return ("entry " + n + " ").repeat(10).getBytes(StandardCharsets.US_ASCII);
    }
}
