package dev.firn.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `firn` command: parses the command line and hands over to a subcommand.
@Command(name = "firn", description = "Looks into and works with Firn stores.",
        mixinStandardHelpOptions = true, versionProvider = FirnCommand.Version.class)
public final class FirnCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /// Runs the command and ends the process with its exit code.
    ///
    /// @param args the command line
    public static void main(String[] args) {
        System.exit(new CommandLine(new FirnCommand()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
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
