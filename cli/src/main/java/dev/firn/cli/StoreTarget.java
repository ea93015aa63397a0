package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Keyspace;
import dev.firn.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The store and the keyspace that a command works on.
///
/// There are three ways to open it. Commands that read open it read-only and change nothing on
/// disk; commands that change open what is there; only those that bring data create a store or a
/// keyspace.
final class StoreTarget {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the store.")
    private Path directory;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "The memory budget of the store, such as 64m or 1g (default: 256m,"
                    + " minimum: 8m).")
    private @Nullable Long memory;

    Path directory() {
        return directory;
    }

    Stdio stdio() {
        return firn().stdio();
    }

    private FirnCommand firn() {
        return (FirnCommand) command.root().userObject();
    }

    /// Opens the store to read.
    Firn openToRead() {
        return openExisting(options().withReadOnly(true));
    }

    /// Opens the store to change it.
    Firn openToChange() {
        return openExisting(options());
    }

    private Options options() {
        return memory == null
                ? Options.defaults()
                : Options.defaults().withMemoryBytes(memory);
    }

    /// Opens the store, creating it where there is none.
    Firn openOrCreate() {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new CommandFailure(directory + " is not a directory");
        }
        checkKeyspaceName(name());
        return Firn.open(directory, options());
    }

    private Firn openExisting(Options options) {
        requireDirectory();
        checkKeyspaceName(name());
        try {
            return Firn.open(directory, options.withCreateIfMissing(false));
        } catch (FirnException e) {
            throw e.kind() == FirnException.Kind.NOT_FOUND ? noStore() : e;
        }
    }

    CommandFailure noStore() {
        return new CommandFailure(
                "there is no store in " + directory + "; 'firn put' or 'firn load' make one");
    }

    void requireDirectory() {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(
                    directory + (Files.exists(directory)
                            ? " is not a directory"
                            : ": no such directory"));
        }
    }

    /// The keyspace that was named, or the default one; it must be there.
    Keyspace keyspace(Firn store) {
        String name = name();
        Keyspace keyspace = store.findKeyspace(name);
        if (keyspace == null) {
            throw new CommandFailure(
                    "no keyspace named '" + name + "' in " + directory + "; there are: "
                            + String.join(", ", store.keyspaceNames()));
        }
        return keyspace;
    }

    /// The keyspace that was named, or the default one, created when it is not there.
    Keyspace keyspaceOrCreated(Firn store) {
        return store.keyspace(name());
    }

    /// The keyspace that was named and is there, or null when none was named.
    @Nullable
    Keyspace keyspaceIfNamed(Firn store) {
        return isKeyspaceNamed() ? keyspace(store) : null;
    }

    /// Whether a keyspace was named.
    boolean isKeyspaceNamed() {
        return firn().keyspace() != null;
    }

    private String name() {
        return firn().keyspaceOrDefault();
    }

    static void checkKeyspaceName(String name) {
        if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw CommandFailure.usage(
                    "'" + name + "' cannot be the name of a keyspace: 1 to 64 of the characters"
                            + " A-Z a-z 0-9 _ . -");
        }
    }
}
