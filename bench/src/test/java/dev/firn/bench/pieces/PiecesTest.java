package dev.firn.bench.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Each benchmark runs for a moment, so that it is known to run when it is needed.
class PiecesTest {
    @Test
    void eachBenchmarkMeasuresSomething() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include("dev\\.firn\\.bench\\.pieces\\..*").forks(0).warmupIterations(0)
                .measurementIterations(1).measurementTime(TimeValue.milliseconds(20))
                .param("count", "2000").param("blocks", "100").param("sources", "3")
                .param("codec", "lz4").verbosity(VerboseMode.SILENT).shouldFailOnError(true)
                .build()).run();
        assertThat(results).hasSize(12)
                .allMatch(result -> result.getPrimaryResult().getScore() > 0);
    }
}
