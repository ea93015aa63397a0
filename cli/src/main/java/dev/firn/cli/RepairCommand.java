package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.RepairReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `firn repair`: rebuilds a damaged store from the files that are whole.
@Command(
        name = "repair",
        description = {
            "Rebuilds a damaged store from what is whole; deletes nothing.",
            "",
            "Files that are damaged or not needed any more are moved to a folder quarantine-N in"
                    + " the store's directory, with the report. They stay there, and take space,"
                    + " until you delete that folder: do so when the store has what you need, or"
                    + " when you have a copy.",
            ""
        })
final class RepairCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
    private Path directory;

    @Option(names = "--dry-run", description = "Tell what would be done and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--beyond-damage",
            description = "Take whole records of the log behind damage too.")
    private boolean beyondDamage;

    @Option(names = "--keys", description = "Tell between which keys entries are lost.")
    private boolean keys;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "How much memory the repair may use, such as 64m or 1g (default: 128m,"
                    + " minimum: 8m).")
    private @Nullable Long memory;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Stdio stdio = ((FirnCommand) command.root().userObject()).stdio();
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(directory
                    + (Files.exists(directory) ? " is not a directory" : ": no such directory"));
        }
        var options = RepairOptions.defaults().withDryRun(dryRun)
                .withBeyondDamage(beyondDamage).withKeys(keys);
        if (memory != null) {
            options = options.withMemoryBytes(memory);
        }
        RepairReport report;
        try (var progress = Progress.of(stdio, "repair", sizeOfFiles(), " MiB", 1 << 20)) {
            report = Firn.repair(directory, options, progress::at);
        } catch (FirnException e) {
            throw switch (e.kind()) {
                case NOT_FOUND -> new CommandFailure("there is no store in " + directory);
                case OUT_OF_MEMORY -> new CommandFailure(
                        e.getMessage() + "; --memory SIZE gives the repair more");
                default -> e;
            };
        }
        if (json) {
            stdio.out().println(report.toJson());
        } else {
            report.lines().forEach(stdio.out()::println);
        }
        stdio.out().flush();
        if (report.healthy()) {
            return ExitCode.OK;
        }
        if (dryRun) {
            throw new CommandFailure("the store is damaged; nothing was changed");
        }
        if (!report.isLossless()) {
            throw new CommandFailure("the store was repaired, but something is or may be lost");
        }
        return ExitCode.OK;
    }

    private long sizeOfFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
