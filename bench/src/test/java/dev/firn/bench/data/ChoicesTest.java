package dev.firn.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChoicesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000, 1_024, 65_537, 1_000_000})
    void aPermutationHasEachNumberOnce(int size) {
        for (long seed = 0; seed < 3; seed++) {
            Permutation permutation = new Permutation(size, seed);
            BitSet seen = new BitSet(size);
            long jumps = 0;
            long before = 0;
            for (int place = 0; place < size; place++) {
                long number = permutation.at(place);
                seen.set((int) number);
                jumps += Math.abs(number - before);
                before = number;
            }
            assertThat(seen.cardinality()).isEqualTo(size);
            if (size >= 1_000) {
                // Of random numbers, two are a third of the range apart.
                assertThat((double) jumps / size / size).isCloseTo(1 / 3.0, within(0.05));
            }
        }
    }

    @Test
    void ranksFollowZipfsLaw() {
        int size = 100_000;
        int draws = 1_000_000;
        Zipfian zipfian = new Zipfian(size);
        SplittableRandom random = new SplittableRandom(1);
        int[] counts = new int[size];
        for (int i = 0; i < draws; i++) {
            counts[(int) zipfian.next(random)]++;
        }
        double zeta = 0;
        for (int rank = 1; rank <= size; rank++) {
            zeta += Math.pow(rank, -0.99);
        }
        assertThat((double) counts[0] / draws).isCloseTo(1 / zeta, within(0.005));
        assertThat((double) counts[1] / draws).isCloseTo(Math.pow(2, -0.99) / zeta,
                within(0.005));
        double head = 0;
        for (int rank = 1; rank <= size / 100; rank++) {
            head += Math.pow(rank, -0.99) / zeta;
        }
        assertThat(Arrays.stream(counts).limit(size / 100).sum() / (double) draws)
                .isCloseTo(head, within(0.02));
        assertThat(Arrays.stream(counts).skip(size / 2).sum()).isPositive();
    }

    @Test
    void aSingleRankIsDrawn() {
        assertThat(new Zipfian(1).next(new SplittableRandom(1))).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void keysAreDistinctAndAbsentOnesAreNotAmongThem(KeyShape shape) {
        KeyShape.Maker maker = shape.maker();
        Set<String> present = new HashSet<>();
        Set<String> absent = new HashSet<>();
        byte[] before = new byte[0];
        for (int number = 0; number < 20_000; number++) {
            byte[] key = maker.present(number);
            if (shape.isOrdered()) {
                assertThat(Arrays.compareUnsigned(before, key)).isNegative();
                before = key.clone();
            }
            present.add(text(key));
            absent.add(text(maker.absent(number)));
        }
        assertThat(present).hasSize(20_000);
        assertThat(absent).hasSize(20_000);
        assertThat(Collections.disjoint(absent, present)).isTrue();
    }

    @Test
    void keysLookAsSaid() {
        assertThat(KeyShape.DB.maker().present(258))
                .isEqualTo("\0\0\0\0\0\0\1\u000200000000".getBytes(StandardCharsets.US_ASCII));
        assertThat(text(KeyShape.TEXT.maker().present(42)))
                .isEqualTo("customer/2026/order/0000000000000042");
        assertThat(text(KeyShape.USER.maker().present(0))).matches("user\\d+");
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1);
    }
}
