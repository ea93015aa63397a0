package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void aBudgetOutsideItsBoundsIsRefusedWithBoth() {
        for (long bytes : new long[]{-1, 0, (8L << 20) - 1, (1L << 46) + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Options.defaults().withMemoryBytes(bytes))
                    .withMessage("memoryBytes must be between 8388608 (8 MiB) and 70368744177664"
                            + " (64 TiB), not " + bytes);
        }
        assertThat(Options.defaults().withMemoryBytes(Options.MEMORY_BYTES_MIN).memoryBytes())
                .isEqualTo(8L << 20);
        assertThatIllegalArgumentException().isThrownBy(() -> Resources.ofMemory(5))
                .withMessageContaining("at least 8388608 (8 MiB), not 5");
    }
}
