package dev.firn.engine.life;

import dev.firn.engine.Machine;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.SimulatedStorage.Operation;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Crashes a life at every point where something becomes durable, and now and then elsewhere.
final class CrashPoints implements Life.Watch {
    private static final int STATES = 4;

    private final Random random;
    private final Machine machine;
    private final StateCheck check;
    private @Nullable Violation failure;

    CrashPoints(Script script, Tally tally) {
        random = new Random(script.crashSeed());
        machine = StateCheck.machine(script.setup());
        check =
                new StateCheck(
                        script.setup(), machine, random, tally,
                        new StateCheck.Depth(8, false, 2));
    }

    @Override
    public void before(Life life, SimulatedStorage storage, Operation operation) {
        boolean wanted = switch (operation.kind()) {
            case FORCE, SYNC_DIRECTORY -> true;
            case RENAME, DELETE, CREATE -> random.nextInt(3) == 0;
            default -> random.nextInt(8) == 0;
        };
        if (!wanted || failure != null) {
            return;
        }
        try {
            if (random.nextInt(3) == 0) {
                check.process(life.history(), storage);
            }
            storage.crashes(random).limit(STATES)
                    .forEach(state -> check.power(life.history(), state));
        } catch (Throwable t) {
            // The store must not take it for an error of its files.
            failure = Failing.found(t, "before " + operation);
        }
    }

    @Override
    public void require() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
