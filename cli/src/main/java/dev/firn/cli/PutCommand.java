package dev.firn.cli;

import dev.firn.Firn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `firn put`: sets the value of a key.
@Command(name = "put", description = "Sets the value of a key; creates the store where"
        + " there is none.")
final class PutCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;
    @Mixin
    private Literals literals;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    private String key;

    @Parameters(index = "2", paramLabel = "VALUE", description = "The value.")
    private String value;

    @Override
    public Integer call() {
        byte[] keyBytes = literals.key(key);
        byte[] valueBytes = literals.value(value);
        try (Firn store = target.openOrCreate()) {
            target.keyspaceOrCreated(store).put(keyBytes, valueBytes);
        }
        return ExitCode.OK;
    }
}
