package dev.firn.cli;

import dev.firn.Firn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `firn delete`: deletes a key. Like in the library, one that is not there is no error.
@Command(name = "delete", description = "Deletes a key, whether or not it has a value.")
final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;
    @Mixin
    private Literals literals;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    private String key;

    @Override
    public Integer call() {
        byte[] keyBytes = literals.key(key);
        try (Firn store = target.openToChange()) {
            target.keyspace(store).delete(keyBytes);
        }
        return ExitCode.OK;
    }
}
