package dev.firn.prove;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Attacks stores for a given time and writes a report: what `./firn-prove` starts.
///
/// As many workers as there are processors take the attack that had least time for its share, and
/// run one round of it with its next seed. Nothing stops at a violation: it is printed,
/// counted and told in the report with the command that repeats the round.
@Command(
        name = "firn-prove",
        mixinStandardHelpOptions = true,
        version = "firn-prove 0.1",
        description = "Attacks stores for a given time and reports what was found.",
        footer = {
            "",
            "Ends with 0 when every promise held and every planted bug was caught, with 1 when"
                    + " not, with 2 for wrong usage, with 3 when it could not be built."
        })
public final class Campaign implements Callable<Integer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            converter = Minutes.class,
            description = "How long (default ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Where seeds begin; told in the report (default: of the clock).")
    private Long seed = System.currentTimeMillis() / 1_000;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ATTACK",
            description = "Only these attacks; --list tells them.")
    private Set<String> only = Set.of();

    @Option(names = "--round", description = "Run one round of each attack, with --seed itself.")
    private boolean round;

    @Option(names = "--list", description = "Tells the attacks, each in a line, and ends.")
    private boolean list;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Rounds at a time (default: processors).")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            defaultValue = "prove-report.md",
            description = "Where the report goes (default ${DEFAULT-VALUE}).")
    private Path report;

    @Option(names = "--commit", paramLabel = "ID", hidden = true, defaultValue = "unknown")
    private String commit;

    @Option(names = "--directory", paramLabel = "DIR", hidden = true, defaultValue = "")
    private Path directory;

    @Spec
    private CommandSpec command;

    private Campaign() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Campaign());
    }

    /// How long, as a person says it.
    static final class Minutes implements ITypeConverter<Double> {
        private static final double MAX = 1_000_000;

        @Override
        public Double convert(String text) {
            try {
                double minutes = Double.parseDouble(text);
                if (minutes >= 0 && minutes <= MAX) {
                    return minutes;
                }
            } catch (NumberFormatException e) {
                // Told below.
            }
            throw new TypeConversionException("'" + text + "' is no number of minutes; expected one"
                    + " such as 30 or 0.5");
        }
    }

    @Override
    public Integer call() throws Exception {
        List<Share> shares = chosen();
        if (list) {
            PrintWriter out = command.commandLine().getOut();
            shares.forEach(share -> out.printf("%-30s %s%n", share.attack().name(), share.does()));
            out.flush();
            return 0;
        }
        if (workers < 1) {
            throw wrong("--workers must be 1 or more");
        }
        Path file = directory.resolve(report);
        if (!Files.isDirectory(file.toAbsolutePath().getParent()) || Files.isDirectory(file)) {
            throw wrong("no report can be written to " + file);
        }
        Instant started = Instant.now();
        Rounds rounds =
                new Rounds(
                        shares, seed, round, Duration.ofMillis((long) (minutes * 60_000)),
                        System.out);
        try (var watch = new Watch(rounds)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                threads.add(Thread.ofPlatform().daemon().name("prove-" + i).start(rounds::work));
            }
            for (Thread thread : threads) {
                // What hangs is told in the report, and ends with this process.
                while (!thread.join(Duration.ofSeconds(10)) && !watch.allHang()) {
                    continue;
                }
            }
            watch.tell();
        }
        Report text = new Report(rounds, seed, commit, started, Instant.now());
        Files.writeString(file, text.markdown());
        System.out.println(text.markdown());
        System.out.println("Report: " + file.toAbsolutePath());
        return text.isClean() ? 0 : 1;
    }

    private List<Share> chosen() {
        List<Share> all = Share.all();
        if (only.isEmpty()) {
            return all;
        }
        Set<String> known =
                all.stream().map(share -> share.attack().name()).collect(Collectors.toSet());
        for (String name : only) {
            if (!known.contains(name)) {
                throw wrong("no attack is called '" + name + "'; there are " + known);
            }
        }
        return all.stream().filter(share -> only.contains(share.attack().name())).toList();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
