package dev.firn.cli.demo;

import dev.firn.cli.CommandFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a demonstration claims must be so; else it stops and says what was not.
final class Checks {
    private Checks() {}

    /// The value, which must be there.
    static byte[] present(byte @Nullable [] value, String what) {
        require(value != null, what);
        return Objects.requireNonNull(value);
    }

    static void require(boolean so, String what) {
        if (!so) {
            throw new CommandFailure("the demonstration has found an error: checked"
                    + " " + what + ", and it is not so");
        }
    }
}
