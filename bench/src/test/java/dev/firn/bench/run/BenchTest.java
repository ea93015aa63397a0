package dev.firn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private int run(String... arguments) {
        CommandLine commandLine = Bench.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    @Test
    void aTinyRunMakesResultsTableAndPlot() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));
        Path into = directory.resolve("out");
        int exit = run("--quick", "--entries", "2000", "--stores", "firn,rocksdb", "--only",
                "fillrandom,readrandom,reopenkilled", "--rounds", "2", "--warmup", "0.05",
                "--seconds", "0.1", "--work", work.toString(), "--out", into.toString());
        assertThat(exit).as("%s%s", out, err).isZero();
        Results results = Results.read(into.resolve("results.jsonl"));
        assertThat(results.machine()).isNotNull();
        assertThat(results.machine().processors()).isPositive();
        assertThat(results.results()).hasSize(12)
                .allMatch(result -> result.measured() != null && result.failure() == null);
        assertThat(results.results()).extracting(Result::store).startsWith(StoreKind.FIRN,
                StoreKind.ROCKSDB);
        assertThat(results.results().subList(6, 12)).extracting(Result::store)
                .startsWith(StoreKind.ROCKSDB, StoreKind.FIRN);
        assertThat(results.results().getFirst().workload()).isEqualTo(Workload.FILLRANDOM);
        assertThat(into.resolve("table.md")).content().contains("| readrandom | ",
                "### Latency, p99.9");
        assertThat(into.resolve("quick.svg")).content().startsWith("<svg ");
        assertThat(out.toString()).contains("[12/12]", "| fillrandom |");
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).isEmpty();
        }

        assertThat(run("--report", into.resolve("results.jsonl").toString())).isZero();
        assertThat(run("--quick", "--out", into.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("exists already: choose another --out");
    }

    @Test
    void aFailureIsToldAndTheRestGoesOn() throws IOException {
        Path into = directory.resolve("out");
        int exit = run("--quick", "--entries", "1000", "--stores", "leveldb", "--only",
                "readreverse,readseq", "--warmup", "0", "--seconds", "0.05", "--work",
                directory.toString(), "--out", into.toString());
        assertThat(exit).isEqualTo(1);
        assertThat(out.toString()).contains("failed:", "no scans backwards", "## Not measured");
        assertThat(Results.read(into.resolve("results.jsonl")).results()).hasSize(2)
                .anyMatch(result -> result.measured() != null)
                .anyMatch(result -> result.failure() != null);
    }

    @Test
    void nothingIsBegunWhenTheTimeIsOver() {
        int exit = run("--quick", "--minutes", "0", "--work", directory.toString(), "--out",
                directory.resolve("out").toString());
        assertThat(exit).isEqualTo(1);
        assertThat(out.toString()).contains("failed: not begun, as 0.0 minutes were over",
                "[42/42]");
    }

    @Test
    void namesThatDoNotExistAreToldWithThoseThatDo() {
        assertThat(run("--only", "readrandon")).isEqualTo(2);
        assertThat(err.toString()).contains("no workload is named 'readrandon'", "readrandom");
        assertThat(run("--stores", "oracle")).isEqualTo(2);
        assertThat(err.toString()).contains("no store is named 'oracle'", "rocksdb-default");
        assertThat(run("--scenarios", "x")).isEqualTo(2);
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(run("--entries", "5")).isEqualTo(2);
        assertThat(run("--report", directory.resolve("none").toString())).isEqualTo(2);
        assertThat(run("--quick", "--scenarios", "fits")).isEqualTo(2);
    }

    @Test
    void theListNamesEverything() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString()).contains("fillsync8", "mvstore-default", "exceeds");
    }

    @Test
    void aLineThatIsNoneIsNamed() throws IOException {
        Path file = directory.resolve("broken.jsonl");
        Files.writeString(file, "{}\n{\"result\":\n");
        assertThat(run("--report", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("broken.jsonl, line 2");
    }
}
