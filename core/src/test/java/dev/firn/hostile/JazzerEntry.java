package dev.firn.hostile;

import java.util.Arrays;
import java.util.List;

/// Where Jazzer begins: one target, or all, as a system property
/// says. Runs in a process of its own.
public final class JazzerEntry {
    /// The property.
    static final String TARGET = "firn.fuzz.target";

    /// As the target: all of them, of which the first byte of an input chooses.
    static final String ALL = "all";

    private static List<FuzzTarget> targets = List.of();

    private JazzerEntry() {}

    /// Called once by Jazzer.
    public static void fuzzerInitialize() {
        String name = System.getProperty(TARGET);
        // Rewriting classes takes memory in the same thread; the JVM has a small heap instead.
        targets = new FuzzTargets(Long.MAX_VALUE).all().stream()
                .filter(t -> t.name().equals(name) || ALL.equals(name)).toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("no target " + name);
        }
    }

    /// Called by Jazzer for each input.
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (targets.size() == 1) {
            targets.getFirst().accept(input);
        } else if (input.length > 0) {
            targets.get((input[0] & 0xff) % targets.size())
                    .accept(Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
