package dev.firn.cli;

import dev.firn.Firn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `firn` command: parses the command line and hands over to a subcommand.
@Command(
        name = "firn",
        description = "Looks into and works with Firn stores.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = FirnCommand.Version.class,
        scope = ScopeType.INHERIT,
        usageHelpAutoWidth = false,
        footerHeading = "%n",
        footer = {
            "Exit codes: 0 done; 1 failed, no such key, or damage found; 2 wrong usage; 70 a"
                    + " bug in firn.",
        },
        subcommands = {
            DemoCommand.class,
            PutCommand.class,
            GetCommand.class,
            DeleteCommand.class,
            ScanCommand.class,
            LoadCommand.class,
            DumpCommand.class,
            DumpFileCommand.class,
            StatsCommand.class,
            TreeCommand.class,
            FlushCommand.class,
            CompactCommand.class,
            VerifyCommand.class,
            RepairCommand.class,
            ShellCommand.class,
            CrashWriterCommand.class,
            TrainCommand.class,
        })
public final class FirnCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--keyspace",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The keyspace to work on (default: " + Firn.DEFAULT_KEYSPACE + ").")
    private @Nullable String keyspace;

    private final Stdio stdio;

    FirnCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    /// Runs the command and ends the process with its exit code.
    ///
    /// @param args the command line
    public static void main(String[] args) {
        System.exit(run(Stdio.ofProcess(), args));
    }

    /// Runs a command and returns its exit code.
    static int run(Stdio stdio, String... args) {
        return new CommandRun(stdio).run(args);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "missing command; there are "
                        + String.join(", ", commandNames(spec)));
    }

    /// The names of the commands for people.
    static List<String> commandNames(CommandSpec firn) {
        return firn.subcommands().entrySet().stream()
                .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    Stdio stdio() {
        return stdio;
    }

    /// The name that was given with `--keyspace`, or null.
    @Nullable
    String keyspace() {
        return keyspace;
    }

    String keyspaceOrDefault() {
        return keyspace == null ? Firn.DEFAULT_KEYSPACE : keyspace;
    }

    /// Reads the version from the manifest of the jar; classes outside a jar have none.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = FirnCommand.class.getPackage().getImplementationVersion();
            return new String[]{"firn " + (version == null ? "(development build)" : version)};
        }
    }
}
