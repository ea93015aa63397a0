package dev.firn.cli;

import dev.firn.DumpLine;
import dev.firn.DumpOptions;
import dev.firn.DumpReport;
import dev.firn.Firn;
import dev.firn.cli.draw.Figures;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `firn dump-file`: prints what one file of a store holds, also of a damaged one.
@Command(
        name = "dump-file",
        description = "Prints what a file of a store holds, as far as it can be read.")
final class DumpFileCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A log, manifest, table, CURRENT, or REPAIRING.")
    private Path file;

    @Option(names = "--entries", description = "Print every entry of a table.")
    private boolean entries;

    @Option(names = "--values", description = "Print the first bytes of values.")
    private boolean values;

    @Override
    public Integer call() {
        Stdio stdio = ((FirnCommand) command.root().userObject()).stdio();
        DumpOptions options = DumpOptions.defaults().withEntries(entries).withValues(values);
        DumpReport report = Firn.dumpFile(file, options, line -> print(stdio, line));
        if (report.isSound()) {
            return ExitCode.OK;
        }
        throw new CommandFailure(Figures.count(report.damages(), "damage") + " found");
    }

    private static void print(Stdio stdio, DumpLine line) {
        String text = line.toString();
        stdio.out().println(line.isDamage() ? stdio.paint().bad(text) : text);
    }
}
