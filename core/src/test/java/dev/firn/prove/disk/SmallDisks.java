package dev.firn.prove.disk;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// A process fills a small disk: writes fail, reads go on, and when something else on that disk is deleted, writing
/// resumes; then it is full again, the process is killed, and the store is opened on the full disk and with space.
public final class SmallDisks implements Attack {
    private static final int MEGABYTES = 20;
    private static final int TRIES = 200;
    private static final long TRY_MICROS = 50_000;

    private final String engine;

    /// Of the engine as it is.
    public SmallDisks() {
        this(Engines.usual());
    }

    /// Of one engine, on this class path.
    SmallDisks(String engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "small disks";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(new Workload(seed, Workload.Kind.GROWING));
        Life.Start start = Life.Start
                .of(random.nextBoolean() ? FileAccess.MAPPED : FileAccess.POSITIONED)
                .with(engine);
        Disk.Kind kind = random.nextBoolean() ? Disk.Kind.TMPFS : Disk.Kind.EXT4;
        try (Disk disk = Disk.mounted(kind, MEGABYTES)) {
            Path store = disk.root().resolve("store");
            Path first = ballast(disk, "first", (1 << 20) + random.nextInt(2 << 20));
            Path second = ballast(disk, "second", 7 << 20);
            try (Life life = Life.start(store, history, start)) {
                fill(life);
                resume(life, first);
                fill(life);
                life.kill();
                life.mustHaveBeenKilled();
                tally.add(Count.KILLS, 1);
                tally.add(Count.FAULTS, life.timesFull());
                history.check(store, life.acknowledged(), End.PROCESS_DIED, Look.READ_ONLY,
                        tally);
            }
            openOnFullDisk(store, history.workload());
            history.check(store, 0, End.PROCESS_DIED, Look.READ_ONLY, tally);
            Files.delete(second);
            history.check(store, 0, End.PROCESS_DIED, Look.RECOVER, tally);
            try (Life life = Life.start(store, history, start.making(50))) {
                life.awaitEnd(0);
                life.mustBeSound();
                if (!life.isDone()) {
                    throw new Violation(Kind.UNEXPECTED_ERROR,
                            "with space it ended with " + life.failure());
                }
                history.check(store, life.acknowledged(), End.PROCESS_DIED, Look.RECOVER, tally);
            }
        }
    }

    private static Path ballast(Disk disk, String name, int bytes) throws IOException {
        return Files.write(disk.root().resolve(name), new byte[bytes]);
    }

    private static void fill(Life life) throws InterruptedException {
        life.awaitSteps(Long.MAX_VALUE);
        life.mustBeSound();
        if (!life.isFull()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "instead of a full disk, after "
                    + life.acknowledged() + " steps: " + life.failure());
        }
    }

    /// What failed in the background is tried again in growing intervals, and a write may be told of it until then.
    private static void resume(Life life, Path ballast) throws Exception {
        Files.delete(ballast);
        long before = life.acknowledged();
        for (int i = 0; i < TRIES && life.acknowledged() == before; i++) {
            life.goOn();
            life.awaitSteps(before + 1);
            life.mustBeSound();
            if (life.failure() != null) {
                throw new Violation(Kind.UNEXPECTED_ERROR,
                        "when space returned it ended with " + life.failure());
            }
            if (life.isFull() && life.acknowledged() == before) {
                life.run(TRY_MICROS);
            }
        }
        if (life.acknowledged() == before) {
            throw new Violation(Kind.HANG, "writing did not resume when space returned");
        }
    }

    private static void openOnFullDisk(Path store, Workload workload) {
        try {
            Firn.open(store, workload.options()).close();
        } catch (FirnException e) {
            if (e.kind() != FirnException.Kind.DISK_FULL) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "opened on a full disk: " + e, e);
            }
        }
    }
}
