package dev.firn.engine.life;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.prove.Attack;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.SimulatedStorage.DirectoryOrder;
import java.util.List;

/// The same operations on stores with other options: files, merges and memory are other ones, the
/// contents must be the same.
public final class OptionSetsAttack implements Attack {
    private static final int STEPS = 3_000;

    @Override
    public String name() {
        return "option sets";
    }

    @Override
    public void round(long seed, Tally tally) {
        Script script = RandomSteps.life(seed, STEPS, false);
        Failing.run(name(), script, tally, OptionSetsAttack::agree);
    }

    private static List<Setup> setups(long seed) {
        DirectoryOrder order = DirectoryOrder.PREFIX;
        return List.of(
                new Setup(seed, CompactionShape.TIERED, Compression.NONE, 1024, 0, 64 << 10,
                        0, 0, 1, order),
                new Setup(seed + 1, CompactionShape.LEVELED, Compression.LZ4, 4096, 10,
                        256 << 10, 2048, 1024, 2, order),
                new Setup(seed + 2, CompactionShape.HYBRID, Compression.DEFLATE, 65_536, 20,
                        1 << 20, 65_536, 0, 2, order));
    }

    private static void agree(Script script, Tally tally) {
        Long first = null;
        for (Setup setup : setups(script.setup().seed())) {
            SimulatedStorage storage =
                    Life.run(
                            new Script(setup, script.crashSeed(), script.steps()), tally,
                            (_, _, _) -> {});
            Opened opened = Opened.open(setup, storage, 0, true);
            long contents = StateHash.of(opened.store(), tally);
            opened.close();
            if (first != null && first != contents) {
                throw new Violation(
                        Violation.Kind.WRONG_VALUE,
                        "after the same operations there is something else with " + setup);
            }
            first = contents;
        }
    }
}
