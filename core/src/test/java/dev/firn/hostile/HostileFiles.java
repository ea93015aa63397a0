package dev.firn.hostile;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import java.util.ArrayList;
import java.util.List;

/// Every bit flip and every length of every file of small stores. The damages of a store are spread
/// over [#SLICES] rounds, then comes the next store.
public final class HostileFiles implements Attack {
    /// How many rounds one store takes.
    static final int SLICES = 24;

    /// More of a file is not damaged.
    private static final long BYTES_MAX = 16 << 10;

    /// Opening a store to write does not look into tables, and the dump uses what verification
    /// does: one in so many damages of tables is enough for both.
    private static final int TABLES_THOROUGH = 8;

    private final boolean withTables;

    /// All files.
    public HostileFiles() {
        this(true);
    }

    /// All, or all but the tables.
    HostileFiles(boolean withTables) {
        this.withTables = withTables;
    }

    @Override
    public String name() {
        return withTables ? "hostile files" : "hostile logs and manifests";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        try (Opener opener = new Opener()) {
            long number = Math.floorDiv(seed - 1, SLICES) + (withTables ? 0 : 1);
            var store = new SmallStore(opener, number);
            var trial = new Trial(opener, store);
            List<Damage> damages = damages(store);
            for (int i = Math.floorMod(seed - 1, SLICES); i < damages.size(); i += SLICES) {
                Damage damage = damages.get(i);
                boolean isTable = damage.file().endsWith(".sst");
                if (isTable && !withTables) {
                    continue;
                }
                trial.run(damage, !isTable || i / SLICES % TABLES_THOROUGH == 0);
                tally.add(Count.DAMAGES, 1);
            }
        }
    }

    /// All that can be done to a store.
    static List<Damage> damages(SmallStore store) {
        List<Damage> damages = new ArrayList<>();
        for (String name : store.files.names()) {
            long bytes = Math.min(BYTES_MAX, store.files.size(name));
            for (long size = 0; size < bytes; size++) {
                damages.add(new Damage(name, true, size));
            }
            for (long bit = 0; bit < 8 * bytes; bit++) {
                damages.add(new Damage(name, false, bit));
            }
        }
        return damages;
    }
}
