package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.Keyspace;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `firn flush`: writes what is only in the log to tables.
@Command(name = "flush", description = "Writes what is only in the log to tables (of one"
        + " keyspace, or all).")
final class FlushCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;

    @Override
    public Integer call() {
        try (Firn store = target.openToChange()) {
            Keyspace keyspace = target.keyspaceIfNamed(store);
            if (keyspace == null) {
                store.flush();
            } else {
                keyspace.flush();
            }
        }
        return ExitCode.OK;
    }
}
