package dev.firn.cli.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.AggregateCompleter;
import org.jline.reader.impl.completer.ArgumentCompleter;
import org.jline.reader.impl.completer.NullCompleter;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// A person at a terminal: lines with editing, history and completion.
final class ShellTerminal implements AutoCloseable {
    private final Terminal terminal;
    private final LineReader reader;
    private final ShellSession session;

    ShellTerminal(ShellSession session) throws IOException {
        this.session = session;
        // The way to the terminal that needs no native code; the launcher says the same.
        System.setProperty(TerminalBuilder.PROP_PROVIDER, TerminalBuilder.PROP_PROVIDER_EXEC);
        System.setProperty(
                TerminalBuilder.PROP_REDIRECT_PIPE_CREATION_MODE,
                TerminalBuilder.PROP_REDIRECT_PIPE_CREATION_MODE_REFLECTION);
        // The terminal is not asked what it can do with grapheme clusters: what is typed while one
        // waits for its answer would be lost.
        terminal = TerminalBuilder.builder().system(true).dumb(true).graphemeCluster(false).build();
        String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
        // Quotes and backslashes are ours: the line comes back as it was typed.
        var parser = new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);
        reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("firn")
                        .parser(parser)
                        .completer(completer())
                        .variable(LineReader.HISTORY_FILE, Path.of(home, ".firn_history"))
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .build();
    }

    private AggregateCompleter completer() {
        return new AggregateCompleter(
                new ArgumentCompleter(
                        new StringsCompleter(ShellCommand.LOAD.word(), "l"),
                        new org.jline.builtins.Completers.FileNameCompleter(),
                        NullCompleter.INSTANCE),
                new ArgumentCompleter(
                        new StringsCompleter(ShellCommand.USE.word()),
                        new StringsCompleter(session::keyspaceNames),
                        NullCompleter.INSTANCE),
                new ArgumentCompleter(
                        new StringsCompleter(ShellCommand.DUMP.word()),
                        new StringsCompleter("tsv", "csv", "jsonl", "lines"),
                        NullCompleter.INSTANCE),
                new ArgumentCompleter(
                        new StringsCompleter(ShellCommand.SCAN.word()),
                        new StringsCompleter(
                                "--from", "--to", "--prefix", "--limit", "--reverse", "--keys-only",
                                "--count")),
                new ArgumentCompleter(
                        new StringsCompleter(ShellCommand.firstWords()), NullCompleter.INSTANCE));
    }

    /// The next line, or null when the person ends the input. Ctrl-C drops the line typed so far.
    @Nullable
    String readLine() {
        while (true) {
            try {
                return reader.readLine(session.keyspaceName() + "> ");
            } catch (UserInterruptException e) {
                reader.printAbove("(Ctrl-D or quit ends the shell)");
            } catch (EndOfFileException e) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
