package dev.firn.prove;

import java.util.Locale;

/// A promise that a store broke.
@SuppressWarnings("serial")
public final class Violation extends AssertionError {
    private final Kind kind;

    /// What was broken.
    public enum Kind {
        /// Something acknowledged is gone.
        LOST,

        /// The state is no prefix of the commits, or a batch is there in part.
        NOT_A_PREFIX,

        /// A value that was never written there, or not then.
        WRONG_VALUE,

        /// A call did not end.
        HANG,

        /// Files, memory or locks were not given back.
        LEAK,

        /// An exception that the contract does not know there.
        UNEXPECTED_ERROR,

        /// A fault that nobody was told of.
        UNNOTICED;

        /// For a report.
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// With what was seen, and where.
    public Violation(Kind kind, String message) {
        super(kind.label() + ": " + message);
        this.kind = kind;
    }

    /// The same, with its cause.
    public Violation(Kind kind, String message, Throwable cause) {
        super(kind.label() + ": " + message, cause);
        this.kind = kind;
    }

    /// What was broken.
    public Kind kind() {
        return kind;
    }
}
