package dev.firn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Shows that Lincheck works here: it accepts an atomic counter and, the canary, convicts a racy one.
/// When the canary passes unnoticed, no other Lincheck test means anything.
@Tag("lincheck")
class LincheckSmokeTest {
    public static class AtomicCounter {
        private final AtomicLong value = new AtomicLong();

        @Operation
        public long increment() {
            return value.incrementAndGet();
        }

        @Operation
        public long get() {
            return value.get();
        }
    }

    public static class RacyCounter {
        private long value;

        @Operation
        public long increment() {
            return ++value;
        }

        @Operation
        public long get() {
            return value;
        }
    }

    private static ModelCheckingOptions modelChecking() {
        return new ModelCheckingOptions().iterations(10).invocationsPerIteration(200);
    }

    private static StressOptions stress() {
        return new StressOptions().iterations(5).invocationsPerIteration(1_000);
    }

    @Test
    void modelCheckingAcceptsAnAtomicCounter() {
        modelChecking().check(AtomicCounter.class);
    }

    @Test
    void modelCheckingConvictsARacyCounter() {
        assertThatThrownBy(() -> modelChecking().check(RacyCounter.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    @Test
    void stressAcceptsAnAtomicCounter() {
        stress().check(AtomicCounter.class);
    }
}
