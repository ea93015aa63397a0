package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.prove.disk.Workload.Kind;
import dev.firn.storage.FileAccess;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Cuts the power of a file system on which a process writes, several times one after the other: ext4 and XFS in turn.
///
/// The process is frozen first, with all its threads: else it would acknowledge what it writes between the cut and its
/// end. What it had said when it was frozen counts.
public final class PowerCuts implements Attack {
    private static final int CUTS = 5;

    private final Engines engines = new Engines();
    private final @Nullable String only;
    private final Disk.@Nullable Kind on;

    /// Of the engine as it is.
    public PowerCuts() {
        only = null;
        on = null;
    }

    /// Of one engine, on this class path, and one file system.
    PowerCuts(String only, Disk.Kind on) {
        this.only = only;
        this.on = on;
    }

    @Override
    public String name() {
        return "power cuts";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Machine.needsRoot();
        Machine.needs("xfs_io");
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(
                new Workload(seed, random.nextBoolean() ? Kind.SYNCED : Kind.MIXED));
        FileAccess access = random.nextInt(3) > 0 ? FileAccess.MAPPED : FileAccess.POSITIONED;
        Life.Start start = Life.Start.of(access).with(only != null ? only : engines.any(random));
        Disk.Kind turn = seed % 2 == 0 ? Disk.Kind.XFS : Disk.Kind.EXT4;
        try (Disk disk = Disk.mounted(on == null ? turn : on)) {
            for (int cut = 0; cut < CUTS; cut++) {
                live(disk, history, start, random, tally);
            }
        }
    }

    private static void live(Disk disk, History history, Life.Start start,
            SplittableRandom random, Tally tally) throws Exception {
        Path store = disk.root().resolve("store");
        long steps;
        try (Life life = Life.start(store, history, start)) {
            if (random.nextInt(5) == 0) {
                life.awaitStarted(random.nextInt(200_000)); // While it opens, mostly.
            } else {
                life.awaitSteps(random.nextInt(800));
                life.run(random.nextInt(2_000));
            }
            life.freeze();
            disk.cutPower();
            life.kill();
            life.mustBeSound();
            steps = life.acknowledged();
        }
        disk.unmount();
        disk.mount();
        tally.add(Count.POWER_CUTS, 1);
        history.check(store, steps, End.POWER_CUT,
                random.nextBoolean() ? Look.RECOVER : Look.READ_ONLY, tally);
    }
}
