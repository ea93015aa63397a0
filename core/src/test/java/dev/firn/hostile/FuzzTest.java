package dev.firn.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Inputs made for the decoders: those that are kept, changed ones, and those that Jazzer makes.
@Tag("proof")
class FuzzTest {
    private static final long EXECUTIONS = 200_000;

    @Test
    void whatIsKeptIsDecoded() throws Exception {
        int inputs = 0;
        try (var targets = new FuzzTargets()) {
            for (FuzzTarget target : targets.all()) {
                assertThat(target.seeds()).as(target.name()).isNotEmpty();
                for (byte[] seed : target.seeds()) {
                    target.accept(seed.clone());
                }
                assertThat(Corpus.inputs(target)).as(target.name()).isNotEmpty();
                for (byte[] input : Corpus.inputs(target)) {
                    target.accept(input);
                    inputs++;
                }
            }
        }
        assertThat(inputs).isGreaterThan(30);
    }

    @Test
    void changedInputsDoNoHarm() throws Exception {
        Volume.reach(FuzzTest.class, new FuzzDecoders(), Count.FUZZ_EXECUTIONS, EXECUTIONS);
    }

    @Test
    void jazzerFindsNothing() throws Exception {
        Volume.reach(FuzzTest.class, new JazzerFuzz(), Count.ROUNDS, 1);
    }
}
