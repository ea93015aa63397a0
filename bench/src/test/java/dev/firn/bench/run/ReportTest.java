package dev.firn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
    private static final String LINE =
            """
                    {"result":{"scenario":{"name":"fits","entries":1000,"keys":"db","valueBytes":100,\
                    "budgetBytes":268435456},"workload":"%s","store":"%s","round":%d,"measured":{\
                    "operations":%d,"seconds":2.0,%s"latency":{"p50":1000,"p99":20000,"p999":300000,\
                    "p9999":4000000,"max":5000000000},"latencyOf":1,"cpuMicros":2.5,"threadMicros":1.5,"allocated":0.0,\
                    "anonymousPeak":300000000,"residentPeak":400000000,"accountedPeak":-1,\
                    "written":200,"userBytes":100,"diskBytes":58000,"liveBytes":116000}}}
                    """;

    @TempDir
    Path directory;

    private Report report(String... lines) throws IOException {
        Path file = directory.resolve("results.jsonl");
        Files.writeString(file, String.join("", lines));
        return new Report(Results.read(file));
    }

    private static String line(String workload, String store, int round, int operations,
            String more) {
        return LINE.formatted(workload, store, round, operations, more);
    }

    @Test
    void tablesHaveMediansAndRatios() throws IOException {
        Report report = report(
                line("fillrandom", "firn", 1, 2_000_000, "\"settleSeconds\":2.0,"),
                line("fillrandom", "rocksdb", 1, 400_000, "\"settleSeconds\":0.0,"),
                line("fillrandom", "firn", 2, 9_000_000, "\"settleSeconds\":2.0,"),
                line("fillrandom", "rocksdb", 2, 300_000, "\"settleSeconds\":0.0,"),
                line("fillrandom", "firn", 3, 1_000_000, "\"settleSeconds\":2.0,"),
                line("fillrandom", "rocksdb", 3, 500_000, "\"settleSeconds\":0.0,"),
                line("readrandom", "lmdb", 1, 3_000_000, ""),
                """
                        {"result":{"scenario":{"name":"fits","entries":1000,"keys":"db",\
                        "valueBytes":100,"budgetBytes":268435456},"workload":"readrandom",\
                        "store":"rocksdb","round":1,"failure":"exit 137"}}
                        """);
        assertThat(report.markdown()).contains("""
                ## fits: 1,000 entries, keys of 16 bytes, values of 100 bytes, 256 MiB of memory

                ![fits](fits.svg)

                ### Operations per second

                | | Firn | RocksDB, tuned | LMDB, tuned |
                | --- | ---: | ---: | ---: |
                | fillrandom | 1.00 M (5.00) | 200 k |  |
                | readrandom |  |  | 1.50 M |
                """, """
                ### Operations per second, until background work is done

                | | Firn | RocksDB, tuned | LMDB, tuned |
                | --- | ---: | ---: | ---: |
                | fillrandom | 500 k (2.50) | 200 k |  |

                """, "Medians of 3 round(s)", "| fillrandom | 300 µs | 300 µs |",
                "| fillrandom | 5.00 s |", "| fillrandom | 2.50 µs |", "| fillrandom | 300 MB |",
                "| fillrandom | 0.50 |", "| fillrandom | 2.00 |",
                "- fits, readrandom, RocksDB, tuned, round 1: exit 137");
        assertThat(report.markdown()).doesNotContain("Forces for each write");
    }

    @Test
    void thePlotIsWellFormedAndHasABarForEachRatio() throws Exception {
        Report report = report(line("fillrandom", "firn", 1, 2_000_000, ""),
                line("fillrandom", "rocksdb", 1, 400_000, ""),
                line("readrandom", "firn", 1, 100, ""),
                line("readrandom", "rocksdb", 1, 400_000, ""));
        String svg = report.chart(report.scenarios().getFirst());
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("title").getLength()).isEqualTo(2);
        assertThat(svg).contains("fillrandom, Firn: 5.00", "readrandom, Firn: 0.00");
    }

    @Test
    void numbersAreWrittenAsPeopleReadThem() {
        assertThat(Figures.count(1_234_567)).isEqualTo("1.23 M");
        assertThat(Figures.count(45_678)).isEqualTo("45.7 k");
        assertThat(Figures.count(999)).isEqualTo("999");
        assertThat(Figures.time(850)).isEqualTo("850 ns");
        assertThat(Figures.time(1_500_000)).isEqualTo("1.50 ms");
        assertThat(Figures.bytes(268_435_456)).isEqualTo("268 MB");
        assertThat(Figures.digits(0)).isEqualTo("0");
        assertThat(Figures.median(new double[]{4, 1, 2, 3})).isEqualTo(2.5);
    }
}
