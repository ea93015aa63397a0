package dev.firn.prove;

import dev.firn.PlantedBugs;
import dev.firn.engine.BackgroundErrors;
import dev.firn.engine.FaultSweep;
import dev.firn.engine.InterruptStormAttack;
import dev.firn.engine.ReadersAttack;
import dev.firn.engine.RepairAttack;
import dev.firn.engine.life.EveryCrashAttack;
import dev.firn.engine.life.ModelAttack;
import dev.firn.engine.life.OptionSetsAttack;
import dev.firn.engine.life.PowerLossAttack;
import dev.firn.hostile.FuzzDecoders;
import dev.firn.hostile.HostileFiles;
import dev.firn.hostile.JazzerFuzz;
import dev.firn.hostile.MisplacedFiles;
import dev.firn.prove.disk.CallFaults;
import dev.firn.prove.disk.CallKills;
import dev.firn.prove.disk.Kills;
import dev.firn.prove.disk.Owners;
import dev.firn.prove.disk.PowerCuts;
import dev.firn.prove.disk.SmallDisks;
import java.util.List;

/// An attack and how much of a campaign's time it gets.
///
/// @param weight time compared with that of others; 0 for one that is run once, at the beginning
/// @param does what it does, in a line for `--list`
public record Share(Attack attack, double weight, String does) {
    /// All there are.
    static List<Share> all() {
        return List.of(
                new Share(new PlantedBugs(), 0,
                        "plants every mistake of the list in Firn; a test has to notice each"),
                new Share(new PowerLossAttack(), 8,
                        "random lives on simulated disks, crashed at syncs and other moments"),
                new Share(new EveryCrashAttack(), 2,
                        "scripts crashed before every single operation on files, also in recovery"),
                new Share(new ModelAttack(), 3,
                        "random lives of whole stores, compared with a sorted map"),
                new Share(new OptionSetsAttack(), 1,
                        "the same operations with other options must give the same contents"),
                new Share(new FaultSweep(), 3,
                        "every operation on files fails, once or for good, in every way it can"),
                new Share(new BackgroundErrors(), 1,
                        "errors thrown in the midst of flushes, merges and other background work"),
                new Share(new HostileFiles(), 3,
                        "every bit of every file of a store flipped, and every length of it tried"),
                new Share(new MisplacedFiles(), 1,
                        "blocks and files in the wrong place, from other stores, stale or missing"),
                new Share(new FuzzDecoders(), 2,
                        "changed inputs for every decoder; counts the memory that each takes"),
                new Share(new JazzerFuzz(), 1,
                        "the same, led by what code the inputs reach (Jazzer, in its own process)"),
                new Share(new RepairAttack(), 2,
                        "damaged stores are repaired, also with crashes in the midst of it"),
                new Share(new ReadersAttack(), 2,
                        "threads read in every way beside writers, flushes, merges and a close"),
                new Share(new InterruptStormAttack(), 1,
                        "every public method, called in threads that are interrupted all the time"),
                new Share(new Kills(), 3,
                        "real processes killed at any moment, also while they recover"),
                new Share(new CallKills(), 1,
                        "real processes killed at the n-th of a system call (strace)"),
                new Share(new PowerCuts(), 4,
                        "real ext4 and XFS file systems cut off while a process writes (root)"),
                new Share(new CallFaults(), 2,
                        "system calls of real processes that fail, lie or are slow (strace)"),
                new Share(new SmallDisks(), 1,
                        "a real disk that gets full in the midst of work, then has room (root)"),
                new Share(new Owners(), 0.5,
                        "a second owner, and disks and directories that cannot be written"));
    }

    /// Whether one round is all of it.
    boolean isOnce() {
        return weight == 0;
    }
}
