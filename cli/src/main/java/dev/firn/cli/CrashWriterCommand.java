package dev.firn.cli;

import dev.firn.cli.demo.CrashWriter;
import dev.firn.cli.demo.DemoSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `firn crash-writer`: the process that the demonstration kills. Not for people.
@Command(name = "crash-writer", hidden = true, description = "Part of the demonstration.")
final class CrashWriterCommand implements Callable<Integer> {
    @ParentCommand
    private FirnCommand firn;

    @Parameters(index = "0", paramLabel = "DIR")
    private Path directory;

    @Parameters(index = "1", paramLabel = "MEMORY")
    private long memoryBytes;

    @Parameters(index = "2", paramLabel = "MEMTABLE")
    private long memtableBytes;

    @Override
    public Integer call() {
        var settings =
                new DemoSettings(memoryBytes, memtableBytes, memtableBytes, key -> true,
                        Duration.ZERO);
        CrashWriter.run(directory, settings, firn.stdio());
        return ExitCode.OK;
    }
}
