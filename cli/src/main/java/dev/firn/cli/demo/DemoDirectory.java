package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a demonstration takes place: a temporary directory that goes when it ends, or one that was
/// named and is kept. A named one must be new, empty, or left by an earlier demonstration, whose
/// store is replaced; nothing else is ever deleted.
final class DemoDirectory implements AutoCloseable {
    /// The keyspace by which the store of a demonstration is known.
    static final String MARK = "firn-demo";

    private static final Pattern STORE_FILE =
            Pattern.compile("CURRENT|MANIFEST-\\d+|\\d+\\.log|\\d+\\.sst|.*\\.tmp");

    private static final int ATTEMPTS = 20;

    private final Path path;
    private final boolean temporary;

    private DemoDirectory(Path path, boolean temporary) {
        this.path = path;
        this.temporary = temporary;
    }

    static DemoDirectory of(@Nullable Path named) throws IOException {
        if (named == null) {
            DemoDirectory made =
                    new DemoDirectory(Files.createTempDirectory("firn-demo"), true);
            // For who ends it early.
            Runtime.getRuntime().addShutdownHook(new Thread(made::remove, "firn-demo-remove"));
            return made;
        }
        if (Files.exists(named) && !Files.isDirectory(named)) {
            throw new CommandFailure(named + " is not a directory");
        }
        Files.createDirectories(named);
        List<Path> files = list(named);
        if (!files.isEmpty()) {
            requireEarlierDemo(named);
            for (Path file : files) {
                if (STORE_FILE.matcher(file.getFileName().toString()).matches()) {
                    Files.delete(file);
                }
            }
        }
        return new DemoDirectory(named, false);
    }

    private static void requireEarlierDemo(Path named) {
        boolean ours = false;
        try (Firn store = Firn.open(named,
                Options.defaults().withReadOnly(true).withCreateIfMissing(false))) {
            ours = store.findKeyspace(MARK) != null;
        } catch (FirnException e) {
            if (e.kind() == FirnException.Kind.LOCKED) {
                throw e;
            }
        }
        if (!ours) {
            throw new CommandFailure(
                    named + " is neither empty nor the store of an earlier demo; name"
                            + " another directory");
        }
    }

    Path path() {
        return path;
    }

    boolean isTemporary() {
        return temporary;
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            for (Path file : list(path)) {
                Files.delete(file);
            }
            Files.delete(path);
        }
    }

    /// Deletes what is left of it, while others may still write there.
    private void remove() {
        int attempts = 1;
        while (!isRemoved() && attempts < ATTEMPTS) {
            attempts++;
        }
    }

    private boolean isRemoved() {
        try {
            if (Files.exists(path)) {
                for (Path file : list(path)) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(path);
            }
            return true;
        } catch (IOException e) {
            // A file came meanwhile.
            return false;
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(files::add);
        }
        return files;
    }
}
