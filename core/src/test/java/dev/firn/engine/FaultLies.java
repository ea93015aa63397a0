package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.OperationKind;

/// A device that says once that something is forced, and has done nothing. That cannot be found out
/// while it runs; but whoever compares what a power loss leaves with what was acknowledged must see
/// it, if he looks soon.
final class FaultLies {
    /// What the device lies about.
    enum About {
        LOG(OperationKind.FORCE, "[0-9]+[.]log"),
        MANIFEST(OperationKind.FORCE, "MANIFEST-.*"),
        TABLE(OperationKind.FORCE, "[0-9]+[.]sst"),
        CURRENT(OperationKind.FORCE, "CURRENT.*"),
        DIRECTORY(OperationKind.SYNC_DIRECTORY, "");

        private final OperationKind kind;
        private final String names;

        About(OperationKind kind, String names) {
            this.kind = kind;
            this.names = names;
        }
    }

    /// How many operations of a script are looked at from the lie on: the one that it was told to,
    /// and the next, as what is forced in the background is needed a little later.
    private static final int LOOKS = 3;

    /// Random states besides that which lacks everything that was not forced.
    private static final int STATES = 3;

    /// Ends a life.
    private static final class Caught extends RuntimeException {
        private static final long serialVersionUID = 1;

        Caught() {
            super(null, null, false, false);
        }
    }

    private FaultLies() {}

    /// How many lies a script may be told.
    static long count(FaultScript script, About about) {
        FaultRun run = new FaultRun(script.start(), 1, false, false);
        script.body().accept(run);
        run.close();
        return run.storage.count(about.kind, about.names);
    }

    /// Lives with the n-th force of something being a lie, and looks at what power losses leave
    /// right after it. Returns whether that shows.
    ///
    /// @param n 0 for an honest device, which is looked at after each operation
    static boolean isCaught(FaultScript script, About about, long n) {
        FaultRun run = new FaultRun(script.start(), 1, false, false);
        if (n > 0) {
            run.storage.add(FaultRule.once(about.kind, n, new Fault.LyingForce()).on(about.names));
        }
        int[] looks = new int[1];
        run.afterEach(() -> {
            if (n == 0 || run.storage.fired() > 0 && looks[0]++ < LOOKS) {
                look(run);
            }
        });
        try {
            script.body().accept(run);
            run.close();
            if (n > 0 && run.storage.fired() == 0) {
                throw new IllegalStateException("there was no lie");
            }
            look(run);
            return false;
        } catch (Caught e) {
            return true;
        } finally {
            run.close();
        }
    }

    private static void look(FaultRun run) {
        try {
            run.checkPowerLoss(STATES);
        } catch (Violation v) {
            throw new Caught();
        }
    }
}
