package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.util.Bytes;
import dev.firn.util.Hash64;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The filter against the theory of blocked Bloom filters.
class FilterTest {
    private static final int KEYS = 40_000;
    private static final int PROBES = 400_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8, 10, 12, 16, 20})
    void letsEveryKeyThroughAndHardlyAnyOther(int bitsPerKey) {
        Filter filter = Filter.sized(KEYS, bitsPerKey);
        assertThat(filter.bytes()).isBetween((long) KEYS * bitsPerKey / 8,
                (long) KEYS * bitsPerKey / 8 + Filter.LINE);
        byte[] bits = new byte[(int) filter.bytes()];
        for (int i = 0; i < KEYS; i++) {
            filter.add(bits, hash(i));
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment m = arena.allocate(bits.length);
            MemorySegment.copy(bits, 0, m, ValueLayout.JAVA_BYTE, 0, bits.length);
            for (int i = 0; i < KEYS; i++) {
                assertThat(filter.mayContain(m, filter.lineOf(hash(i)), hash(i))).isTrue();
            }
            int passed = 0;
            for (int i = 0; i < PROBES; i++) {
                long h = hash(KEYS + i);
                passed += filter.mayContain(m, filter.lineOf(h), h) ? 1 : 0;
            }
            double expected = theory(bitsPerKey, filter.probes());
            assertThat((double) passed / PROBES).as("false positives with " + bitsPerKey
                    + " bits, in theory " + expected).isBetween(expected * 0.85,
                            expected * 1.15 + 0.00005);
        }
    }

    private static long hash(int i) {
        byte[] key = new byte[11];
        Bytes.putInt(key, 3, i);
        return Hash64.hash(key, 0, key.length);
    }

    /// Lines get a Poisson distributed number of keys, each of which sets `k` of 512 bits.
    private static double theory(int bitsPerKey, int k) {
        double mean = 512.0 / bitsPerKey;
        double sum = 0;
        double probability = Math.exp(-mean);
        for (int n = 0; n < mean * 6 + 40; n++) {
            sum += probability * Math.pow(1 - Math.pow(1 - 1.0 / 512, (double) k * n), k);
            probability *= mean / (n + 1);
        }
        return sum;
    }
}
