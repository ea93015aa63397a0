package dev.firn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.testkit.ChangedFirn.End;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/// A test that fails is told from one that cannot run: only the former has noticed a bug.
class ChangedFirnTest {
    @ParameterizedTest
    @CsvSource({"passes, PASSED", "judges, FAILED", "judgesWhatWasInjected, FAILED",
        "givesUp, CRASHED", "doesNotFit, CRASHED", "hasNoHeap, CRASHED",
        "runsOutOfHeap, CRASHED", "isNotThere, CRASHED"})
    void whatWasThrownSaysHowATestEnded(String method, End end, @TempDir Path scratch)
            throws Exception {
        ChangedFirn.Outcome outcome = new ChangedFirn(scratch, List.of())
                .run(ChangedFirn.SMALL, Endings.class.getName() + "#" + method);
        assertThat(outcome.end()).as(outcome.output()).isEqualTo(end);
    }

    /// Not run by itself.
    static class Endings {
        @Test
        void passes() {}

        @Test
        void judges() {
            throw new AssertionError("wrong");
        }

        @Test
        void judgesWhatWasInjected() {
            throw new AssertionError("told to nobody", new StackOverflowError("injected"));
        }

        @Test
        void givesUp() {
            throw new TestAbortedException("not here");
        }

        @Test
        void doesNotFit() {
            throw new AssertionError(new NoSuchMethodError("since yesterday"));
        }

        @Test
        void hasNoHeap() {
            throw new AssertionError(new OutOfMemoryError("Java heap space"));
        }

        @Test
        void runsOutOfHeap() {
            throw new OutOfMemoryError("Java heap space");
        }
    }
}
