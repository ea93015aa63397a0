package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyspaceTree.MemtableInfo;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.text.EntryFormat;
import dev.firn.cli.text.TextInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `firn load`: writes the entries of a file into a store.
@Command(
        name = "load",
        description = "Writes the entries of a file; creates the store where there is none.")
final class LoadCommand implements Callable<Integer> {
    /// What may stay in the log: replaying it takes some hundredths of a second.
    private static final long UNFLUSHED_BYTES_MAX = 4 << 20;

    @Mixin
    private StoreTarget target;

    @Parameters(index = "1", paramLabel = "FILE|-", description = "The file, or - for"
            + " standard input.")
    private String file;

    @Option(
            names = "--format",
            paramLabel = "tsv|csv|jsonl|lines",
            converter = FormatName.class,
            description = "How entries are written (default: by the ending of the file's name,"
                    + " else tsv).")
    private @Nullable EntryFormat format;

    @Option(names = "--skip-bad", description = "Count malformed lines and entries that are too"
            + " large, and go on.")
    private boolean skipBad;

    @Override
    public Integer call() throws IOException {
        boolean standardInput = file.equals("-");
        String name = standardInput ? "standard input" : file;
        // The file is opened first: when it is not there, no store is made.
        try (InputStream source = standardInput ? target.stdio().in() : open(Path.of(file))) {
            var in = new TextInput(source);
            try (Firn store = target.openOrCreate()) {
                load(store, name, in, standardInput ? -1 : Files.size(Path.of(file)));
            }
        }
        return ExitCode.OK;
    }

    private static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CommandFailure(file + " is a directory");
        }
        return Files.newInputStream(file);
    }

    private void load(Firn store, String name, TextInput in, long size) throws IOException {
        Stdio stdio = target.stdio();
        long start = System.nanoTime();
        var loading = new Loading(store, target.keyspaceOrCreated(store))
                .advising("--skip-bad goes on");
        try (var progress = Progress.of(stdio, "load", size, " MiB", 1 << 20)) {
            loading.reporting(entries -> progress.at(in.position()));
            if (skipBad) {
                loading.skipping(message -> progress.say("firn load: skipped: " + message));
            }
            loading.load(name, formatOf(name).reader(in));
            settle(store, progress);
        }
        long nanos = System.nanoTime() - start;
        stdio
                .out()
                .println(
                        Figures.count(loading.entries(), "entry")
                                + (skipBad
                                        ? " loaded, " + Figures.count(loading.skipped(), "bad line")
                                                + " skipped"
                                        : " loaded")
                                + " in " + Figures.time(nanos)
                                + " (" + Figures.rate(loading.entries(), nanos)
                                + ", " + Figures.bytes(loading.bytes()) + ")");
    }

    /// Writes what is only in the log to tables, if it is much: else the next command would replay
    /// it. Little is left to the log, since many small loads would make as many tables.
    private static void settle(Firn store, Progress progress) {
        long unflushed = store.tree().stream()
                .flatMap(tree -> tree.memtables().stream())
                .mapToLong(MemtableInfo::bytes)
                .sum();
        if (unflushed <= UNFLUSHED_BYTES_MAX) {
            return;
        }
        try {
            store.flush();
        } catch (FirnException e) {
            if (e.kind() != FirnException.Kind.DISK_FULL) {
                throw e;
            }
            // All is loaded, only opening takes longer.
            progress.say("firn load: everything is loaded, but part of it stays in the log, so the"
                    + " next opening takes longer: " + e.getMessage());
        }
    }

    private EntryFormat formatOf(String name) {
        if (format != null) {
            return format;
        }
        EntryFormat byName = EntryFormat.ofFileName(name);
        return byName == null ? EntryFormat.TSV : byName;
    }
}
