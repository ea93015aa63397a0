package dev.firn.cli;

import dev.firn.cli.demo.Demo;
import dev.firn.cli.demo.DemoSettings;
import dev.firn.cli.demo.TinyDemo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `firn demo`: shows a store at work.
@Command(name = "demo", description = "Shows a store at work on the class library of the"
        + " running JDK.")
final class DemoCommand implements Callable<Integer> {
    @ParentCommand
    private FirnCommand firn;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            description = "Where to put the store, which is kept then (default: a"
                    + " temporary directory).")
    private @Nullable Path directory;

    @Option(names = "--tiny", description = "Play the textbook instead: twelve keys, every"
            + " step told.")
    private boolean tiny;

    @Override
    public Integer call() throws IOException {
        StoreTarget.checkKeyspaceName(firn.keyspaceOrDefault());
        if (tiny) {
            new TinyDemo(firn.stdio(), firn.keyspaceOrDefault()).run(directory);
        } else {
            new Demo(DemoSettings.usual(), firn.stdio(), firn.keyspaceOrDefault()).run(directory);
        }
        return ExitCode.OK;
    }
}
