package dev.firn.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Test;

/// Whatever bit of a small store is flipped, wherever a file is cut: it is told, or does no harm.
class HostileFilesTest {
    private static final int STORES = 3;

    @Test
    void everyFlipAndEveryLengthIsToldOrHarmless() throws Exception {
        long all = 0;
        try (Opener opener = new Opener()) {
            for (int seed = 0; seed < STORES; seed++) {
                all += HostileFiles.damages(new SmallStore(opener, seed)).size();
            }
        }
        assertThat(all).isGreaterThan(100_000);
        Volume.reach(HostileFilesTest.class, new HostileFiles(), Count.DAMAGES, all);
    }
}
