package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Disk;
import dev.firn.bench.work.Workload;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Compares Firn with other stores: what `./firn-bench` starts. See docs/benchmarks.md.
@Command(
        name = "firn-bench",
        mixinStandardHelpOptions = true,
        version = "firn-bench 0.1",
        sortOptions = false,
        description = "Compares Firn with other stores, each measurement in a JVM of its own.",
        footer = {
            "",
            "  firn-bench --quick                           a first impression, within 5 minutes",
            "  firn-bench --rounds 3                        everything, hours",
            "  firn-bench --only readrandom --stores firn,rocksdb --scenarios fits",
            "  firn-bench --report out/results.jsonl        makes table and plots again",
            "",
            "Ends with 0 when everything was measured, with 1 when something failed, with 2 for",
            "wrong arguments."
        })
public final class Bench implements Callable<Integer> {
    private static final String RESULTS = "results.jsonl";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Option(
            names = "--quick",
            description = "The main workloads on few entries, one round.")
    private boolean isQuick;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each is measured, in turns (default 1; a table needs 3).")
    private int rounds = 1;

    @Option(
            names = "--only",
            paramLabel = "WORKLOAD,…",
            split = ",",
            description = "Only these workloads (--list names them).")
    private List<String> workloads = List.of();

    @Option(names = "--stores", paramLabel = "STORE,…", split = ",", description = "Only these.")
    private List<String> stores = List.of();

    @Option(
            names = "--scenarios",
            paramLabel = "NAME,…",
            split = ",",
            description = "Only these.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "Entries of a filled store, instead of the scenario's.")
    private @Nullable Long entries;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to measure, where a workload does not end by itself.")
    private @Nullable Double seconds;

    @Option(names = "--warmup", paramLabel = "S", description = "How long to warm up.")
    private @Nullable Double warmup;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "When to begin no other measurement (default: never; with --quick 4.5).")
    private @Nullable Double minutes;

    @Option(
            names = "--limit",
            paramLabel = "MINUTES",
            description = "When a measurement is given up (default ${DEFAULT-VALUE}).")
    private int limitMinutes = 15;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where stores are made, in a directory of their own that is deleted "
                    + "afterwards (default: where temporary files are).")
    private Path work = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where results go (default: firn-bench-TIME).")
    private @Nullable Path out;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Only make table and plots of these results.")
    private @Nullable Path report;

    @Option(names = "--list", description = "Name workloads, stores and scenarios.")
    private boolean isList;

    @Option(names = "--commit", hidden = true)
    private String commit = "unknown";

    /// Where paths on the command line begin.
    @Option(names = "--directory", hidden = true)
    private Path directory = Path.of("");

    @Spec
    private CommandSpec spec;

    /// The arguments.
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    commandLine.getErr().println("firn-bench: " + told(failure));
                    commandLine.getErr().flush();
                    return 1;
                });
    }

    private static String told(Exception failure) {
        return failure instanceof IOException && failure.getMessage() != null
                ? failure.getMessage()
                : failure.toString();
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter printer = spec.commandLine().getOut();
        if (isList) {
            list(printer);
            return 0;
        }
        if (report != null) {
            Path file = directory.resolve(report);
            if (!Files.isRegularFile(file)) {
                throw wrong("no such file: " + report);
            }
            write(Results.read(file), file.resolveSibling(""), printer);
            return 0;
        }
        Plan plan = plan();
        Path into = newDirectory();
        Path results = into.resolve(RESULTS);
        int total = plan.measurements(rounds);
        printer.printf("%d measurements; results go to %s%n", total, into);
        Path scratch = Files.createTempDirectory(directory.resolve(work), "firn-bench-");
        Children children = new Children(System.getProperty("java.class.path"),
                Duration.ofMinutes(limitMinutes));
        // Who interrupts a run finds neither processes nor stores left.
        Thread cleanup = new Thread(() -> {
            children.stop();
            deleteQuietly(scratch);
        });
        Runtime.getRuntime().addShutdownHook(cleanup);
        boolean isWhole;
        try {
            Results.append(results, Machine.here(commit, scratch));
            isWhole = new Runner(plan, rounds, children, scratch, into,
                    new Progress(printer, total, isTerminal()))
                    .run(results);
        } finally {
            Disk.delete(scratch);
            Runtime.getRuntime().removeShutdownHook(cleanup);
        }
        write(Results.read(results), into, printer);
        return isWhole ? 0 : 1;
    }

    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static void deleteQuietly(Path path) {
        try {
            Disk.delete(path);
        } catch (IOException e) {
            System.err.println("firn-bench: " + path + " could not be deleted: " + e);
        }
    }

    private void list(PrintWriter printer) {
        printer.println("Workloads:");
        for (Workload workload : Workload.values()) {
            printer.printf("  %-18s %s%n", workload.label(), workload.description());
        }
        printer.println("Stores:");
        for (StoreKind store : StoreKind.values()) {
            printer.printf("  %-18s %s%n", store.label(), store.title());
        }
        printer.println("Scenarios:");
        for (Plan plan : List.of(Plan.full(), Plan.quick())) {
            for (Plan.Part part : plan.parts()) {
                printer.printf("  %-18s %s%n", part.scenario().name(),
                        part.scenario().description());
            }
        }
        printer.flush();
    }

    private Plan plan() {
        if (rounds < 1) {
            throw wrong("--rounds is at least 1");
        }
        if (entries != null && entries < 1_000) {
            throw wrong("--entries is at least 1000");
        }
        Plan plan = isQuick ? Plan.quick() : Plan.full();
        Set<Workload> wantedWorkloads = chosen("workload", workloads, Workload.values(),
                Workload::label, EnumSet.allOf(Workload.class));
        Set<StoreKind> wantedStores = chosen("store", stores, StoreKind.values(),
                StoreKind::label, EnumSet.allOf(StoreKind.class));
        Plan.Part[] parts = plan.parts().toArray(new Plan.Part[0]);
        Set<Plan.Part> wantedParts = chosen("scenario", scenarios, parts,
                part -> part.scenario().name(), new LinkedHashSet<>(plan.parts()));
        List<Plan.Part> cut = wantedParts.stream()
                .map(part -> new Plan.Part(
                        entries == null ? part.scenario() : part.scenario().withEntries(entries),
                        wanted(wantedWorkloads, part.workloads(),
                                !workloads.isEmpty() && (isQuick || !scenarios.isEmpty())),
                        wanted(wantedStores, part.stores(), !stores.isEmpty()),
                        stores.isEmpty() ? part.once() : Set.of()))
                .filter(part -> !part.workloads().isEmpty() && !part.stores().isEmpty()).toList();
        if (cut.isEmpty()) {
            throw wrong("nothing is left to measure");
        }
        return new Plan(cut, warmup == null ? plan.warmupSeconds() : warmup,
                seconds == null ? plan.seconds() : seconds,
                minutes == null ? plan.minutes() : minutes);
    }

    /// What is named explicitly is measured also where the plan has it not.
    private static <T> Set<T> wanted(Set<T> named, Set<T> planned, boolean isExplicit) {
        return isExplicit
                ? named
                : planned.stream().filter(named::contains)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private <T> Set<T> chosen(String what, List<String> names, T[] all,
            Function<T, String> nameOf, Set<T> unlessNamed) {
        if (names.isEmpty()) {
            return unlessNamed;
        }
        Set<T> chosen = new LinkedHashSet<>();
        for (T one : all) {
            if (names.contains(nameOf.apply(one))) {
                chosen.add(one);
            }
        }
        for (String name : names) {
            if (Arrays.stream(all).map(nameOf).noneMatch(name::equals)) {
                throw wrong("no " + what + " is named '" + name + "'; there are: "
                        + Arrays.stream(all).map(nameOf).collect(Collectors.joining(", ")));
            }
        }
        return chosen;
    }

    /// The directory of the results, which has none yet.
    private Path newDirectory() throws IOException {
        Path into = directory.resolve(out == null
                ? Path.of("firn-bench-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME))
                : out);
        if (Files.exists(into.resolve(RESULTS))) {
            throw wrong(into.resolve(RESULTS) + " exists already: choose another --out");
        }
        return Files.createDirectories(into);
    }

    private static void write(Results results, Path into, PrintWriter printer)
            throws IOException {
        Report made = new Report(results);
        Files.writeString(into.resolve("table.md"), made.markdown());
        for (Scenario scenario : made.scenarios()) {
            Files.writeString(into.resolve(scenario.name() + ".svg"), made.chart(scenario));
        }
        printer.println();
        printer.print(made.summary());
        printer.println();
        printer.println("All figures: " + into.resolve("table.md"));
        printer.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
