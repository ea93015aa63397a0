package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.cli.text.Escapes;
import dev.firn.cli.text.TextOutput;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `firn get`: prints the value of a key. Into a pipe or a file go the bytes as they are; a
/// terminal gets them escaped, since values may hold what it would obey.
@Command(name = "get", description = "Prints the value of a key; exits with 1 when there is none.")
final class GetCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;
    @Mixin
    private Literals literals;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    private String key;

    @Option(
            names = {"-n", "--no-newline"},
            description = "Print no line end behind the value.")
    private boolean noNewline;

    @Override
    public Integer call() {
        byte[] keyBytes = literals.key(key);
        byte[] value;
        try (Firn store = target.openToRead()) {
            value = target.keyspace(store).get(keyBytes);
        }
        if (value == null) {
            throw new CommandFailure("no such key: "
                    + (keyBytes.length == 0 ? "\"\"" : Escapes.escape(keyBytes)));
        }
        TextOutput out = target.stdio().out();
        if (target.stdio().isTerminalOut()) {
            Escapes.write(value, value.length, out);
        } else {
            out.write(value);
        }
        if (!noNewline) {
            out.write('\n');
        }
        return ExitCode.OK;
    }
}
