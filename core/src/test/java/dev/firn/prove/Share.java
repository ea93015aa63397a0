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
public record Share(Attack attack, double weight) {
    /// All there are.
    static List<Share> all() {
        return List.of(new Share(new PlantedBugs(), 0), new Share(new PowerLossAttack(), 8),
                new Share(new EveryCrashAttack(), 2), new Share(new ModelAttack(), 3),
                new Share(new OptionSetsAttack(), 1), new Share(new FaultSweep(), 3),
                new Share(new BackgroundErrors(), 1), new Share(new HostileFiles(), 3),
                new Share(new MisplacedFiles(), 1), new Share(new FuzzDecoders(), 2),
                new Share(new JazzerFuzz(), 1), new Share(new RepairAttack(), 2),
                new Share(new ReadersAttack(), 2), new Share(new InterruptStormAttack(), 1),
                new Share(new Kills(), 3), new Share(new CallKills(), 1),
                new Share(new PowerCuts(), 4),
                new Share(new CallFaults(), 2), new Share(new SmallDisks(), 1),
                new Share(new Owners(), 0.5));
    }

    /// Whether one round is all of it.
    boolean isOnce() {
        return weight == 0;
    }
}
