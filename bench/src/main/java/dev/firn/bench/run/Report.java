package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Tables in Markdown and plots of a run: medians over the rounds, and ratios to RocksDB as tuned.
final class Report {
    private static final StoreKind REFERENCE = StoreKind.ROCKSDB;

    private final Results results;
    private final Map<String, Scenario> scenarios = new TreeMap<>();

    /// A figure of a measurement, one to a table.
    ///
    /// @param of what it is; null where the measurement has none
    /// @param isRatio whether ratios to the reference stand beside it
    private record Column(String title, Function<Measured, @Nullable Double> of,
            DoubleFunction<String> text, boolean isRatio) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("Operations per second", Measured::rate, Figures::count, true),
            new Column("Operations per second, until background work is done",
                    Measured::settledRate, Figures::count, true),
            new Column("Operations per second of the thread beside",
                    m -> m.beside() == null ? null : m.beside().rate(), Figures::count, true),
            new Column("Latency, p50", m -> (double) m.latency().p50(), Figures::time, false),
            new Column("Latency, p99", m -> (double) m.latency().p99(), Figures::time, false),
            new Column("Latency, p99.9", m -> (double) m.latency().p999(), Figures::time, false),
            new Column("Latency, p99.99", m -> (double) m.latency().p9999(), Figures::time,
                    false),
            new Column("Latency, longest", m -> (double) m.latency().max(), Figures::time, false),
            new Column("p99.9 of the thread beside",
                    m -> m.beside() == null ? null : (double) m.beside().latency().p999(),
                    Figures::time, false),
            new Column("Longest of the thread beside",
                    m -> m.beside() == null ? null : (double) m.beside().latency().max(),
                    Figures::time, false),
            new Column("Processor time per operation, with background work",
                    m -> m.cpuMicros() * 1e3, Figures::time, false),
            new Column("Processor time per operation, of the measuring threads alone",
                    m -> m.threadMicros() * 1e3, Figures::time, false),
            new Column("Bytes allocated per operation", Measured::allocated, Figures::digits,
                    false),
            new Column("Most anonymous memory resident", m -> (double) m.anonymousPeak(),
                    Figures::bytes, false),
            new Column("Most memory resident, with mapped files",
                    m -> (double) m.residentPeak(), Figures::bytes, false),
            new Column("Most memory that the store accounted for",
                    m -> m.accountedPeak() < 0 ? null : (double) m.accountedPeak(),
                    Figures::bytes, false),
            new Column("Bytes written for each byte put",
                    m -> m.userBytes() == 0 ? null : (double) m.written() / m.userBytes(),
                    Figures::digits, false),
            new Column("Bytes on disk for each byte stored",
                    m -> m.liveBytes() == 0 ? null : (double) m.diskBytes() / m.liveBytes(),
                    Figures::digits, false),
            new Column("Forces for each write", Measured::syncsPerWrite, Figures::digits, false));

    Report(Results results) {
        this.results = results;
        for (Result result : results.results()) {
            scenarios.putIfAbsent(result.scenario().name(), result.scenario());
        }
    }

    /// The scenarios that were measured, in order.
    List<Scenario> scenarios() {
        return results.results().stream().map(Result::scenario).map(Scenario::name).distinct()
                .map(name -> Objects.requireNonNull(scenarios.get(name))).toList();
    }

    /// The first table of each scenario, for a terminal.
    String summary() {
        StringBuilder out = new StringBuilder();
        for (Scenario scenario : scenarios()) {
            out.append(heading(scenario));
            table(scenario, COLUMNS.getFirst(), out);
            out.append('\n');
        }
        failures(out);
        return out.toString();
    }

    /// All tables.
    String markdown() {
        StringBuilder out = new StringBuilder();
        if (results.machine() != null) {
            out.append(results.machine().description()).append("\n\n");
        }
        out.append("Medians of ").append(rounds())
                .append(" round(s); in brackets ratios to ").append(REFERENCE.title())
                .append(". A latency of a scan of everything is that of 1,000 entries, one of"
                        + " fillbatch that of the batch.\n\n");
        for (Scenario scenario : scenarios()) {
            out.append(heading(scenario));
            out.append("![").append(scenario.name()).append("](").append(scenario.name())
                    .append(".svg)\n\n");
            for (Column column : COLUMNS) {
                StringBuilder table = new StringBuilder();
                if (table(scenario, column, table)) {
                    out.append("### ").append(column.title).append("\n\n").append(table)
                            .append('\n');
                }
            }
        }
        failures(out);
        return out.toString();
    }

    private static String heading(Scenario scenario) {
        return "## " + scenario.name() + ": " + scenario.description() + "\n\n";
    }

    private int rounds() {
        return results.results().stream().mapToInt(Result::round).max().orElse(0);
    }

    /// Writes a table and says whether there is anything in it.
    private boolean table(Scenario scenario, Column column, StringBuilder out) {
        List<StoreKind> stores = stores(scenario);
        boolean isAny = false;
        StringBuilder rows = new StringBuilder();
        for (Workload workload : workloads(scenario)) {
            StringBuilder row = new StringBuilder("| ").append(workload.label());
            boolean isRow = false;
            for (StoreKind store : stores) {
                Double value = median(scenario, workload, store, column.of);
                isRow |= value != null;
                row.append(" | ").append(value == null
                        ? ""
                        : cell(scenario, workload, store, column, value));
            }
            if (isRow) {
                rows.append(row).append(" |\n");
                isAny = true;
            }
        }
        if (isAny) {
            out.append("| |");
            stores.forEach(store -> out.append(' ').append(store.title()).append(" |"));
            out.append("\n| --- |").append(" ---: |".repeat(stores.size())).append('\n')
                    .append(rows);
        }
        return isAny;
    }

    private String cell(Scenario scenario, Workload workload, StoreKind store, Column column,
            double value) {
        String text = column.text.apply(value);
        Double reference = median(scenario, workload, REFERENCE, column.of);
        return !column.isRatio || store == REFERENCE || reference == null || reference == 0
                ? text
                : text + " (" + Figures.digits(value / reference) + ")";
    }

    private List<StoreKind> stores(Scenario scenario) {
        TreeSet<StoreKind> stores = new TreeSet<>();
        for (Result result : results.results()) {
            if (result.scenario().name().equals(scenario.name())) {
                stores.add(result.store());
            }
        }
        return List.copyOf(stores);
    }

    private List<Workload> workloads(Scenario scenario) {
        TreeSet<Workload> workloads = new TreeSet<>();
        for (Result result : results.results()) {
            if (result.scenario().name().equals(scenario.name())) {
                workloads.add(result.workload());
            }
        }
        return List.copyOf(workloads);
    }

    private @Nullable Double median(Scenario scenario, Workload workload, StoreKind store,
            Function<Measured, @Nullable Double> of) {
        double[] values = results.results().stream()
                .filter(r -> r.scenario().name().equals(scenario.name())
                        && r.workload() == workload && r.store() == store)
                .map(Result::measured).filter(Objects::nonNull).map(of).filter(Objects::nonNull)
                .flatMapToDouble(DoubleStream::of).toArray();
        return values.length == 0 ? null : Figures.median(values);
    }

    private void failures(StringBuilder out) {
        boolean isFirst = true;
        for (Result result : results.results()) {
            if (result.failure() != null) {
                if (isFirst) {
                    out.append("## Not measured\n\n");
                    isFirst = false;
                }
                out.append("- ").append(result.scenario().name()).append(", ")
                        .append(result.workload().label()).append(", ")
                        .append(result.store().title()).append(", round ").append(result.round())
                        .append(": ").append(result.failure()).append('\n');
            }
        }
    }

    /// A plot of a scenario: for each workload, how many times as fast as the reference.
    String chart(Scenario scenario) {
        List<StoreKind> stores = stores(scenario).stream().filter(store -> store != REFERENCE)
                .toList();
        List<Chart.Group> groups = new ArrayList<>();
        for (Workload workload : workloads(scenario)) {
            Double reference = median(scenario, workload, REFERENCE, Measured::rate);
            List<Double> ratios = new ArrayList<>();
            for (StoreKind store : stores) {
                Double rate = median(scenario, workload, store, Measured::rate);
                ratios.add(rate == null || reference == null ? Double.NaN : rate / reference);
            }
            groups.add(new Chart.Group(workload.label(), ratios));
        }
        return new Chart(
                scenario.name() + ": operations per second, " + REFERENCE.title() + " = 1",
                stores.stream().map(StoreKind::title).toList(), groups).svg();
    }
}
