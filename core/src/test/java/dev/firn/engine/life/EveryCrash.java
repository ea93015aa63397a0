package dev.firn.engine.life;

import dev.firn.engine.Machine;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.SimulatedStorage.DirectoryOrder;
import dev.firn.storage.SimulatedStorage.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Crashes a life before every operation on a file, or before every so many-th, in each way: the
/// process dies; the power fails, and of what is not durable nothing, everything or something
/// survives. The states after which most and least is left are crashed again before every operation
/// of their recovery, the others before some.
final class EveryCrash implements Life.Watch {
    private final Random random;
    private final Machine machine;
    private final StateCheck check;
    private final StateCheck again;
    private final int every;
    private final long which;
    private final List<Long> crashed = new ArrayList<>();
    private long operations;
    private @Nullable Violation failure;

    /// @param which of `every` operations, counted from 0, are to be crashed
    EveryCrash(Script script, Tally tally, int every, long which) {
        random = new Random(script.crashSeed());
        machine = StateCheck.machine(script.setup());
        check =
                new StateCheck(
                        script.setup(), machine, random, tally,
                        new StateCheck.Depth(4, false, 1));
        again =
                new StateCheck(
                        script.setup(), machine, random, tally,
                        new StateCheck.Depth(1, true, 1));
        this.every = every;
        this.which = which;
    }

    @Override
    public void before(Life life, SimulatedStorage storage, Operation operation) {
        long now = operations++;
        if (failure != null || now % every != which) {
            return;
        }
        crashed.add(now);
        try {
            History history = life.history();
            again.process(history, storage);
            storage.directoryOrder(DirectoryOrder.PREFIX);
            check.power(history, storage.crash(random));
            storage.directoryOrder(DirectoryOrder.PER_NAME);
            check.power(history, storage.crash(random));
            storage.directoryOrder(life.setup().order());
            List<SimulatedStorage> ends = storage.crashExtremes();
            again.power(history, ends.getFirst());
            check.power(history, ends.getLast());
        } catch (Throwable t) {
            // The store must not take it for an error of its files.
            failure = Failing.found(t, "before operation " + now + ", " + operation);
        }
    }

    /// How many operations there were, crashed or not.
    long operations() {
        return operations;
    }

    /// The numbers of those that were crashed.
    List<Long> crashed() {
        return crashed;
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
