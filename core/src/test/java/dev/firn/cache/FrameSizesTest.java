package dev.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSizesTest {
    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 65536, 1 << 20, 4 << 20})
    void everyBlockUpToAChunkHasTheSmallestFrameThatHoldsIt(int chunkBytes) {
        FrameSizes sizes = new FrameSizes(chunkBytes);
        for (int block = 0; block <= chunkBytes; block += block < 10_000 ? 1 : 61) {
            int sizeClass = sizes.classOf(block);
            assertThat(sizes.bytes(sizeClass)).isGreaterThanOrEqualTo(block);
            if (sizeClass > 0) {
                assertThat(sizes.bytes(sizeClass - 1)).isLessThan(block);
            }
        }
        assertThat(sizes.classOf(chunkBytes)).isEqualTo(sizes.count() - 1);
        assertThat(sizes.classOf(chunkBytes + 1)).isEqualTo(-1);
        for (int i = 0; i < sizes.count(); i++) {
            assertThat(sizes.bytes(i) % 64).isZero();
            assertThat(chunkBytes / sizes.bytes(i)).isBetween(1, Handle.FRAMES_MAX);
        }
    }

    @Test
    void littleIsWasted() {
        int chunk = 1 << 20;
        FrameSizes sizes = new FrameSizes(chunk);
        assertThat(sizes.bytes(sizes.classOf(4096))).isEqualTo(4096);
        assertThat(sizes.bytes(sizes.classOf(32768))).isEqualTo(32768);
        double sum = 0;
        int count = 0;
        for (int block = 1024; block <= 65536; block += 7) {
            int frame = sizes.bytes(sizes.classOf(block));
            int frames = chunk / frame;
            // What a block takes, with the remainder of the chunk shared among its frames.
            double waste = 1 - block / ((double) chunk / frames);
            assertThat(waste).as("block of %d", block).isLessThan(0.27);
            sum += waste;
            count++;
        }
        assertThat(sum / count).isLessThan(0.125);
    }
}
