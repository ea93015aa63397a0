package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.shell.Shell;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `firn shell`: works on a store command by command.
@Command(
        name = "shell",
        description = "Reads commands, from you or from a script on standard input;"
                + " creates the store"
                + " where there is"
                + " none. 'help' in the shell lists them.")
final class ShellCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;

    @Override
    public Integer call() throws IOException {
        long failed;
        try (Firn store = target.openOrCreate()) {
            failed = new Shell(store, target.keyspaceOrCreated(store), target.stdio()).run();
        }
        if (failed > 0) {
            throw new CommandFailure(Figures.count(failed, "command") + " failed");
        }
        return ExitCode.OK;
    }
}
