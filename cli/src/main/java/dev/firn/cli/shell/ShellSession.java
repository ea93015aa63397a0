package dev.firn.cli.shell;

import dev.firn.Cursor;
import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.cli.CommandFailure;
import dev.firn.cli.Loading;
import dev.firn.cli.ScanOptions;
import dev.firn.cli.Stdio;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.StatisticsReport;
import dev.firn.cli.draw.TextTable;
import dev.firn.cli.draw.TraceReport;
import dev.firn.cli.draw.TreeDrawing;
import dev.firn.cli.text.EntryFormat;
import dev.firn.cli.text.EntryReader;
import dev.firn.cli.text.EntryWriter;
import dev.firn.cli.text.Escapes;
import dev.firn.cli.text.IntegerPairsReader;
import dev.firn.cli.text.TextInput;
import dev.firn.cli.text.TextOutput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// Carries out the lines of a shell on a store. Knows nothing of where they come from.
final class ShellSession {
    private final Firn store;
    private final Stdio stdio;
    private final TextOutput out;
    private Keyspace keyspace;

    ShellSession(Firn store, Keyspace keyspace, Stdio stdio) {
        this.store = store;
        this.keyspace = keyspace;
        this.stdio = stdio;
        out = stdio.out();
    }

    /// The keyspace worked on.
    String keyspaceName() {
        return keyspace.name();
    }

    List<String> keyspaceNames() {
        return store.keyspaceNames();
    }

    /// Carries out a line.
    ///
    /// @return whether to go on
    boolean run(byte[] line) throws ShellException, IOException {
        List<byte[]> words = ShellWords.split(line);
        if (words.isEmpty()) {
            return true;
        }
        String name = Escapes.escape(words.getFirst());
        List<byte[]> arguments = words.subList(1, words.size());
        ShellCommand command = ShellCommand.of(name, arguments.size());
        switch (command) {
            case PUT -> keyspace.put(key(arguments.get(0)), arguments.get(1));
            case GET -> get(key(arguments.get(0)));
            case RANGE -> range(KeyRange.between(key(arguments.get(0)), key(arguments.get(1))),
                    name.equals("r"));
            case DELETE -> keyspace.delete(key(arguments.get(0)));
            case LOAD -> load(text(arguments.get(0)));
            case STATS ->
                    StatisticsReport.of(store.statistics(), stdio.paint()).forEach(out::println);
            case SCAN -> scan(arguments);
            case DUMP -> dump(arguments.isEmpty() ? "tsv" : text(arguments.get(0)));
            case EXPLAIN -> TraceReport.of(keyspace.explain(key(arguments.get(0))), stdio.paint())
                    .forEach(out::println);
            case TREE -> tree();
            case FLUSH -> store.flush();
            case COMPACT -> keyspace.compact(KeyRange.all());
            case KEYSPACES -> store.keyspaceNames().forEach(out::println);
            case USE -> use(text(arguments.get(0)));
            case HELP -> help();
            case QUIT -> {
                return false;
            }
        }
        return true;
    }

    private static byte[] key(byte[] key) throws ShellException {
        if (key.length > Keyspace.KEY_BYTES_MAX) {
            throw new ShellException(
                    "the key has " + Figures.count(key.length) + " bytes, of at most "
                            + Figures.count(Keyspace.KEY_BYTES_MAX));
        }
        return key;
    }

    private static String text(byte[] word) {
        return new String(word, StandardCharsets.UTF_8);
    }

    private void get(byte[] key) {
        byte[] value = keyspace.get(key);
        if (value != null) {
            print(value);
        } else if (stdio.isTerminalOut()) {
            out.print(stdio.paint().dim("(no such key)"));
        }
        out.write('\n');
    }

    private void print(byte[] bytes) {
        if (stdio.isTerminalOut()) {
            Escapes.write(bytes, bytes.length, out);
        } else {
            out.write(bytes);
        }
    }

    /// The course prints a range as `key:value` pairs on one line.
    private void range(KeyRange range, boolean inOneLine) {
        EntryWriter writer = EntryFormat.TSV.writer(out);
        String gap = "";
        try (Cursor cursor = keyspace.scan(range)) {
            while (cursor.next()) {
                if (inOneLine) {
                    out.print(gap + Escapes.escape(cursor.key()) + ":"
                            + Escapes.escape(cursor.value()));
                    gap = " ";
                } else {
                    writer.write(cursor.key(), cursor.value());
                }
            }
        }
        if (inOneLine) {
            out.write('\n');
        }
    }

    private void load(String name) throws IOException {
        Path file = Path.of(name);
        if (Files.isDirectory(file)) {
            throw new CommandFailure(name + " is a directory");
        }
        var loading = new Loading(store, keyspace);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            loading.load(name, reader(name, in));
        }
        if (stdio.isTerminalOut()) {
            out.println(Figures.count(loading.entries(), "entry") + " loaded");
        }
    }

    private static EntryReader reader(String name, InputStream in) throws IOException {
        if (name.endsWith(".dat") || name.endsWith(".bin")) {
            return new IntegerPairsReader(in);
        }
        EntryFormat format = EntryFormat.ofFileName(name);
        return (format == null ? EntryFormat.LINES : format).reader(new TextInput(in));
    }

    private void scan(List<byte[]> arguments) throws ShellException {
        var words = new ArrayList<String>(List.of("--escaped"));
        arguments.forEach(argument -> words.add(Escapes.escape(argument)));
        var options = new ScanOptions();
        try {
            new CommandLine(options).setExpandAtFiles(false)
                    .parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new ShellException(String.valueOf(e.getMessage()));
        }
        options.check();
        options.print(keyspace, stdio);
    }

    private void dump(String formatName) throws ShellException {
        for (EntryFormat format : EntryFormat.values()) {
            if (format.toString().equals(formatName)) {
                EntryWriter writer = format.writer(out);
                try (var entries = keyspace.stream(KeyRange.all())) {
                    for (var i = entries.iterator(); i.hasNext();) {
                        Entry entry = i.next();
                        writer.write(entry.key(), entry.value());
                    }
                }
                return;
            }
        }
        throw new ShellException(
                "no format '" + formatName + "'; there are tsv, csv, jsonl, lines");
    }

    private void tree() {
        store.tree().stream()
                .filter(tree -> tree.name().equals(keyspace.name()))
                .forEach(
                        tree -> {
                            var figures =
                                    store.statistics().keyspaces().stream()
                                            .filter(k -> k.name().equals(tree.name()))
                                            .findFirst();
                            TreeDrawing
                                    .draw(tree, figures.orElse(null), stdio.columns(),
                                            stdio.paint())
                                    .forEach(out::println);
                        });
    }

    private void use(String name) throws ShellException {
        if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new ShellException(
                    "a keyspace's name is 1 to 64 of the characters A-Z a-z 0-9 _ . -");
        }
        keyspace = store.keyspace(name);
    }

    private void help() {
        var table = new TextTable("", "", "");
        for (ShellCommand command : ShellCommand.values()) {
            String letter = command.letter() == null ? "" : command.letter();
            table.row(letter, (command.word() + " " + command.arguments()).strip(),
                    command.purpose());
        }
        table.lines(0, stdio.paint()).forEach(out::println);
        out.println("");
        out.println("Words with spaces go in double quotes; \\t \\n \\r \\\\ \\\" and \\xHH"
                + " stand for a byte.");
        out.println("Keys are in the order of their bytes: 10 comes before 9, and 09 before 10.");
    }
}
