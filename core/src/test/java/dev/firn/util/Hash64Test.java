package dev.firn.util;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The oracle is hash4j's wyhash.
class Hash64Test {
    private static final Hasher64 ORACLE = Hashing.wyhashFinal4();

    @Test
    void agreesWithTheOracleOnAllShortLengths() {
        SplittableRandom random = new SplittableRandom(1);
        for (int length = 0; length <= 300; length++) {
            for (int i = 0; i < 20; i++) {
                check(random, length);
            }
        }
    }

    @Test
    void agreesWithTheOracleOnLongInputs() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 200; i++) {
            check(random, 300 + random.nextInt(100_000));
        }
    }

    @Test
    void agreesWithTheOracleOnRepeatedBytes() {
        for (int value = -128; value <= 127; value += 51) {
            for (int length = 0; length <= 200; length++) {
                byte[] bytes = new byte[length];
                java.util.Arrays.fill(bytes, (byte) value);
                assertThat(Hash64.hash(bytes, 0, length)).isEqualTo(ORACLE.hashBytesToLong(bytes));
            }
        }
    }

    @Test
    void isAPartOfTheFileFormat() {
        assertThat(Hash64.hash(new byte[0], 0, 0)).isEqualTo(0x409638ee2bde459L);
        byte[] text = "firn is snow that lies through seasons, layer on layer".getBytes(
                java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(Hash64.hash(text, 0, text.length)).isEqualTo(ORACLE.hashBytesToLong(text));
    }

    private static void check(SplittableRandom random, int length) {
        int at = random.nextInt(20);
        byte[] bytes = new byte[at + length + random.nextInt(3)];
        random.nextBytes(bytes);
        long expected = ORACLE.hashBytesToLong(bytes, at, length);
        assertThat(Hash64.hash(bytes, at, length)).as("length %d", length).isEqualTo(expected);
        assertThat(Hash64.hash(MemorySegment.ofArray(bytes), at, length)).isEqualTo(expected);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes.length + 1L);
            memory.asSlice(1).copyFrom(MemorySegment.ofArray(bytes));
            assertThat(Hash64.hash(memory, 1 + at, length)).as("length %d", length)
                    .isEqualTo(expected);
        }
    }
}
