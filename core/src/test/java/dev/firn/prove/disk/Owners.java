package dev.firn.prove.disk;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import org.opentest4j.TestAbortedException;

/// Somebody opens a store that a process has open, or one that cannot be written: refused, with the reason.
public final class Owners implements Attack {
    private static final int STEPS = 40;
    private static final Options OPTIONS = new Workload(0, Workload.Kind.MIXED).options();

    private final String engine;

    /// Of the engine as it is.
    public Owners() {
        this(Engines.usual());
    }

    /// Whose processes have one engine, on this class path.
    Owners(String engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "second owners";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        History history = new History(new Workload(seed, Workload.Kind.MIXED));
        try (Scratch scratch = Scratch.create("firn-owners-")) {
            Path store = scratch.path().resolve("store");
            Life.Start start = Life.Start.of(FileAccess.MAPPED).with(engine);
            long steps;
            try (Life life = Life.start(store, history, start)) {
                life.awaitSteps(STEPS);
                String pid = "process " + life.pid();
                refuseAll(store, FirnException.Kind.LOCKED, pid);
                mustFail(() -> Firn.open(store, readOnly()), FirnException.Kind.LOCKED, pid);
                life.kill();
                life.mustHaveBeenKilled();
                tally.add(Count.KILLS, 1);
                steps = life.acknowledged();
            }
            // The lock went with the process.
            history.check(store, steps, End.PROCESS_DIED, Look.RECOVER, tally);
            ownedByThisProcess(store, history, start);
            history.check(store, 0, End.PROCESS_DIED, Look.RECOVER, tally);
        }
    }

    /// The attack on a disk that is mounted read-only.
    static void readOnlyDisk(Disk disk, Tally tally) throws Exception {
        History history = new History(new Workload(1, Workload.Kind.MIXED));
        Path store = disk.root().resolve("store");
        try (Life life = Life.start(store, history, Life.Start.of(FileAccess.MAPPED))) {
            life.awaitSteps(STEPS);
            life.kill();
            life.mustHaveBeenKilled();
            disk.remount("ro");
            mustFail(() -> Firn.open(store, OPTIONS), FirnException.Kind.READ_ONLY,
                    "read-only");
            mustFail(() -> Firn.open(disk.root().resolve("new"), OPTIONS),
                    FirnException.Kind.READ_ONLY, "read-only");
            history.check(store, life.acknowledged(), End.PROCESS_DIED, Look.READ_ONLY, tally);
        }
        try (Firn one = Firn.open(store, readOnly()); Firn other = Firn.open(store, readOnly())) {
            mustFail(() -> one.put(new byte[1], new byte[1]), FirnException.Kind.READ_ONLY,
                    "read-only");
            Contents.of(one).mustEqual(Contents.of(other), "read twice");
        }
        disk.remount("rw");
        history.check(store, 0, End.PROCESS_DIED, Look.RECOVER, tally);
    }

    /// The attack on a directory in which the user of a process may not write.
    static void readOnlyDirectory(Path scratch, Tally tally) throws Exception {
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path store = scratch.resolve("store");
        History history = new History(new Workload(1, Workload.Kind.MIXED));
        Life.Start start = Life.Start.of(FileAccess.MAPPED).making(STEPS)
                .under(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        try (Life life = Life.start(store, history, start)) {
            life.awaitEnd(0);
            if (!life.isOpened()) {
                throw new TestAbortedException("the class path is not readable for nobody");
            }
            history.check(store, life.acknowledged(), End.PROCESS_DIED, Look.READ_ONLY, tally);
        }
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("r-x------"));
        try (Life life = Life.start(store, history, start)) {
            life.awaitEnd(0);
            String failure = String.valueOf(life.failure());
            if (!failure.matches("READ_ONLY .*permission denied.*")) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "not READ_ONLY, but " + failure);
            }
        }
    }

    private static Options readOnly() {
        return OPTIONS.withReadOnly(true);
    }

    private static void refuseAll(Path store, FirnException.Kind kind, String reason) {
        mustFail(() -> Firn.open(store, OPTIONS), kind, reason);
        mustFail(() -> Firn.verify(store, bytes -> {}), kind, reason);
    }

    private static void ownedByThisProcess(Path store, History history, Life.Start start)
            throws Exception {
        try (Firn owner = Firn.open(store, OPTIONS)) {
            String pid = "process, " + ProcessHandle.current().pid();
            refuseAll(store, FirnException.Kind.LOCKED, pid);
            try (Life life = Life.start(store, history, start)) {
                life.awaitEnd(0);
                life.mustBeSound();
                String failure = String.valueOf(life.failure());
                if (!failure.startsWith("LOCKED ")
                        || !failure.contains("process " + ProcessHandle.current().pid())) {
                    throw new Violation(Kind.UNEXPECTED_ERROR, "another process: " + failure);
                }
            }
            owner.statistics();
        }
    }

    private static void mustFail(Supplier<?> call, FirnException.Kind kind, String reason) {
        try {
            Object given = call.get();
            if (given instanceof Firn store) {
                store.close();
            }
            throw new Violation(Kind.UNNOTICED,
                    "not refused with " + kind + " for " + reason + ", but gave " + given);
        } catch (FirnException e) {
            if (e.kind() == kind && String.valueOf(e.getMessage()).contains(reason)) {
                return;
            }
            throw new Violation(Kind.UNEXPECTED_ERROR,
                    "not " + kind + " for " + reason + ", but " + e.kind() + ": " + e, e);
        }
    }
}
