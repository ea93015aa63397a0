package dev.firn.hostile;

import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.util.Bytes;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A few of the damages of the attacks, chosen so that a check that is missing in the engine is
/// noticed in seconds: what planted bugs are tried on.
class HostileProofTest {
    @Test
    void bitsOfTables() {
        damage(0, 61, name -> name.endsWith(".sst"));
    }

    @Test
    void bitsOfTheLog() {
        damage(0, 11, name -> name.endsWith(".log"));
        damage(2, 23, name -> name.endsWith(".log"));
    }

    @Test
    void bitsOfTheManifestAndCurrent() {
        damage(0, 7, name -> name.startsWith("MANIFEST") || name.equals("CURRENT"));
    }

    @Test
    void misplacedBlocksAndFiles() throws Exception {
        new MisplacedFiles().round(1, new Tally());
    }

    /// A number that is much too large, in every place of every file, with right checksums.
    @Test
    void largeNumbersEverywhere() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory
                .getThreadMXBean();
        try (var targets = new FuzzTargets()) {
            for (FuzzTarget target : targets.all()) {
                for (byte[] seed : target.seeds()) {
                    for (int at = 0; at + 4 <= Math.min(seed.length, 4096); at += 4) {
                        byte[] input = seed.clone();
                        Bytes.putInt(input, at, 0x3fff_fff0);
                        long before = threads.getCurrentThreadAllocatedBytes();
                        target.accept(input);
                        long taken = threads.getCurrentThreadAllocatedBytes() - before;
                        if (taken > Opener.HEAP_BYTES_MAX) {
                            throw new Violation(Kind.UNEXPECTED_ERROR, target.name() + " took "
                                    + taken + " bytes of the heap, with a number at " + at);
                        }
                    }
                }
            }
        }
    }

    private static void damage(long seed, int step, Predicate<String> files) {
        try (Opener opener = new Opener()) {
            var store = new SmallStore(opener, seed);
            var trial = new Trial(opener, store);
            int n = 0;
            for (Damage damage : HostileFiles.damages(store)) {
                if (files.test(damage.file()) && n++ % step == 0) {
                    trial.run(damage, !damage.file().endsWith(".sst"));
                }
            }
        }
    }
}
