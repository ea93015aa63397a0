package dev.firn.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever bit of a small store is flipped, wherever a file is cut: it is told, or does no harm.
@Tag("proof")
class HostileFilesTest {
    /// The sizes of the stores hang on their seeds; together the files have some KiB.
    private static final long DAMAGES_MIN = 50_000;

    @Test
    void everyFlipAndEveryLengthIsToldOrHarmless() throws Exception {
        long all = damages(0, true);
        assertThat(all).isGreaterThan(DAMAGES_MIN);
        Volume.reach(HostileFilesTest.class, new HostileFiles(), Count.DAMAGES, all);
    }

    /// Of stores whose log was recycled, or closed.
    @Test
    void everyFlipAndEveryLengthOfOtherLogs() throws Exception {
        long all = damages(1, false) + damages(2, false);
        Volume.reach(HostileFilesTest.class, new HostileFiles(false), Count.DAMAGES, all);
    }

    private static long damages(long seed, boolean withTables) {
        try (Opener opener = new Opener()) {
            return HostileFiles.damages(new SmallStore(opener, seed)).stream()
                    .filter(damage -> withTables || !damage.file().endsWith(".sst")).count();
        }
    }
}
