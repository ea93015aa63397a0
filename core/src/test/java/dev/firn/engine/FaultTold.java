package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.prove.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who was told of the faults of a [FaultRun], and how.
final class FaultTold {
    private static final String INJECTED = "injected";

    private final boolean mayBeFull;
    private final List<Throwable> told = new ArrayList<>();
    private boolean reported;

    /// @param mayBeFull whether the disk gets full
    FaultTold(boolean mayBeFull) {
        this.mayBeFull = mayBeFull;
    }

    /// Keeps a failure that the documentation knows; any other is a violation.
    void expect(Throwable failure) {
        switch (failure) {
            case FirnException e -> {
                boolean known =
                        switch (e.kind()) {
                            case IO, FAILED -> true;
                            case DISK_FULL -> mayBeFull;
                            case OUT_OF_MEMORY -> String.valueOf(e.getMessage()).contains(INJECTED);
                            default -> false;
                        };
                if (!known) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR, e.kind() + ": " + e, e);
                }
                if (!String.valueOf(e.getMessage()).contains(INJECTED)) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR,
                            "the message does not name what failed: " + e.getMessage(), e);
                }
            }
            case Violation v -> throw v;
            default -> {
                if (!String.valueOf(failure.getMessage()).contains(INJECTED)) {
                    throw violation(Violation.Kind.UNEXPECTED_ERROR, failure.toString(), failure);
                }
            }
        }
        told.add(failure);
    }

    /// Looks whether the statistics tell of a failure.
    ///
    /// @param passed whether it counts that they would have told who looks all the time
    void look(Store store, boolean passed) {
        reported |= store.health().describe() != null
                || (passed && store.health().failures() > 0);
    }

    /// What the next write would have been told. An error may have passed while somebody waited, before
    /// anybody could look at the statistics, and no write came before the store was closed.
    void hearUntold(Store store) {
        if (store.health().isPoisoned()) {
            return;
        }
        try {
            store.health().beforeWrite();
        } catch (FirnException e) {
            expect(e);
        }
    }

    /// There was nobody to be told.
    void excuse() {
        reported = true;
    }

    /// Whether nobody knows anything.
    boolean isNothing() {
        return told.isEmpty() && !reported;
    }

    /// How many calls were told.
    int count() {
        return told.size();
    }

    @Nullable
    Throwable last() {
        return told.isEmpty() ? null : told.getLast();
    }

    /// @throws Violation when something is wrong
    void require(@Nullable String wrong, String when) {
        if (wrong != null) {
            Violation.Kind kind = wrong.contains("lost")
                    ? Violation.Kind.LOST
                    : Violation.Kind.NOT_A_PREFIX;
            throw violation(kind, when + ": " + wrong, null);
        }
    }

    Violation violation(Violation.Kind kind, String what, @Nullable Throwable cause) {
        List<String> heard = told.stream().map(Throwable::toString).toList();
        return new Violation(kind, what + "; told before: " + heard,
                cause != null ? cause : last());
    }
}
